import Glibc

/// What a value is worth beside the values of the same metric on permuted samples.
///
/// The null hypothesis: which sample of y belongs to which of x does not matter. Under it the value is exchangeable with
/// those of permutations, so the p-value is valid for any metric, any number of samples and any bias, such as that of
/// CKA with few samples.
///
/// - SeeAlso: Gröger et al., arXiv 2602.14486; add-one p-values: Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9
///   (2010).
public struct NullCalibration: Sendable, Hashable {
  /// The value s on the samples as they are.
  public let observed: Double
  /// The values s_1 ... s_K on permuted samples.
  public let null: [Double]
  /// The level of the threshold.
  public let alpha: Double
  /// The metric's best value, nil where it has none, as CKNNA has not.
  public let best: Double?
  /// Whether lower is closer.
  public let isLoss: Bool

  /// - Throws: ``AlignmentError`` without a null value, with one that is not finite, or for alpha not between 0 and 1.
  public init(
    observed: Double, null: [Double], alpha: Double = 0.05, best: Double? = nil, isLoss: Bool = false
  )
    throws
  {
    guard alpha > 0, alpha < 1 else {
      throw AlignmentError(.invalidSetting, "alpha is \(alpha); it lies between 0 and 1")
    }
    guard !null.isEmpty else {
      throw AlignmentError(.invalidSetting, "there are no permutations to compare the value with")
    }
    guard observed.isFinite, null.allSatisfy(\.isFinite) else {
      throw AlignmentError(.undefined, "the value, or that of a permutation, is not a finite number")
    }
    self.observed = observed
    self.null = null
    self.alpha = alpha
    self.best = best
    self.isLoss = isLoss
  }

  /// A metric's value on the samples as they are, against those on permuted ones.
  public init(_ metric: Metric, observed: Double, null: [Double], alpha: Double = 0.05) throws {
    try self.init(
      observed: observed, null: null, alpha: alpha,
      best: metric.isLoss ? metric.range.lower : metric.range.upper, isLoss: metric.isLoss)
  }

  /// tau: the value that counts as more than chance only if it is exceeded.
  ///
  /// The element ceil((1 - alpha)(K + 1)), counted from 1, of all K + 1 values in ascending order, the observed one
  /// among them. For a loss the same from the other end. The value is beyond tau just when p <= alpha.
  public var threshold: Double {
    let sorted = ([observed] + null).map(oriented).sorted()
    // (1 - alpha)(K + 1) is meant as a number of the reals: 0.95 x 200 is 190.
    let place = Int(((1 - alpha) * Double(sorted.count) - 1e-9).rounded(.up))
    return oriented(sorted[min(max(place, 1), sorted.count) - 1])
  }

  /// (1 + how many permutations reach the value) / (K + 1).
  ///
  /// Values that differ by no more than rounding are equal: metrics that count neighbors have many ties.
  public var pValue: Double {
    let largest = null.reduce(observed.magnitude) { max($0, $1.magnitude) }
    let least = oriented(observed) - 1e-9 * largest
    return Double(1 + null.count { oriented($0) >= least }) / Double(null.count + 1)
  }

  /// (s - tau) / (best - tau), between 0 and 1, where the metric has a best value; else how far s is beyond tau, at least 0.
  public var score: Double {
    let excess = oriented(observed) - oriented(threshold)
    guard let best else { return max(0, excess) }
    return min(max(0, excess / max(oriented(best) - oriented(threshold), 1e-12)), 1)
  }

  private func oriented(_ value: Double) -> Double { isLoss ? -value : value }
}

extension NullCalibration {
  /// The mean of the null values.
  public var nullMean: Double { null.reduce(0, +) / Double(null.count) }

  /// (s - mean) / (standard deviation + 1e-8) of the null values, with K in the deviation's denominator; positive where
  /// s is closer than chance.
  public var zScore: Double {
    let mean = nullMean
    let variance = null.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(null.count)
    return (oriented(observed) - oriented(mean)) / (variance.squareRoot() + 1e-8)
  }

  /// (s - mean) / (best - mean), between -1 and 1: adjusted for chance as the adjusted Rand index is; nil where the
  /// metric has no best value, or chance reaches it.
  public var chanceAdjusted: Double? {
    guard let best, best != nullMean else { return nil }
    return min(max((observed - nullMean) / (best - nullMean), -1), 1)
  }

  /// (alpha - p) / alpha, at least 0: how far p is below the level.
  public var tailStrength: Double { max(0, (alpha - pValue) / alpha) }
}

/// How the values of many pairs of layers become one number.
public enum LayerAggregate: String, Sendable, Hashable, CaseIterable {
  /// The largest; of a loss the smallest.
  case max
  case mean

  func callAsFunction(_ values: some Collection<Double>, isLoss: Bool) -> Double {
    switch self {
    case .max: (isLoss ? values.min() : values.max()) ?? .nan
    case .mean: values.reduce(0, +) / Double(values.count)
    }
  }
}

extension NullCalibration {
  /// Calibrates the aggregate of many layers: the null is that of the aggregate, every permutation the same for all layers.
  ///
  /// The maximum of 28 layers is large by chance more often than the value of one; its own null knows that, and knows how
  /// much the layers have in common.
  ///
  /// - Parameters:
  ///   - metric: Says whether a high value is close, and what the greatest is.
  ///   - layers: For every pair of layers the value and the values under the permutations, in the same order.
  ///   - aggregate: How the layers become one number.
  ///   - alpha: The level of the threshold.
  /// - Throws: ``AlignmentError`` for no layers, or different numbers of permutations.
  public init(
    _ metric: Metric, aggregating layers: [(observed: Double, null: [Double])], by aggregate: LayerAggregate,
    alpha: Double = 0.05
  ) throws {
    guard let count = layers.first?.null.count, layers.allSatisfy({ $0.null.count == count }) else {
      throw AlignmentError(
        .invalidSetting, "an aggregate needs one layer at least, and as many permutations for each")
    }
    try self.init(
      metric, observed: aggregate(layers.map(\.observed), isLoss: metric.isLoss),
      null: (0..<count).map { index in aggregate(layers.map { $0.null[index] }, isLoss: metric.isLoss) },
      alpha: alpha)
  }
}
