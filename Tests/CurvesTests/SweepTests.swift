import Alignment
import Features
import Foundation
import LinearAlgebra
import Testing

@testable import Curves

/// Features in memory.
struct MemoryFeatures: FeatureSource {
  var name = "model"
  var path = "memory"
  var step: Int?
  var keys: [FeatureKey]
  var samples: SampleList?
  var matrices: [FeatureKey: Matrix]
  var tokens: Int?

  init(_ layers: [Matrix], samples: [String]? = nil, path: String = "memory") {
    keys = layers.indices.map { FeatureKey(layer: LayerLabel($0 + 1), timestep: 0.5) }
    matrices = Dictionary(uniqueKeysWithValues: zip(keys, layers))
    self.samples = samples.map(SampleList.init)
    self.path = path
  }

  var sampleCount: Int { matrices[keys[0]]!.rows }

  func features(_ key: FeatureKey) throws -> Matrix { matrices[key]! }

  func tokenCount(_ key: FeatureKey) throws -> Int? { tokens }
}

@Suite struct SweepTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures/mnist").path

  @Test("The shipped features give the goldens' curves", arguments: ["vanilla", "repa"])
  func goldenCurves(model: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(Self.fixtures)/goldens/curves.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let stored = try #require(json["from_stored_features"] as? [String: Any])
    let expected = try #require(stored["\(model)_t0.5"] as? [String: [Double]])
    let sweep = Sweep(
      models: [try ImportedFeatures("\(Self.fixtures)/features/val_\(model)_t0.5.safetensors")],
      references: [try ImportedFeatures("\(Self.fixtures)/features/val_dinov2_tiny.safetensors#patch_mean")],
      metrics: [.cknna, .mutualKNN, .cka, .ckaUnbiased])
    let table = try sweep.run().table
    // The goldens are rounded to six decimals.
    for (metric, golden) in [
      ("cknna", "cknna_k10"), ("mutual-knn", "mutual_knn_k10"), ("cka", "cka"),
      ("cka-unbiased", "unbiased_cka"),
    ] {
      let values = table.filter(metric: metric).rows.map(\.value)
      let goldens = try #require(expected[golden])
      #expect(values.count == 8)
      for (value, golden) in zip(values, goldens) { #expect(abs(value - golden) <= 6e-7) }
    }
    #expect(table.rows.allSatisfy { $0.timestep == 0.5 && $0.samples == 500 })
  }

  @Test("Rows say all that is needed to repeat them")
  func rows() throws {
    var model = MemoryFeatures([noise(20, 5, 1), noise(20, 6, 2)])
    model.step = 4000
    var reference = MemoryFeatures([noise(20, 7, 3)])
    reference.name = "dinov2"
    let table = try Sweep(
      models: [model], references: [reference], metrics: [.mutualKNN, .ckaRBF],
      settings: AlignmentSettings(k: 3, sigma: 0.5, clamp: .mean(quantile: 0.9))
    ).run().table
    #expect(table.rows.count == 4)
    #expect(table.rows.map(\.layer) == [1, 2, 1, 2])
    #expect(
      Set(table.rows.map(\.parameters)) == [
        "clamp=mean:0.9;k=3;normalize=l2", "clamp=mean:0.9;normalize=l2;sigma=0.5",
      ])
    #expect(table.rows.allSatisfy { $0.step == 4000 && $0.reference == "dinov2" && $0.referenceLayer == 1 })
  }

  @Test("Patch tokens of files are compared patch by patch, and pooled for the other metrics")
  func tokens() throws {
    let options = ImportedFeatures.Options(arrays: .tokens)
    let models = try ["repa", "vanilla"].map {
      try ImportedFeatures(
        "\(Self.fixtures)/goldens/sit_hidden.safetensors#\($0)/t0.5/projector", options: options)
    }
    let encoder = try ImportedFeatures(
      "\(Self.fixtures)/goldens/encoder_hidden.safetensors#dinov2_tiny/features", options: options)
    let table = try Sweep(
      models: models, references: [encoder], metrics: [.repaCosine, .ntXent, .cka],
      settings: AlignmentSettings(normalization: .none, tau: 0.07, candidates: .withinImage)
    ).run().table
    for (metric, parameters, values) in [
      ("repa-cosine", "", [0.7338387313391179, -0.09058386124395192]),
      ("nt-xent", "candidates=within-image;tau=0.07", [3.035986155638465, 4.346423481024474]),
      // Two samples have one direction in which they differ.
      ("cka", "normalize=none", [1, 1]),
    ] {
      let rows = table.filter(metric: metric).rows
      #expect(rows.map(\.parameters) == [parameters, parameters])
      for (row, value) in zip(rows, values) { #expect(abs(row.value - value) < 1e-5) }
    }
  }

  @Test("What has no tokens, or other tokens, is named")
  func tokenErrors() throws {
    var (model, reference) = (
      MemoryFeatures([noise(6, 12, 1)], path: "left"), MemoryFeatures([noise(6, 12, 2)], path: "right")
    )
    reference.tokens = 4
    let sweep = { Sweep(models: [model], references: [reference], metrics: [.ntXent]) }
    #expect {
      try sweep().run()
    } throws: {
      "\($0)".hasPrefix("left, layer 1 at t = 0.5: nt-xent compares patch tokens")
        && ($0 as? AlignmentError)?.code == .noTokens
    }
    model.tokens = 3
    #expect {
      try sweep().run()
    } throws: {
      "\($0)".hasPrefix(
        "left, layer 1 at t = 0.5 against right, layer 1 at t = 0.5: one side keeps 3 tokens of 4 dimensions, the "
          + "other 4 of 3;")
    }
    model.tokens = 4
    #expect(try sweep().run().table.rows.count == 1)
    model.matrices[model.keys[0]]![5, 4] = .nan
    #expect {
      try sweep().run()
    } throws: { "\($0)".contains("left, layer 1 at t = 0.5: row 5 has nan in dimension 1 of token 1") }
  }

  @Test("Only the layers and time steps asked for are measured")
  func selection() throws {
    let model = MemoryFeatures((0..<12).map { noise(20, 4, UInt64($0)) })
    let reference = MemoryFeatures([noise(20, 4, 50)])
    var sweep = Sweep(models: [model], references: [reference], settings: AlignmentSettings(k: 3))
    sweep.selection.layers = [2, 11]
    #expect(try sweep.run().table.rows.map(\.layer) == [2, 11])
    sweep.selection.timesteps = [0.25]
    #expect(throws: FeatureError.self) { try sweep.run() }
  }

  @Test("Sides with different samples are refused, with the first difference")
  func samplesMustAgree() throws {
    let a = MemoryFeatures([noise(6, 4, 1)], samples: ["a", "b", "c", "d", "e", "f"], path: "left")
    let shorter = MemoryFeatures([noise(5, 4, 2)], path: "right")
    let swapped = MemoryFeatures([noise(6, 4, 2)], samples: ["a", "c", "b", "d", "e", "f"], path: "right")
    let settings = AlignmentSettings(k: 2)
    #expect {
      try Sweep(models: [a], references: [shorter], settings: settings).run()
    } throws: { "\($0)".contains("right: it has 5 samples, but left has 6") }
    #expect {
      try Sweep(models: [a], references: [swapped], settings: settings).run()
    } throws: { "\($0)".contains("row 1 is the sample c, but b in left") }
  }

  @Test("Joining matches samples by name and leaves out the rest")
  func join() throws {
    let names = (0..<30).map { "image\($0)" }
    let (x, y) = (noise(30, 5, 1), noise(30, 6, 2))
    let order = CounterRandom(seed: 4).permutation(of: 30).filter { $0 != 7 }
    let model = MemoryFeatures([x], samples: names)
    let reference = MemoryFeatures([y.gathering(rows: order)], samples: order.map { names[$0] })
    let settings = AlignmentSettings(k: 4)
    let joined = try Sweep(
      models: [model], references: [reference], settings: settings, matching: .byName
    ).run()
    let kept = (0..<30).filter { $0 != 7 }
    let expected = try Sweep(
      models: [MemoryFeatures([x.gathering(rows: kept)])],
      references: [MemoryFeatures([y.gathering(rows: kept)])],
      settings: settings
    ).run()
    #expect(joined.table.rows[0].value == expected.table.rows[0].value)
    #expect(joined.table.rows[0].samples == 29)
    #expect(joined.warnings.contains { $0.contains("29 of 30 samples") })
  }

  @Test("Names that never match, and names that could, are said")
  func joinHints() throws {
    let x = MemoryFeatures([noise(6, 4, 1)], samples: (0..<6).map { "a\($0).png" }, path: "left")
    let y = MemoryFeatures([noise(5, 4, 2)], samples: (0..<5).map { "b/a\($0).png" }, path: "right")
    var sweep = Sweep(models: [x], references: [y], settings: AlignmentSettings(k: 2), matching: .byName)
    #expect {
      try sweep.run()
    } throws: { "\($0)".contains("the first is \"a0.png\" in left, \"b/a0.png\" in right") }
    sweep.matching = .sameOrder
    // How to have them matched by name is for the caller to say.
    #expect { try sweep.run() } throws: { ($0 as? FeatureError)?.code == .orderDiffers }
    let unnamed = MemoryFeatures([noise(5, 4, 2)], path: "right")
    sweep.references = [unnamed]
    #expect { try sweep.run() } throws: { ($0 as? FeatureError)?.code == .sampleCountsDiffer }
  }

  @Test("References of one name are one in the table, whatever their training steps; models are not")
  func equalNames() throws {
    func features(step: Int, _ seed: UInt64) -> MemoryFeatures {
      var features = MemoryFeatures([noise(20, 4, seed)], path: "step \(step)")
      features.step = step
      return features
    }
    let (early, late) = (features(step: 500, 1), features(step: 2000, 2))
    let settings = AlignmentSettings(k: 3)
    #expect {
      try Sweep(models: [early], references: [early, late], settings: settings).run()
    } throws: {
      ($0 as? FeatureError)?.code == .sameName
        && "\($0)" == "step 2000: it is called model, and so is step 500"
    }
    let rows = try Sweep(models: [early, late], references: [early], settings: settings).run().table.rows
    #expect(rows.map(\.step) == [500, 2000])
    #expect {
      try FidelitySweep(
        models: [.features(early)], references: [.features(early), .features(late)]
      ).run()
    } throws: { ($0 as? FeatureError)?.code == .sameName }
  }

  @Test("Samples that all have NaN somewhere leave nothing to measure, and the error says so")
  func allNonFinite() throws {
    let broken = MemoryFeatures([
      Matrix(rows: 10, columns: 4) { values in
        for place in values.indices { values[place] = place % 4 == 0 ? .nan : 1 }
      }
    ])
    let sweep = Sweep(
      models: [broken], references: [MemoryFeatures([noise(10, 4, 1)])], settings: AlignmentSettings(k: 3),
      dropsNonFinite: true)
    #expect { try sweep.run() } throws: { "\($0)".contains("each of the 10 samples has NaN") }
  }

  @Test("A layer or time step that no model has is an error that lists those there are")
  func missingSelection() throws {
    let model = MemoryFeatures((0..<40).map { noise(20, 4, UInt64($0)) }, path: "sit")
    var sweep = Sweep(models: [model], references: [model], settings: AlignmentSettings(k: 3))
    sweep.selection.layers = [2, 99]
    #expect {
      try sweep.run()
    } throws: {
      "\($0)".contains("sit: there is no layer 99; it has the layers 1, 2") && "\($0)".contains("and 12 more")
    }
    sweep.selection = Sweep.Selection(timesteps: [0.5, 0.75])
    #expect { try sweep.run() } throws: { "\($0)".contains("no time step 0.75; it has the time steps 0.5") }
  }

  @Test("NaN is an error that names file, layer and row, or is left out on request")
  func nonFinite() throws {
    var bad = noise(30, 5, 1)
    bad[12, 3] = .nan
    let (model, reference) = (
      MemoryFeatures([noise(30, 4, 3), bad], path: "bad.npy"), MemoryFeatures([noise(30, 6, 2)])
    )
    var sweep = Sweep(models: [model], references: [reference], settings: AlignmentSettings(k: 4))
    #expect {
      try sweep.run()
    } throws: { "\($0)".contains("bad.npy, layer 2 at t = 0.5: row 12 has nan in dimension 3") }
    sweep.dropsNonFinite = true
    let result = try sweep.run()
    #expect(result.table.rows.map(\.samples) == [29, 29])
    #expect(result.warnings.contains { $0.contains("1 of 30 samples") })
  }

  @Test("What may mislead is said")
  func warnings() throws {
    var flat = noise(30, 5, 1)
    flat.withUnsafeMutableBufferPointer { values in
      for i in values.indices { values[i] = 1 + values[i] * 1e-5 }
    }
    var doubled = noise(30, 5, 2)
    for column in 0..<5 { doubled[4, column] = doubled[20, column] }
    let result = try Sweep(
      models: [MemoryFeatures([flat, doubled])], references: [MemoryFeatures([noise(30, 10, 3)])],
      metrics: [.cka, .mutualKNN], settings: AlignmentSettings(k: 3)
    ).run()
    #expect(result.warnings.contains { $0.contains("layer 1") && $0.contains("nearly alike") })
    #expect(
      result.warnings.contains { $0.contains("layer 2") && $0.contains("2 samples have an exact duplicate") })
    #expect(
      result.warnings.contains { $0.contains("biased CKA reads high with 30 samples of 10 dimensions") })
  }

  @Test("Progress counts every representation")
  func progress() throws {
    var seen: [Int] = []
    let model = MemoryFeatures([noise(10, 3, 1), noise(10, 3, 2)])
    _ = try Sweep(models: [model], references: [model], settings: AlignmentSettings(k: 2)).run {
      seen.append($0.done)
      #expect($0.total == 4)
    }
    #expect(seen == [1, 2, 3, 4])
  }

  private func noise(_ samples: Int, _ dimensions: Int, _ seed: UInt64) -> Matrix {
    Matrix(rows: samples, columns: dimensions) { CounterRandom(seed: seed).fillNormal($0, from: 0) }
  }
}
