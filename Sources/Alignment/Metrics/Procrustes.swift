import LinearAlgebra

/// Orthogonal Procrustes: how close a rotation can bring two representations.
///
/// A and B are the centred features, divided by their Frobenius norms; the least of |A R - B|² over orthogonal maps R is
/// 2 - 2 |AᵀB|_* with the nuclear norm, the sum of the singular values. The similarity is 1 minus half of that,
/// |AᵀB|_* itself: between 0 and 1, and 1 for rotations of one another.
///
/// - SeeAlso: Schönemann, Psychometrika 31 (1966); Ding et al., arXiv 2108.01661, equation 4.
enum Procrustes {
  /// The centred features and the square of their Frobenius norm.
  struct Side: Sendable {
    let rows: DoubleRows
    let squaredFrobenius: Double

    /// - Complexity: O(N D).
    init(of rows: DoubleRows, threads: Threads) throws {
      self.rows = rows
      squaredFrobenius = try rows.squaredNorms(threads: threads).reduce(0, +)
    }
  }

  /// `procrustes`: 1 - d²/2.
  ///
  /// - Parameters:
  ///   - x: Of rows that differ, as ``DoubleRows/varied(_:threads:)`` gives them.
  ///   - y: As `x`.
  /// - Throws: ``AlignmentError`` where squares overflow.
  /// - Complexity: 2 N D1 D2 operations in Double and O(D³) for the singular values; D1 x D2 numbers are held.
  static func similarity(_ x: Side, _ y: Side, threads: Threads) throws -> Double {
    let scale = x.squaredFrobenius.squareRoot() * y.squaredFrobenius.squareRoot()
    guard scale > 0, scale.isFinite else {
      throw AlignmentError(
        .undefined,
        "procrustes has no value here: sums of squared features overflow or vanish; scale the features")
    }
    let product = try BlockProducts.transposed(x.rows, y.rows, threads: threads)
    return try product.singularValues(threads: threads).reduce(0, +) / scale
  }
}
