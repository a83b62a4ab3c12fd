import Alignment
import Features
import LinearAlgebra
import Testing

@testable import Curves

/// Patch tokens in memory: two layers of one model.
private struct TokenFeatures: FeatureSource {
  let name: String
  let layers: [Matrix]
  var samples: SampleList?

  var path: String { "memory/\(name)" }
  var step: Int? { 7 }
  var keys: [FeatureKey] { layers.indices.map { FeatureKey(layer: LayerLabel($0 + 1), timestep: 0.5) } }
  var sampleCount: Int { layers[0].rows }

  init(_ name: String, samples: Int = 12, seed: UInt64) {
    self.name = name
    layers = (0..<2 as Range<UInt64>).map { layer in
      Matrix(rows: samples, columns: 9 * 4) { CounterRandom(seed: seed + layer).fillNormal($0, from: 0) }
    }
  }

  func features(_ key: FeatureKey) throws -> Matrix { layers[key.layer!.number! - 1] }

  func tokenCount(_ key: FeatureKey) throws -> Int? { 9 }
}

@Suite struct SweepPropertyTests {
  static let settings = AlignmentSettings(
    k: 3, patchDistances: PatchDistances(far: 3, decay: 4, near: 1, background: 2))

  static func masks(_ samples: Int) throws -> PatchMasks {
    let random = CounterRandom(seed: 9)
    return try PatchMasks(
      Matrix(
        rows: samples, columns: 9,
        elements: (0..<UInt64(9 * samples)).map { Float(random.integer(below: 2, at: $0)) }), name: "m.npy")
  }

  @Test("Properties need no reference, and leave the reference's columns empty")
  func withoutReference() throws {
    let properties: [RepresentationProperty] = [.effectiveRank, .lds]
    let table = try Sweep(
      models: [TokenFeatures("a", seed: 1), TokenFeatures("b", seed: 5)], metrics: [], properties: properties,
      settings: Self.settings
    ).run().table
    #expect(table.rows.count == 8 && table.metrics == ["effective-rank", "lds"])
    for row in table.rows {
      #expect(row.reference == "" && row.referenceLayer == nil && row.timestep == 0.5 && row.samples == 12)
      #expect(row.parameters == (row.metric == "lds" ? "far=3" : "normalize=l2"))
    }
    let features = TokenFeatures("a", seed: 1)
    let prepared = try PreparedRepresentation(
      features.layers[1], tokens: 9, for: [], properties: properties, settings: Self.settings)
    let expected = try RepresentationProperty.measure(properties, prepared, settings: Self.settings)
    let found = table.filter(model: "a", layer: 2).rows.map(\.value)
    #expect(found == expected)
  }

  @Test("Beside metrics of pairs each representation is prepared once, and references are not measured")
  func besidePairs() throws {
    var steps: [Int] = []
    let table = try Sweep(
      models: [TokenFeatures("a", seed: 1)], references: [TokenFeatures("r", seed: 7)],
      metrics: [.mutualKNN], properties: [.anisotropy], settings: Self.settings
    ).run { steps.append($0.done) }.table
    #expect(steps == [1, 2, 3, 4])
    #expect(table.filter(metric: "mutual-knn").rows.count == 4)
    #expect(table.filter(metric: "anisotropy").rows.map(\.model) == ["a", "a"])
  }

  @Test("Masks follow their samples when others are left out")
  func masksAndMissingSamples() throws {
    var model = TokenFeatures("a", seed: 1)
    var settings = Self.settings
    settings.masks = try Self.masks(12)
    let kept = [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]
    let prepared = try PreparedRepresentation(
      model.layers[0].gathering(rows: kept), tokens: 9, for: [], properties: [.srss], settings: settings)
    var fewer = settings
    fewer.masks = settings.masks?.gathering(rows: kept)
    let expected = try RepresentationProperty.measure([.srss], prepared, settings: fewer)[0]
    var broken = model.layers
    broken[1][3, 20] = .nan
    model = TokenFeatures(model, layers: broken)
    let sweep = Sweep(
      models: [model], metrics: [], properties: [.srss], settings: settings, dropsNonFinite: true)
    let rows = try sweep.run().table.rows
    #expect(rows[0].value == expected && rows[0].samples == 11)
    #expect(rows[0].parameters == "background=2;masks=m.npy;near=1")
  }

  @Test("Masks of other samples are refused, and masks cannot be joined by name")
  func wrongMasks() throws {
    var settings = Self.settings
    settings.masks = try Self.masks(11)
    var sweep = Sweep(
      models: [TokenFeatures("a", seed: 1)], metrics: [], properties: [.srss], settings: settings)
    #expect {
      try sweep.run()
    } throws: { "\($0)".contains("it has 12 samples, and the masks m.npy are of 11") }
    sweep.settings.masks = try Self.masks(12)
    sweep.matching = .byName
    #expect {
      try sweep.run()
    } throws: { "\($0)".contains("masks have no names to join by") }
  }
}

extension TokenFeatures {
  fileprivate init(_ other: TokenFeatures, layers: [Matrix]) {
    (self.name, self.layers, self.samples) = (other.name, layers, other.samples)
  }
}
