import LinearAlgebra

/// Metrics on the neighbor graphs' lists that look at more than what both have in common.
///
/// A_i and B_i are the k nearest of sample i in either representation, most similar first.
///
/// - SeeAlso: Huh et al., arXiv 2405.07987, `AlignmentMetrics` of its code.
public enum OrderedNeighbors {
  /// `cycle-knn`: the share of samples i that come back: i is among A_j for some j among B_i.
  ///
  /// Between 0 and 1. Not symmetric, and not 1 of a representation with itself: where neighbors are not mutual, none of
  /// i's neighbors has i.
  ///
  /// - Complexity: O(N k²).
  public static func cycle(_ x: NeighborGraph, _ y: NeighborGraph, threads: Threads = .all) throws -> Double {
    precondition(x.samples == y.samples, "neighbor graphs of \(x.samples) and \(y.samples) samples")
    let returns = try parallelMap(x.samples, threads: threads) { sample in
      y.neighbors(of: sample).contains { x.neighbors(of: Int($0)).contains(Int32(sample)) } ? 1 : 0
    }
    return Double(returns.reduce(0, +)) / Double(x.samples)
  }

  /// `lcs-knn`: the mean length of the longest common subsequence of A_i and B_i, between 0 and k.
  ///
  /// - Complexity: O(N k²).
  public static func longestCommonSubsequence(
    _ x: NeighborGraph, _ y: NeighborGraph, threads: Threads = .all
  ) throws -> Double {
    try mean(x, y, threads: threads) { a, b, table in
      table.initialize(repeating: 0)
      for neighbor in a {
        var diagonal: Int32 = 0
        for place in 1...b.count {
          let above = table[place]
          table[place] =
            neighbor == b[b.startIndex + place - 1] ? diagonal + 1 : max(above, table[place - 1])
          diagonal = above
        }
      }
      return Double(table[b.count])
    }
  }

  /// `edit-knn`: 1 - the mean Levenshtein distance of A_i and B_i, divided by k. Between 0 and 1.
  ///
  /// - Complexity: O(N k²).
  public static func editSimilarity(_ x: NeighborGraph, _ y: NeighborGraph, threads: Threads = .all) throws
    -> Double
  {
    let distance = try mean(x, y, threads: threads) { a, b, table in
      for place in 0...b.count { table[place] = Int32(place) }
      for neighbor in a {
        var diagonal = table[0]
        table[0] += 1
        for place in 1...b.count {
          let above = table[place]
          let replaced = diagonal + (neighbor == b[b.startIndex + place - 1] ? 0 : 1)
          table[place] = min(replaced, above + 1, table[place - 1] + 1)
          diagonal = above
        }
      }
      return Double(table[b.count])
    }
    return 1 - distance / Double(x.k)
  }

  /// The mean over samples of a number of both lists, for which `body` has a row of k + 1 numbers to work in.
  private static func mean(
    _ x: NeighborGraph, _ y: NeighborGraph, threads: Threads,
    _ body: (ArraySlice<Int32>, ArraySlice<Int32>, UnsafeMutableBufferPointer<Int32>) -> Double
  ) throws -> Double {
    precondition(
      x.samples == y.samples && x.k == y.k, "neighbor graphs of different numbers of samples or neighbors")
    let values = try parallelMap(x.samples, threads: threads) { sample in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: y.k + 1) {
        body(x.neighbors(of: sample), y.neighbors(of: sample), $0)
      }
    }
    return values.reduce(0, +) / Double(x.samples)
  }
}
