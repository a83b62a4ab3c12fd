import Alignment
import LinearAlgebra

extension Sweep {
  /// What is computed beside the values: how much of them is chance, how sure they are, how they depend on the number of
  /// samples.
  public struct Statistics: Sendable, Hashable {
    /// How many permutations make the null distribution; nil for no calibration.
    public var permutations: Int?
    /// The level of the null threshold.
    public var alpha = 0.05
    /// Aggregates over all layers, calibrated as such: a row without a layer for each, its parameters saying which.
    public var aggregates: [LayerAggregate] = []
    /// The share of false discoveries over the whole table (Benjamini and Hochberg); nil for no q-values.
    public var falseDiscoveryRate: Double?
    /// How confidence intervals are made; nil for none.
    public var intervals: Resampling.Method?
    /// How many choices of samples the intervals rest on; nil for the method's default.
    public var resamples: Int?
    public var confidence = 0.95
    /// Measure on the first so many samples of a random order, too: the value against the number of samples.
    public var sampleSizes: [Int] = []
    /// Of permutations, choices of samples and the order of samples.
    public var seed: UInt64 = 0

    /// None.
    public init() {}

    var resampling: Resampling? {
      intervals.map { Resampling($0, count: resamples, confidence: confidence, seed: seed) }
    }

    /// The settings as parameters of a row.
    var parameters: [String] {
      var parts: [String] = []
      if let permutations { parts += ["alpha=\(alpha)", "permutations=\(permutations)"] }
      if let falseDiscoveryRate { parts.append("fdr=\(falseDiscoveryRate)") }
      if let resampling {
        parts += [
          "confidence=\(confidence)", "intervals=\(resampling.method)", "resamples=\(resampling.count)",
        ]
      }
      if !parts.isEmpty || !sampleSizes.isEmpty { parts.append("seed=\(seed)") }
      return parts
    }

    /// A metric's parameters and these, sorted by name.
    func parameters(with own: String, _ others: [String] = []) -> String {
      (own.split(separator: ";").map(String.init) + parameters + others).sorted().joined(separator: ";")
    }

    /// Which of the samples each size takes, nil for all: the smaller a part of the larger.
    ///
    /// - Throws: `AlignmentError` for a size that there are not enough samples for.
    func subsets(of samples: Int) throws -> [[Int]?] {
      guard !sampleSizes.isEmpty else { return [nil] }
      let order = CounterRandom(seed: seed).permutation(of: samples, stream: 1 << 41)
      return try Set(sampleSizes).sorted().map { size in
        guard size > 0, size <= samples else {
          throw AlignmentError(
            size > 0 ? .tooFewSamples : .invalidSetting,
            "there are \(samples) samples, and values on \(size) of them are asked for")
        }
        return size == samples ? nil : order[..<size].sorted()
      }
    }
  }
}

extension MeasurementTable {
  /// Adjusts all p-values of the table for each other, as one family of tests.
  ///
  /// - Returns: What may mislead about the result, in words.
  /// - Throws: `AlignmentError` for a p-value outside 0...1.
  /// - SeeAlso: Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995).
  public mutating func controlFalseDiscoveries(rate: Double) throws -> String? {
    let tested = rows.indices.filter { rows[$0].pValue != nil }
    let pValues = tested.compactMap { rows[$0].pValue }
    for (row, qValue) in zip(tested, try FalseDiscovery.qValues(pValues)) { rows[row].qValue = qValue }
    guard let least = pValues.min(),
      let permutations = rows[tested[0]].parameter("permutations").flatMap(Double.init),
      least * Double(tested.count) > rate, least * (permutations + 1) < 1.5
    else { return nil }
    let needed = (Double(tested.count) / rate).rounded(.up)
    let advice =
      needed <= Double(Sweep.Statistics.mostPermutations)
      ? "take \(Int(needed)) permutations or more"
      : "no possible number of permutations gives them at a rate of \(rate)"
    return
      "\(tested.count) tests with p-values of 1/\(shortText(permutations + 1)) at least: few discoveries among many tests need smaller "
      + "ones; \(advice)"
  }
}
