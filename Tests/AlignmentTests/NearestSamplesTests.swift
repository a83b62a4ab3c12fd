import LinearAlgebra
import Testing

@testable import Alignment

@Suite struct NearestSamplesTests {
  @Test(
    "The nearest are those that sorting all similarities gives",
    arguments: [(5, 9, 4, 9), (70, 64, 20, 10), (300, 800, 16, 7)], [Normalization.none, .l2])
  func agreesWithSorting(size: (Int, Int, Int, Int), normalization: Normalization) throws {
    let x = TestFeatures.normal(size.0, size.2, seed: 5)
    let y = TestFeatures.normal(size.1, size.2, seed: 6)
    try check(x, y, k: size.3, normalization)
  }

  @Test("Of equally similar samples the lower index comes first", arguments: [1, 7, 60])
  func ties(k: Int) throws {
    try check(TestFeatures.tied(20, 4, seed: 3), TestFeatures.tied(60, 4, seed: 9), k: k, .none)
  }

  @Test("Differences below Float32's resolution still rank")
  func tightCluster() throws {
    var features = TestFeatures.normal(900, 12, seed: 3)
    features.withUnsafeMutableBufferPointer { values in
      for i in values.indices { values[i] = 1 + values[i] * 1e-4 }
    }
    try check(features[rows: 0..<30], features[rows: 30..<900], k: 5, .l2)
  }

  @Test("Huge and tiny features of the two sides", arguments: [Float(1e18), 1e-18])
  func scales(scale: Float) throws {
    let x = TestFeatures.normal(20, 5, seed: 1)
    var y = TestFeatures.normal(50, 5, seed: 2)
    y.withUnsafeMutableBufferPointer { values in for i in values.indices { values[i] *= scale } }
    try check(x, y, k: 4, .none)
  }

  @Test("Pieces give what the whole gives, for any number of threads")
  func pieces() throws {
    let x = try Representation(TestFeatures.tied(40, 4, seed: 3), normalization: .none)
    let y = TestFeatures.tied(100, 4, seed: 9)
    let whole = try NearestSamples(
      of: x, among: Representation(y, normalization: .none), k: 12, threads: Threads(1))
    #expect(
      try NearestSamples(of: x, among: Representation(y, normalization: .none), k: 12, threads: Threads(3))
        == whole)
    let first = try NearestSamples(of: x, among: Representation(y[rows: 0..<10], normalization: .none), k: 10)
    let rest = try NearestSamples(
      of: x, among: Representation(y[rows: 10..<100], normalization: .none), k: 12)
    #expect(first.merged(with: rest, offset: 10, k: 12) == whole)
  }

  @Test("Settings that make no sense")
  func refusals() throws {
    let x = try Representation(TestFeatures.normal(4, 3, seed: 1))
    let y = try Representation(TestFeatures.normal(4, 2, seed: 1))
    #expect(throws: AlignmentError.self) { try NearestSamples(of: x, among: x, k: 0) }
    #expect(throws: AlignmentError.self) { try NearestSamples(of: x, among: x, k: 5) }
    #expect(throws: AlignmentError.self) { try NearestSamples(of: x, among: y, k: 1) }
  }

  private func check(_ x: Matrix, _ y: Matrix, k: Int, _ normalization: Normalization) throws {
    let found = try NearestSamples(
      of: Representation(x, normalization: normalization),
      among: Representation(y, normalization: normalization),
      k: k)
    let (a, b) = (rows(x, normalization), rows(y, normalization))
    for (sample, row) in a.enumerated() {
      let similarities = b.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } }
      let range = sample * k..<(sample + 1) * k
      for (place, neighbor) in zip(range, found.neighbors[range]) {
        let expected = similarities[Int(neighbor)]
        #expect(abs(found.similarities[place] - expected) <= 1e-13 * max(1, abs(expected)))
      }
      // Against the exact similarities found, for ties below the rounding of this definition.
      let order = similarities.indices.sorted { (similarities[$0], $1) > (similarities[$1], $0) }.prefix(k)
      let expected = order.map { similarities[$0] }
      for (place, value) in zip(range, expected) {
        #expect(abs(found.similarities[place] - value) <= 1e-13 * max(1, abs(value)))
      }
      if normalization == .none { #expect(found.neighbors[range].map(Int.init) == Array(order)) }
    }
  }

  private func rows(_ matrix: Matrix, _ normalization: Normalization) -> [[Double]] {
    (0..<matrix.rows).map { row in
      let values = (0..<matrix.columns).map { Double(matrix[row, $0]) }
      let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return normalization == .none ? values : values.map { $0 / length }
    }
  }
}
