import LinearAlgebra
import Testing

@testable import Alignment

@Suite struct NeighborGraphTests {
  @Test(
    "The graph is the one that sorting the whole Gram matrix gives",
    arguments: [(9, 3, 4), (64, 20, 10), (150, 33, 1), (150, 7, 149), (300, 16, 10)],
    [Normalization.none, .l2])
  func agreesWithSorting(size: (samples: Int, dimensions: Int, k: Int), normalization: Normalization) throws {
    let features = TestFeatures.normal(size.samples, size.dimensions, seed: 5)
    let graph = try NeighborGraph(of: Representation(features, normalization: normalization), k: size.k)
    let direct = DirectDefinitions(features, normalization)
    #expect(
      (0..<size.samples).map { graph.neighbors(of: $0).map(Int.init) } == direct.neighbors(k: size.k))
    let gram = direct.gram
    for sample in 0..<size.samples {
      for rank in 0..<size.k {
        let entry = sample * size.k + rank
        let expected = gram[sample][Int(graph.neighbors[entry])]
        #expect(abs(graph.similarities[entry] - expected) <= 1e-13 * max(1, abs(expected)))
      }
    }
  }

  @Test("Of equally similar samples the lower index comes first", arguments: [1, 4, 10, 59])
  func ties(k: Int) throws {
    let features = TestFeatures.tied(60, 4, seed: 9)
    let graph = try NeighborGraph(of: Representation(features, normalization: .none), k: k)
    let expected = DirectDefinitions(features, .none).neighbors(k: k)
    #expect((0..<60).map { graph.neighbors(of: $0).map(Int.init) } == expected)
  }

  @Test("Samples that are all alike are neighbors in index order")
  func identicalSamples() throws {
    let features = Matrix(rows: 1200, columns: 3, elements: [Float](repeating: 0.5, count: 3600))
    let graph = try NeighborGraph(of: Representation(features), k: 3)
    #expect(Array(graph.neighbors(of: 0)) == [1, 2, 3])
    #expect(Array(graph.neighbors(of: 2)) == [0, 1, 3])
    #expect(Array(graph.neighbors(of: 1199)) == [0, 1, 2])
  }

  @Test("Differences below Float32's resolution still rank", arguments: [900, 300])
  func tightCluster(samples: Int) throws {
    // All rows nearly parallel: their similarities differ by less than the rounding of a Float32 product.
    var features = TestFeatures.normal(samples, 24, seed: 3)
    features.withUnsafeMutableBufferPointer { values in
      for i in values.indices { values[i] = 1 + values[i] * 1e-4 }
    }
    let graph = try NeighborGraph(of: Representation(features), k: 5)
    let direct = DirectDefinitions(features, .l2)
    for sample in stride(from: 0, to: samples, by: 97) {
      let row = direct.rows.map { zip($0, direct.rows[sample]).reduce(0) { $0 + $1.0 * $1.1 } }
      let kth = row.enumerated().filter { $0.offset != sample }.map(\.element).sorted(by: >)[4]
      for neighbor in graph.neighbors(of: sample) { #expect(row[Int(neighbor)] >= kth - 1e-15) }
    }
  }

  @Test(
    "Features far from 1 in size neither overflow nor vanish", arguments: [Float(1e30), 1e18, 1e-18, 1e-30])
  func extremeScale(scale: Float) throws {
    let features = TestFeatures.normal(80, 6, seed: 4)
    let scaled = Matrix(
      rows: 80, columns: 6, elements: features.withUnsafeBufferPointer { $0.map { $0 * scale } })
    let graph = try NeighborGraph(of: Representation(scaled, normalization: .none), k: 7)
    let expected = DirectDefinitions(scaled, .none).neighbors(k: 7)
    #expect((0..<80).map { graph.neighbors(of: $0).map(Int.init) } == expected)
  }

  @Test("Any number of threads gives the same graph, bit for bit")
  func threads() throws {
    let features = TestFeatures.normal(1100, 40, seed: 6)
    let representation = try Representation(features)
    let one = try NeighborGraph(of: representation, k: 10, threads: Threads(1))
    for count in [2, 3, 8] {
      #expect(try NeighborGraph(of: representation, k: 10, threads: Threads(count)) == one)
    }
  }

  @Test("k must leave every sample enough others", arguments: [0, -1, 8, 100])
  func kOutOfRange(k: Int) throws {
    let representation = try Representation(TestFeatures.normal(8, 3, seed: 1))
    #expect(throws: AlignmentError.self) { try NeighborGraph(of: representation, k: k) }
  }

  @Test("A sample that may be its own neighbor takes its place by similarity")
  func allowingSelf() throws {
    let features = TestFeatures.normal(90, 5, seed: 8)
    let graph = try NeighborGraph(of: Representation(features, normalization: .none), k: 6).allowingSelf()
    let expected = DirectDefinitions(features, .none).neighbors(k: 6, allowingSelf: true)
    #expect((0..<90).map { graph.neighbors(of: $0).map(Int.init) } == expected)
  }
}
