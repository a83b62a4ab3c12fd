import LinearAlgebra

/// A confidence interval from the values of a metric on other choices of the samples.
///
/// The interval is for the value that this number of samples has on average, not for a limit of infinitely many: with a
/// fixed k a neighbor-based metric depends on the number of samples.
public struct Resampling: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// The samples are parted at random into groups, and each group is left out once. With the values t_1 ... t_G on what
    /// is left, variance = (G - 1)/G sum (t_g - mean)²; the interval is value ± t sqrt(variance), with Student's t of
    /// G - 1 degrees of freedom. On average never too narrow (Efron and Stein), whatever the metric. Where a sample
    /// matters by way of its neighbors it is too wide: on random features of 300 samples 1.4 (mutual k-NN) to 1.7 (CKNNA)
    /// times as wide as the values' own deviation asks for, and about right for CKA.
    ///
    /// - SeeAlso: Tukey, Ann. Math. Stat. 29 (1958); Efron and Stein, Ann. Stat. 9 (1981), the jackknife estimate
    ///   of variance; Kott, J. Off. Stat. 17 (2001), the delete-a-group jackknife.
    case jackknife
    /// Halves of the samples, drawn without replacement. With m of the N samples, sqrt(m/(N - m)) times the deviations
    /// of their values from the values' own mean is distributed as the error of the value on all: the correction for a
    /// finite population. Deviations are from the mean, since values on fewer samples may be others on average. On the
    /// same random features 1.3 to 1.4 times too wide for metrics on neighbors.
    ///
    /// - SeeAlso: Politis and Romano, Ann. Stat. 22 (1994); Politis, Romano and Wolf, Subsampling (1999).
    case subsample
    /// As many samples, drawn with replacement; the interval's ends are quantiles of the values (Efron's percentiles).
    ///
    /// Not for metrics on neighbors: a sample drawn twice is its own nearest neighbor, on either side, and the values rise;
    /// for matching by nearest neighbors the bootstrap fails even in the limit. Nor for others that leave out the pairs of a
    /// sample with itself, such as unbiased CKA and RSA: a sample drawn twice brings them back.
    ///
    /// - SeeAlso: Efron, Ann. Stat. 7 (1979); Abadie and Imbens, Econometrica 76 (2008).
    case bootstrap
  }

  public var method: Method
  /// How many choices of samples; the jackknife's number of groups.
  public var count: Int
  /// The share of intervals that are to hold the true value.
  public var confidence: Double
  public var seed: UInt64

  /// - Parameters:
  ///   - method: How samples are chosen.
  ///   - count: By default 40 groups of the jackknife, 200 of the others.
  ///   - confidence: The share of intervals that are to hold the true value.
  ///   - seed: What the choices are drawn from.
  public init(_ method: Method = .jackknife, count: Int? = nil, confidence: Double = 0.95, seed: UInt64 = 0) {
    self.method = method
    self.count = count ?? (method == .jackknife ? 40 : 200)
    self.confidence = confidence
    self.seed = seed
  }

  /// The interval for a value, given the metric's values on all choices.
  ///
  /// - Throws: ``AlignmentError`` for fewer than two choices or a confidence not between 0 and 1.
  public func interval(for observed: Double, values: [Double], samples: Int) throws -> ClosedRange<Double> {
    try check()
    guard values.count > 1 else {
      throw AlignmentError(.invalidSetting, "an interval needs 2 choices of samples at least")
    }
    let mean = values.reduce(0, +) / Double(values.count)
    switch method {
    case .jackknife:
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares * Double(values.count - 1) / Double(values.count)).squareRoot()
      let half = StudentT.quantile(central: confidence, degrees: values.count - 1) * deviation
      return observed - half...observed + half
    case .subsample:
      let size = Double(subsampleSize(of: samples))
      let scale = (size / (Double(samples) - size)).squareRoot()
      let deviations = values.map { ($0 - mean) * scale }.sorted()
      return observed - Self.quantile((1 + confidence) / 2, ofSorted: deviations)...observed
        - Self.quantile((1 - confidence) / 2, ofSorted: deviations)
    case .bootstrap:
      let sorted = values.sorted()
      return Self.quantile(
        (1 - confidence) / 2, ofSorted: sorted)...Self.quantile(
          (1 + confidence) / 2, ofSorted: sorted)
    }
  }

  /// What may mislead about a bootstrap interval, in words: copies of samples can raise a metric.
  public func oddity(of observed: Double, values: [Double]) -> String? {
    guard method == .bootstrap, values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    guard (mean - observed).magnitude > 0.5 * variance.squareRoot() + 1e-12 * observed.magnitude else {
      return nil
    }
    return
      "drawing samples twice moves the value from \(observed) to \(mean) on average, and the bootstrap interval with it; the "
      + "jackknife draws none twice"
  }

  func check() throws {
    guard count > 1 else {
      throw AlignmentError(.invalidSetting, "\(count) choices of samples; an interval needs 2 at least")
    }
    guard confidence > 0, confidence < 1 else {
      throw AlignmentError(.invalidSetting, "the confidence is \(confidence); it lies between 0 and 1")
    }
  }

  /// The samples of one choice, in ascending order; all orders and choices are a function of the seed.
  func rows(_ index: Int, of samples: Int) -> [Int] {
    // Streams far from those of permutations with the same seed.
    let stream = UInt64(1) << 40
    let random = CounterRandom(seed: seed)
    switch method {
    case .jackknife:
      let order = random.permutation(of: samples, stream: stream)
      let (from, to) = (samples * index / count, samples * (index + 1) / count)
      return (order[..<from] + order[to...]).sorted()
    case .subsample:
      let order = random.permutation(of: samples, stream: stream + 1 + UInt64(index))
      return order[..<subsampleSize(of: samples)].sorted()
    case .bootstrap:
      let own = CounterRandom(seed: random.bits(at: stream + 1 + UInt64(index)))
      return (0..<samples).map { own.integer(below: samples, at: UInt64($0)) }.sorted()
    }
  }

  private func subsampleSize(of samples: Int) -> Int { samples / 2 }

  /// The fewest samples that a choice has.
  func leastSamples(of samples: Int) -> Int {
    switch method {
    // The largest group is left out, of the samples over count, rounded up.
    case .jackknife: samples - (max(samples, 1) - 1) / count - 1
    case .subsample: subsampleSize(of: samples)
    case .bootstrap: samples
    }
  }

  /// How many neighbors a graph of all samples needs for nearly every sample to find k among a choice of them.
  func neighborsNeeded(for k: Int, of samples: Int) -> Int {
    let share = Double(leastSamples(of: samples)) / Double(max(samples, 1))
    guard k < samples, share > 0, method != .bootstrap else { return k }
    return min(
      samples - 1, Int((Double(k) / share + 5 * Double(k).squareRoot() * (1 - share)).rounded(.up)) + 2)
  }

  /// Linear interpolation between the values at both sides of the quantile's place.
  private static func quantile(_ share: Double, ofSorted values: [Double]) -> Double {
    let place = share * Double(values.count - 1)
    let below = Int(place)
    guard below + 1 < values.count else { return values[values.count - 1] }
    return values[below] + (place - Double(below)) * (values[below + 1] - values[below])
  }
}
