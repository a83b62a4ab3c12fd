/// HSIC(K,L) / (sqrt(HSIC(K,K) HSIC(L,L)) + epsilon): what CKA and CKNNA come to.
public struct AlignmentRatio: Sendable, Hashable {
  /// HSIC of the two sides, and of either side with itself.
  public let xy: Double
  public let xx: Double
  public let yy: Double

  init(_ xy: Double, _ xx: Double, _ yy: Double) {
    self.xy = xy
    self.xx = xx
    self.yy = yy
  }

  /// The denominator without epsilon; NaN where the estimate of one side with itself is negative, as CKNNA's can be.
  // Two roots, not one of the product: that of two small numbers would vanish.
  var root: Double { xx.squareRoot() * yy.squareRoot() }

  /// The ratio, nil where it has no value: a negative estimate, an overflow, and without epsilon a side with no variance.
  ///
  /// - Parameter epsilon: 1e-6 in the Platonic Representation code, which thus has 0 where a side has no variance.
  public func value(epsilon: Double = AlignmentSettings.defaultEpsilon) -> Double? {
    let root = root
    let value = xy / (root + epsilon)
    return root.isFinite && value.isFinite ? value : nil
  }

  /// The ratio's value with another HSIC of the two sides, those of either with itself as they are.
  ///
  /// - Throws: ``AlignmentError`` where it has none.
  func value(replacing xy: Double, epsilon: Double) throws -> Double {
    let ratio = AlignmentRatio(xy, xx, yy)
    guard let value = ratio.value(epsilon: epsilon) else {
      throw AlignmentError(.undefined, "the metric has no value here: \(ratio.whyUndefined)")
    }
    return value
  }

  /// Why there is no value, in words.
  var whyUndefined: String {
    if !xx.isFinite || !yy.isFinite {
      return "sums of squared features overflow; scale the features, or use L2 normalisation"
    }
    if xx < 0 || yy < 0 {
      return
        "the unbiased estimate of a side's HSIC with itself is negative, and its root is needed: with masks of few "
        + "neighbors that happens, without masks it is nothing but rounding, of samples all alike or all equally far apart"
    }
    return
      "a side has no variance that could be told from rounding: all its samples are alike, or sigma is too wide"
  }

  /// By what share epsilon lowers the value.
  func loss(epsilon: Double) -> Double { epsilon / (root + epsilon) }
}

/// The value, or 0 where it is nothing but the rounding of the terms that it was summed from.
func significant(_ value: Double, ofTermsLike magnitude: Double) -> Double {
  abs(value) > 1e-13 * magnitude ? value : 0
}
