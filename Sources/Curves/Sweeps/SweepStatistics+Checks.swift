import Alignment

extension Sweep.Statistics {
  /// The most permutations that are possible.
  static let mostPermutations = 100_000_000

  /// The fewest permutations with which a p-value can be as small as a level: 1/(K + 1) is the least there is.
  ///
  /// - Returns: A whole number, which may be larger than any Int.
  static func leastPermutations(for level: Double) -> Double {
    // 1/0.05 - 1 is meant as a number of the reals: 19.
    (1 / level - 1 - 1e-9).rounded(.up)
  }

  /// The settings that can have no result whatever is measured, by the names of `repscope align`'s options.
  ///
  /// - Parameter naming: How messages call a setting.
  package func problems(naming: @escaping (String) -> String = { $0 }) -> [SettingProblem] {
    var checks = SettingChecks(naming: naming)
    let isLevel = alpha > 0 && alpha < 1
    checks.require(isLevel, "alpha", "is \(alpha); it lies between 0 and 1")
    if let permutations {
      checks.require(
        (1...Self.mostPermutations).contains(permutations), "permutations",
        "is \(permutations); it lies between 1 and \(Self.mostPermutations)")
      let least = isLevel ? Self.leastPermutations(for: alpha) : 0
      if least > Double(Self.mostPermutations) {
        checks.require(
          false, "alpha",
          "is \(alpha); the \(Self.mostPermutations) permutations that are possible give no p-value that small"
        )
      } else {
        checks.require(
          Double(permutations) >= least || permutations < 1, "permutations",
          "is \(permutations); it takes \(Int(least)) for a p-value that is not above \(naming("alpha")) \(alpha)"
        )
      }
    } else {
      let needs = "needs \(naming("permutations")), from which p-values are made"
      checks.require(aggregates.isEmpty, "aggregate", needs)
      checks.require(falseDiscoveryRate == nil, "fdr", needs)
    }
    if let rate = falseDiscoveryRate {
      checks.require(rate > 0 && rate < 1, "fdr", "is \(rate); it lies between 0 and 1")
    }
    checks.require(
      confidence > 0 && confidence < 1, "confidence", "is \(confidence); it lies between 0 and 1")
    if let resamples {
      checks.require(intervals != nil, "resamples", "needs \(naming("intervals"))")
      checks.require(
        (2...1_000_000).contains(resamples), "resamples",
        "is \(resamples); it lies between 2 and 1000000")
    }
    for size in sampleSizes where size < 1 {
      checks.require(false, "sample-sizes", "has \(size); every size is at least 1")
    }
    return checks.problems
  }

  /// - Throws: `AlignmentError` for settings that can have no result.
  func check() throws {
    if let problem = problems().first { throw AlignmentError(.invalidSetting, problem.message) }
  }

  /// Whether intervals make sense of every metric.
  ///
  /// - Throws: `AlignmentError` for the bootstrap of a metric on neighbors.
  package func checkIntervals(of metrics: [Metric]) throws { try resampling?.check(metrics) }
}
