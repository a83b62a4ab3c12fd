import LinearAlgebra

/// Linear centered kernel alignment.
///
/// CKA = HSIC(K,L) / (sqrt(HSIC(K,K) HSIC(L,L)) + epsilon) for the inner-product Gram matrices of the normalised rows.
/// With centred rows X and Y, sum K∘L = |Xᵀ Y|², and the sums over rows and columns vanish: no Gram matrix need be formed.
public struct LinearCKA: Sendable {
  /// `cka`: by the biased estimator, HSIC = trace(K H L H).
  ///
  /// Between 0 and 1. Its bias grows with D / N: unrelated features of 1152 and 1536 dimensions read 0.56 at N = 1024.
  public let biased: AlignmentRatio
  /// `cka-unbiased`: by the unbiased estimator; zero is expected of unrelated features, and negative values occur.
  /// Between -1 and 1: a side's own estimate is a squared length, that of its Gram matrix without the diagonal, centred.
  public let unbiased: AlignmentRatio

  /// Both estimates from one product.
  ///
  /// - Complexity: O(N D1 D2) a pair, on the moments of either side.
  /// - SeeAlso: Kornblith et al., arXiv 1905.00414, equation 4; Song et al., JMLR 13 (2012), equation 5; Nguyen et al.,
  ///   arXiv 2010.15327; epsilon, 1e-6, is the Platonic Representation code's.
  public init(_ x: Moments, _ y: Moments, threads: Threads = .all) throws {
    self.init(x, y, sumOfProducts: try x.squaredFrobenius(with: y, threads: threads))
  }

  /// - Parameter xy: The sum of K∘L over all elements, for the centred Gram matrices K and L.
  init(_ x: Moments, _ y: Moments, sumOfProducts xy: Double) {
    let (xNorms, yNorms) = (x.centred.squaredNorms, y.centred.squaredNorms)
    biased = AlignmentRatio(xy, x.squaredFrobenius, y.squaredFrobenius)
    let xx = Self.unbiasedHSIC(x.squaredFrobenius, xNorms, xNorms)
    let yy = Self.unbiasedHSIC(y.squaredFrobenius, yNorms, yNorms)
    unbiased = AlignmentRatio(Self.unbiasedHSIC(xy, xNorms, yNorms), xx, yy)
  }

  // For centred rows the row sums of K without its diagonal are -K(i,i): three of the estimator's sums are one.
  private static func unbiasedHSIC(
    _ sumOfProducts: Double, _ xDiagonal: [Double], _ yDiagonal: [Double]
  ) -> Double {
    let diagonal = zip(xDiagonal, yDiagonal).reduce(0) { $0 + $1.0 * $1.1 }
    let traces = xDiagonal.reduce(0, +) * yDiagonal.reduce(0, +)
    return unbiasedHSIC(sumOfProducts, diagonal, traces, samples: xDiagonal.count)
  }

  private static func unbiasedHSIC(
    _ sumOfProducts: Double, _ diagonal: Double, _ traces: Double, samples: Int
  ) -> Double {
    let n = Double(samples)
    return (sumOfProducts - diagonal + traces / ((n - 1) * (n - 2)) - 2 * diagonal / (n - 2)) / (n * (n - 3))
  }
}

// Permuting y's samples changes |XᵀPY|², the sum of K∘PLPᵀ, and the diagonals' product, nothing else. Few samples:
// through both Gram matrices; many: by `nullValues`, which permutes the centred rows and multiplies again.
extension LinearCKA {
  static func permutedBiased(_ pair: RepresentationPair) throws -> PermutedValue? {
    guard let grams = try pair.permutedLinearGrams() else { return nil }
    let (observed, epsilon) = (try pair.linearCKA().biased, pair.settings.epsilon)
    return { try observed.value(replacing: grams.sumOfProducts($0), epsilon: epsilon) }
  }

  static func permutedUnbiased(_ pair: RepresentationPair) throws -> PermutedValue? {
    guard let grams = try pair.permutedLinearGrams() else { return nil }
    let (observed, epsilon) = (try pair.linearCKA().unbiased, pair.settings.epsilon)
    let (x, y) = (
      try pair.x.prepared(\.moments).centred.squaredNorms, try pair.y.prepared(\.moments).centred.squaredNorms
    )
    let traces = x.reduce(0, +) * y.reduce(0, +)
    return { samples in
      let xy = unbiasedHSIC(
        grams.sumOfProducts(samples), PermutedGrams.dot(x, y, samples), traces, samples: x.count)
      return try observed.value(replacing: xy, epsilon: epsilon)
    }
  }
}
