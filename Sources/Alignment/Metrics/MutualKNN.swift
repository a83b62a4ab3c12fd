/// The share of neighbors that two representations have in common.
public enum MutualKNN {
  /// The mean over samples of |A_i ∩ B_i| / k, for A_i and B_i the k nearest of sample i in either representation.
  ///
  /// Between 0 and 1; k / (N-1) is expected of unrelated representations.
  ///
  /// - Complexity: O(N k) on two neighbor graphs.
  /// - SeeAlso: Huh et al., arXiv 2405.07987, `AlignmentMetrics.mutual_knn` of its code.
  public static func value(_ x: NeighborGraph, _ y: NeighborGraph) -> Double {
    Double(MaskedGram(x, y).count) / Double(x.samples * x.k)
  }

  static func permuted(_ pair: RepresentationPair) throws -> PermutedValue {
    let (x, y) = (try pair.x.prepared(\.graph), try pair.y.prepared(\.graph))
    let graphs = PermutedGraphs(x, y)
    return { Double(graphs.count($0)) / Double(x.samples * x.k) }
  }
}
