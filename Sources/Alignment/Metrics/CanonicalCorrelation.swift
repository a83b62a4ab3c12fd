import LinearAlgebra

/// Canonical correlation analysis of two representations.
///
/// The canonical correlations rho are the singular values of Qxᵀ Qy, for orthonormal bases Qx and Qy of what the columns of
/// the centred features span; there are as many as the smaller of both ranks. Directions with a singular value of at most
/// 1e-9 of the largest do not count. Where the ranks together exceed N - 1, some correlations are 1 whatever the
/// features are.
///
/// - SeeAlso: Raghu et al., arXiv 1706.05806; Morcos et al., arXiv 1806.05759; Kornblith et al., arXiv 1905.00414,
///   table 1.
final class CanonicalCorrelation {
  private let x: OrthonormalBasis
  private let y: OrthonormalBasis
  private let threads: Threads
  private let product: DoubleMatrix
  private lazy var found = Result { try product.singularValues(threads: threads) }

  /// - Complexity: 2 N D1 D2 operations in Double.
  init(_ x: OrthonormalBasis, _ y: OrthonormalBasis, threads: Threads) throws {
    (self.x, self.y, self.threads) = (x, y, threads)
    product = try OrthonormalBasis.product(x, y, threads: threads)
  }

  private var count: Int { min(product.rows, product.columns) }

  /// `cca`: the mean of the canonical correlations.
  ///
  /// - Complexity: O(D³) beyond the product.
  func mean() throws -> Double { try found.get().reduce(0, +) / Double(count) }

  /// `cca-squared`: the mean of their squares, R² of either side explained by the other (R²_CCA of Kornblith et al. up to
  /// the side that the sum is divided by).
  func meanSquared() -> Double { product.squaredFrobenius / Double(count) }

  /// `pwcca`: the mean of the correlations, each weighted with how much of x its canonical variable accounts for:
  /// a_i = sum over columns j of |<h_i, x_j>| for the canonical variables h_i = Qx u_i of length 1.
  ///
  /// Not symmetric: exchange the sides for the weights of y. Where several canonical correlations are equal, as those are
  /// that too few samples force to 1, their variables are any basis of what they span, and the sum of their weights
  /// depends on it: the definition has no one value then, and values differ in the third digit or so.
  ///
  /// - Complexity: O(D³) beyond the product.
  /// - SeeAlso: Morcos et al., arXiv 1806.05759, section 3; `compute_pwcca` of its code.
  func projectionWeighted() throws -> Double {
    let (vectors, values) = try product.leftSingularVectors(threads: threads)
    let projections = try BlockProducts.multiply(vectors, x.coordinates, threads: threads)
    var (sum, weights) = (0.0, 0.0)
    for (place, value) in values.enumerated() {
      var weight = 0.0
      for column in 0..<projections.columns {
        weight += abs(projections.elements[place * projections.columns + column])
      }
      sum += weight * value
      weights += weight
    }
    return sum / weights
  }
}

extension DoubleMatrix {
  /// The singular values, descending, each to 1e-12 of the largest.
  ///
  /// By eigenvalues of the smaller Gram matrix, which takes a fraction of the time of a decomposition of the matrix itself
  /// but loses what is below 1e-4 of the largest value; that part is projected out and decomposed by itself in turn.
  ///
  /// - Complexity: O(m² n) for m x n, m <= n.
  func singularValues(threads: Threads) throws -> [Double] {
    guard rows <= columns else { return try transposed.singularValues(threads: threads) }
    var (rest, found) = (self, [Double]())
    while rest.rows > 0 {
      let (values, vectors) = try LAPACK.descendingEigen(BlockProducts.gram(rest, threads: threads))
      let roots = values.map { max($0, 0).squareRoot() }
      let largest = roots[0]
      guard largest > 1e-14 * (found.first ?? largest) else { break }
      let strong = roots.firstIndex { $0 < 1e-4 * largest } ?? roots.count
      found += roots[..<strong]
      rest = try BlockProducts.multiply(vectors.rows(strong..<roots.count), rest, threads: threads)
    }
    return found + [Double](repeating: 0, count: rows - found.count)
  }

  /// The left singular vectors as rows, min(m, n) of them, with their singular values, descending.
  ///
  /// - Complexity: O(m n min(m, n)).
  func leftSingularVectors(threads: Threads) throws -> (vectors: DoubleMatrix, values: [Double]) {
    let isWide = rows <= columns
    let gram =
      isWide
      ? try BlockProducts.gram(self, threads: threads) : try BlockProducts.moment(self, threads: threads)
    let (squares, vectors) = try LAPACK.descendingEigen(gram)
    // As for the values: below 1e-4 of the largest the Gram matrix has lost too many digits.
    guard let least = squares.last, least > 1e-8 * squares[0] else {
      let (u, s, _) = try LAPACK.singularValues(self)
      return (u!.transposed, s)
    }
    let values = squares.map { $0.squareRoot() }
    guard !isWide else { return (vectors, values) }
    var left = try BlockProducts.multiply(vectors, transposed, threads: threads)
    for row in 0..<left.rows {
      for column in 0..<left.columns { left[row, column] /= values[row] }
    }
    return (left, values)
  }
}
