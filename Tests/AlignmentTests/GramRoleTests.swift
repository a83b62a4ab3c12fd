import Foundation
import LinearAlgebra
import TensorFiles
import Testing

@testable import Alignment

/// Linear CKA summed over Gram matrices on the way to the neighbor graph, beside the product of the rows.
@Suite struct GramRoleTests {
  private static let metrics: [Metric] = [.cknna, .mutualKNN, .cka, .ckaUnbiased]

  private func sides(
    _ x: Matrix, _ y: Matrix, _ metrics: [Metric] = metrics,
    settings: AlignmentSettings = AlignmentSettings(),
    threads: Threads = .all
  ) throws -> (PreparedRepresentation, PreparedRepresentation) {
    let reference = try PreparedRepresentation(
      y, for: metrics, settings: settings, gramRole: .kept, threads: threads)
    let model = try PreparedRepresentation(
      x, for: metrics, settings: settings, gramRole: .multiplied(with: [reference]), threads: threads)
    return (model, reference)
  }

  /// Rows whose common part is this many times as long as what differs.
  private func shifted(_ x: Matrix, by shift: Float) -> Matrix {
    Matrix(
      rows: x.rows, columns: x.columns, elements: x.withUnsafeBufferPointer { $0.map { $0 + shift } })
  }

  @Test("Both ways agree, for any number of tiles", arguments: [5, 64, 65, 300, 1100])
  func agreesWithProducts(samples: Int) throws {
    let settings = AlignmentSettings(k: 4)
    let (x, y) = TestFeatures.related(samples, (24, 17), seed: 31)
    let (model, reference) = try sides(x, y, settings: settings)
    let values = try Metric.measure(Self.metrics, model, reference, settings: settings)
    #expect(model.gramProduct(with: reference) != nil)
    let plain = try [x, y].map { try PreparedRepresentation($0, for: Self.metrics, settings: settings) }
    let expected = try Metric.measure(Self.metrics, plain[0], plain[1], settings: settings)
    #expect(values[0...1] == expected[0...1], "what looks at neighbors has the same bits")
    // Products of columns are sums of Float32 over samples, and not as near.
    for (value, expected) in zip(values[2...], expected[2...]) { #expect(abs(value - expected) < 2e-7) }
  }

  @Test("Values are those of the definition, whatever the features' mean", arguments: [Float(0), 3, 30])
  func definition(shift: Float) throws {
    let (x, y) = TestFeatures.related(200, (12, 9), seed: 8)
    let (a, b) = (shifted(x, by: shift), shifted(y, by: 2 * shift))
    let (model, reference) = try sides(a, b)
    let values = try Metric.measure([.cka, .ckaUnbiased], model, reference)
    let (k, l) = (DirectDefinitions(a, .l2).gram, DirectDefinitions(b, .l2).gram)
    for (value, hsic) in zip(values, [DirectDefinitions.biasedHSIC, DirectDefinitions.unbiasedHSIC]) {
      #expect(abs(value - DirectDefinitions.cka(k, l, hsic)) < 1e-8)
    }
    #expect(try model.graph == NeighborGraph(of: Representation(a), k: 10))
  }

  @Test("A representation is as close to itself as can be")
  func itself() throws {
    let x = TestFeatures.normal(150, 20, seed: 2)
    let settings = AlignmentSettings(epsilon: 0)
    let (model, reference) = try sides(x, x, settings: settings)
    for value in try Metric.measure([.cka, .ckaUnbiased], model, reference, settings: settings) {
      #expect(abs(value - 1) < 1e-15)
    }
  }

  @Test("Neighbors are found among centred rows as among the rows themselves: ties, clusters, lone rows")
  func graphs() throws {
    var cluster = TestFeatures.normal(900, 24, seed: 3)
    cluster.withUnsafeMutableBufferPointer { values in
      for i in values.indices { values[i] = 1 + values[i] * 1e-4 }
    }
    let alike = Matrix(rows: 700, columns: 3, elements: [Float](repeating: 0.5, count: 2100))
    var tied = TestFeatures.tied(400, 4, seed: 9)
    for row in 0..<tied.rows { tied[row, 0] += 10 }
    for features in [cluster, alike, tied] {
      let prepared = try PreparedRepresentation(
        features, for: [.cknna, .cka], settings: AlignmentSettings(k: 7), gramRole: .kept, threads: Threads(2)
      )
      #expect(try prepared.graph == NeighborGraph(of: Representation(features), k: 7))
    }
  }

  @Test("Any number of threads gives the same bits")
  func threads() throws {
    let (x, y) = TestFeatures.related(1500, (10, 12), seed: 5)
    let values = try [1, 2, 3, 7].map { count in
      let (model, reference) = try sides(x, y, threads: Threads(count))
      return try Metric.measure([.cka, .ckaUnbiased], model, reference, threads: Threads(count))
    }
    #expect(Set(values).count == 1)
  }

  @Test("The goldens agree as they do by products", arguments: GoldenTests.names)
  func goldens(name: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(GoldenTests.folder)/expected.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    let expected = try #require(all[name]?["l2"] as? [String: Any])
    let file = try TensorFile.open("\(GoldenTests.folder)/features_\(name).safetensors")
    let (model, reference) = try sides(
      GoldenTests.matrix(file, "X"), GoldenTests.matrix(file, "Y"), [.cka, .ckaUnbiased, .cknna])
    let values = try Metric.measure([.cka, .ckaUnbiased], model, reference)
    for (golden, value) in zip(["cka_linear_biased", "cka_linear_unbiased"], values) {
      let expected = try #require(expected[golden] as? Double)
      #expect(abs(value - expected) < 1e-8, "\(name), \(golden): found \(value), expected \(expected)")
    }
  }

  @Test("Gram matrices are kept where both kinds of metric are measured, and memory allows it")
  func whereItPays() {
    func pays(_ metrics: [Metric], _ samples: Int, _ references: Int, _ normalization: Normalization = .l2)
      -> Bool
    {
      GramRole.pays(
        for: metrics, settings: AlignmentSettings(normalization: normalization), samples: samples,
        references: references)
    }
    #expect(pays([.cknna, .cka], 10_000, 5))
    #expect(pays([.mutualKNN, .ckaUnbiased], 500, 1000))
    #expect(!pays([.cknna, .mutualKNN], 10_000, 5))
    #expect(!pays([.cka], 10_000, 5))
    #expect(!pays([.cknna, .cka], 10_000, 5, .none))
    #expect(!pays([.cknna, .cka], 10_000, 24))
    #expect(!pays([.cknna, .cka], 50_000, 1))
  }

  @Test("A representation with another's Gram matrix that it has not met falls back on the product")
  func strangers() throws {
    let (x, y) = TestFeatures.related(80, (6, 5), seed: 12)
    let (model, _) = try sides(x, y)
    let (_, other) = try sides(x, y)
    #expect(model.gramProduct(with: other) == nil)
    let plain = try [x, y].map { try PreparedRepresentation($0, for: Self.metrics) }
    let expected = try Metric.measure([.cka], plain[0], plain[1])[0]
    #expect(abs(try Metric.measure([.cka], model, other)[0] - expected) < 2e-7)
  }
}
