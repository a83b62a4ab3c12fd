import CKernels
import LinearAlgebra

/// A neighbor graph to look neighbors up in: each sample's sorted by index, with a few bits that tell most that are not
/// among them.
///
/// O(N k) memory. Not changed once it is made.
// Sendable although it holds pointers: nothing writes through them after init.
final class NeighborTable: @unchecked Sendable {
  private(set) var table: repscope_neighbor_table
  private let neighbors: Workspace<Int32>
  private let similarities: Workspace<Double>
  private let filters: Workspace<UInt64>

  /// - Complexity: O(N k log k).
  init(_ graph: NeighborGraph) {
    let (samples, k) = (graph.samples, graph.k)
    // Eight bits a neighbor: one look-up in eight of those that are none finds its bit set.
    var words = 1
    while 64 * words < 8 * k { words *= 2 }
    neighbors = Workspace(samples * k)
    similarities = Workspace(samples * k)
    filters = Workspace(samples * words)
    filters.base.initialize(repeating: 0, count: samples * words)
    var entries: [Int] = []
    for sample in 0..<samples {
      entries = Array(sample * k..<(sample + 1) * k)
      entries.sort { graph.neighbors[$0] < graph.neighbors[$1] }
      for (place, entry) in entries.enumerated() {
        let neighbor = graph.neighbors[entry]
        (neighbors.base + sample * k + place).initialize(to: neighbor)
        (similarities.base + sample * k + place).initialize(to: graph.similarities[entry])
        let bit = Int(neighbor) & (64 * words - 1)
        filters.base[sample * words + bit / 64] |= 1 << UInt64(bit % 64)
      }
    }
    table = repscope_neighbor_table(
      samples: samples, k: k, neighbors: neighbors.base, similarities: similarities.base,
      filters: filters.base, words: words)
  }
}

/// Two neighbor graphs, the samples of the second in any order: CKNNA and mutual k-NN of all permutations.
///
/// Nothing but the pairs that are neighbors on both sides after a permutation has a part in these metrics, and a
/// permutation only gives the samples of one graph other names. What a side has to do with itself never changes.
final class PermutedGraphs: Sendable {
  private let x: NeighborTable
  private let y: NeighborTable

  init(_ x: NeighborGraph, _ y: NeighborGraph) {
    self.x = NeighborTable(x)
    self.y = NeighborTable(y)
  }

  /// How many pairs are neighbors on both sides.
  ///
  /// - Complexity: O(N k), as of the others.
  func count(_ samples: PermutedSamples) -> Int {
    withTables { repscope_permuted_count($0, $1, samples.order) }
  }

  /// The sums of which both estimators of HSIC are made.
  func sums(_ samples: PermutedSamples) -> MaskedGram.Sums {
    var sums = repscope_masked_sums()
    withTables { repscope_permuted_sums($0, $1, samples.order, samples.work.base, &sums) }
    return MaskedGram.Sums(
      first: sums.first, second: sums.second, firstTimesSecond: sums.first_times_second,
      secondTimesFirst: sums.second_times_first, trace: sums.trace)
  }

  /// sum of (A(i,j) - a(i)) (B(i,j) - b(i)), the offsets b going with their samples.
  func sumOfProducts(_ samples: PermutedSamples, offsets a: [Double], _ b: [Double]) -> Double {
    withTables { repscope_permuted_products($0, $1, samples.order, a, b) }
  }

  private func withTables<Value>(
    _ body: (UnsafePointer<repscope_neighbor_table>, UnsafePointer<repscope_neighbor_table>) -> Value
  ) -> Value {
    withUnsafePointer(to: x.table) { x in withUnsafePointer(to: y.table) { y in body(x, y) } }
  }
}
