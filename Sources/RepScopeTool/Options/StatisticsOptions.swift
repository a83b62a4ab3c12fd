import ArgumentParser
import RepScope

/// How much of a value is chance, and how sure it is.
struct StatisticsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Calibrate every value against this many permutations of the samples: null threshold, p-value, calibrated score. 1000 "
        + "is usual. Metrics on neighbors permute their graphs, 10,000 samples in under a second. CKA of up to 4096 samples goes "
        + "through both Gram matrices, and linear CKA of more multiplies the rows again, O(N D1 D2) a permutation. All others "
        + "are computed anew for every permutation.", valueName: "count"))
  var permutations: Int?

  @Option(help: ArgumentHelp("Level of the null threshold, 0.05 by default.", valueName: "a"))
  var alpha: Double?

  @Option(
    name: .customLong("aggregate"), parsing: .singleValue,
    help: ArgumentHelp(
      "Add the max or mean over all layers, calibrated as such: every permutation is the same for all layers. Repeat for both.",
      valueName: "kind"))
  var aggregates: [LayerAggregate] = []

  @Option(
    help: ArgumentHelp(
      "Control the share of false discoveries over the whole table (Benjamini and Hochberg): adds the column q_value; markers "
        + "are hollow where q is above this.", valueName: "rate"))
  var fdr: Double?

  @Option(
    help: ArgumentHelp(
      "Confidence intervals over samples. jackknife: leaves out one of 40 groups at a time; for every metric, at most too "
        + "wide on average. subsample: halves of the samples. bootstrap: samples drawn with replacement; not for metrics on "
        + "neighbors, for which a sample drawn twice is its own neighbor. A metric that does not look at neighbors is computed "
        + "anew for every choice of samples.", valueName: "method"))
  var intervals: Resampling.Method?

  @Option(
    help: ArgumentHelp(
      "Choices of samples that intervals rest on: groups of the jackknife (40 by default), or subsets (200 by default).",
      valueName: "count"))
  var resamples: Int?

  @Option(
    help: ArgumentHelp(
      "Share of intervals that are to hold the true value, 0.95 by default.", valueName: "share"))
  var confidence: Double?

  @Option(
    help: ArgumentHelp(
      "Measure on so many samples each, such as 500,1000,2000: the first of a random order. Rows differ in the column samples, "
        + "and --plot draws the values against it.", valueName: "list"))
  var sampleSizes: CountList?

  @Option(help: ArgumentHelp("Seed of permutations and choices of samples.", valueName: "n"))
  var seed: UInt64 = 0

  var statistics: Sweep.Statistics {
    var statistics = Sweep.Statistics()
    statistics.permutations = permutations
    statistics.alpha = alpha ?? statistics.alpha
    statistics.aggregates = LayerAggregate.allCases.filter(aggregates.contains)
    statistics.falseDiscoveryRate = fdr
    statistics.intervals = intervals
    statistics.resamples = resamples
    statistics.confidence = confidence ?? statistics.confidence
    statistics.sampleSizes = sampleSizes?.values ?? []
    statistics.seed = seed
    return statistics
  }

  mutating func validate() throws {
    try statistics.problems { "--\($0)" }.check()
    if alpha != nil, permutations == nil {
      throw ValidationError("--alpha needs --permutations, of whose threshold it is the level")
    }
    if confidence != nil, intervals == nil { throw ValidationError("--confidence needs --intervals") }
  }

  /// What says something about the comparison with a reference, where there is none.
  var ofComparisons: [String] {
    [
      permutations.map { _ in "--permutations" }, alpha.map { _ in "--alpha" },
      aggregates.isEmpty ? nil : "--aggregate", fdr.map { _ in "--fdr" },
      intervals.map { _ in "--intervals" }, resamples.map { _ in "--resamples" },
      confidence.map { _ in "--confidence" },
    ].compactMap(\.self)
  }
}

extension [SettingProblem] {
  /// - Throws: `ValidationError` for the first.
  func check() throws {
    if let problem = first { throw ValidationError(problem.message) }
  }
}

extension LayerAggregate: ExpressibleByArgument {}
extension Resampling.Method: ExpressibleByArgument {}
extension Abscissa: ExpressibleByArgument {}

/// Counts such as `500,1000`.
struct CountList: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Int($0) }
    if values.count != parts.count || values.contains(where: { $0 < 1 }) { return nil }
  }
}
