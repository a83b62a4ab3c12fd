import LinearAlgebra

/// How linear CKA of one representation with many others comes to its sums, where a neighbor graph is made too.
///
/// The graph computes the whole Gram matrix, a tile at a time, and forgets it. A reference can keep its own, and every
/// representation that is compared with it then finds the sum of their products on the way, in place of a product of
/// the rows that costs as much as the graph.
package enum GramRole: Sendable {
  /// Its centred Gram matrix is kept: 2 N² bytes.
  case kept
  /// Its centred Gram matrix is multiplied, tile by tile, with those that have been kept.
  case multiplied(with: [PreparedRepresentation])

  /// What the matrices that are kept may take together.
  private static let mostBytes = 1.5 * 0x1p30

  /// Whether representations take these roles: a choice of what is measured alone, so that values do not depend on how
  /// much of it is left to do.
  ///
  /// - Parameter references: How many representations would keep their Gram matrices.
  package static func pays(
    for metrics: [Metric], settings: AlignmentSettings, samples: Int, references: Int
  ) -> Bool {
    guard settings.normalization == .l2, metrics.contains(where: { $0.needs.contains(.graph) }),
      metrics.contains(where: \.sumsGramMatrices)
    else { return false }
    return Double(GramTiling(samples: samples).bytes) * Double(references) <= mostBytes
  }
}

extension Metric {
  /// Whether its last digits depend on how the sums over two Gram matrices are had.
  package var sumsGramMatrices: Bool { needs.contains(.moments) }
}

/// What one pass over a representation's Gram matrix gives: its neighbors, its moments, and its products with others.
struct GramPass {
  let graph: NeighborGraph
  let moments: Moments
  let tiles: CentredGram?
  let products: [GramProduct]

  init(_ representation: Representation, k: Int, role: GramRole, threads: Threads) throws {
    let (others, keeps): ([CentredGram], Bool) =
      switch role {
      case .kept: ([], true)
      case .multiplied(let others):
        (others.filter { $0.samples == representation.samples }.compactMap(\.centredGram), false)
      }
    let centred = try CentredRows(representation, threads: threads)
    let sums = GramSums(samples: representation.samples, with: others, keeps: keeps)
    graph = try NeighborGraph(
      of: representation, k: k,
      rows: ComparableRows(representation, centred: centred, threads: threads), sums: sums, threads: threads)
    let totals = sums.totals()
    moments = Moments(centred, squaredFrobenius: totals.squares)
    tiles = sums.kept
    products = zip(others, totals.products).map { GramProduct(other: $0, sum: $1) }
  }
}

/// The sum of the products of two centred Gram matrices' elements.
struct GramProduct: Sendable {
  let other: CentredGram
  let sum: Double
}
