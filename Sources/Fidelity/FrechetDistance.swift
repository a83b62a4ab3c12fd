import LinearAlgebra

/// The Frechet distance of two normal distributions: FID where the features are Inception's pooled ones, sFID where they
/// are its spatial ones.
///
/// d² = |m1 - m2|² + tr S1 + tr S2 - 2 tr (S1 S2)^½. With S = fᵀ f, the last trace is the sum of the singular values of
/// f1 f2ᵀ: no square root of a matrix is taken, and rounding is not amplified by the roots of vanishing eigenvalues.
///
/// - SeeAlso: Heusel et al., arXiv 1706.08500, equation 6; Nash et al., arXiv 2103.03841 (sFID); Dowson and Landau 1982.
public enum FrechetDistance {
  /// The distance, as the usual evaluators report it: squared, and 0 where it is no more than the rounding of its terms.
  ///
  /// - Throws: ``FidelityError`` if the sides have different dimensions or the distance overflows.
  /// - Complexity: O(r1 r2 D + r³) for ranks r1, r2 and the lesser of them r.
  public static func value(_ x: GaussianMoments, _ y: GaussianMoments) throws -> Double {
    guard x.dimensions == y.dimensions else {
      throw FidelityError(
        .dimensionsDiffer,
        "one side has \(x.dimensions) dimensions, the other \(y.dimensions); they must come from the same network"
      )
    }
    let shift = zip(x.mean, y.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let product = DoubleMatrix.product(x.factor, transposed: false, y.factor, transposed: true)
    let singular = try LAPACK.singularValues(product, vectors: false).s
    // From the smallest to the largest: the small ones are not lost.
    let root = singular.reversed().reduce(0, +)
    let value = shift + (x.trace + y.trace - 2 * root)
    guard value.isFinite else {
      throw FidelityError(.undefined, "the Frechet distance overflows; scale the features")
    }
    return value.magnitude > 1e-13 * (x.trace + y.trace) ? value : 0
  }
}
