import ArgumentParser
import RepScope

/// Which fidelity metrics are measured, and how.
struct FidelityMetricOptions: ParsableArguments {
  @Option(
    name: .customLong("metric"), parsing: .singleValue,
    help: ArgumentHelp(
      "Metric to measure; repeat for several. One of: \(FidelityMetric.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"), completion: .list(FidelityMetric.all.map(\.name)))
  var metricNames: [String] = ["fid"]

  @Option(
    help: ArgumentHelp("Neighbor whose distance is the radius, in precision and recall.", valueName: "k"))
  var k = 3

  @Option(help: ArgumentHelp("The same in density and coverage.", valueName: "k"))
  var coverageK = 5

  @Option(help: ArgumentHelp("Random subsets that kid is averaged over.", valueName: "n"))
  var subsets = 100

  @Option(help: ArgumentHelp("Samples of a subset; both sides need as many.", valueName: "n"))
  var subsetSize = 1000

  @Option(help: ArgumentHelp("What the subsets are drawn by.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Consecutive parts of the samples that inception-score is averaged over.", valueName: "n"))
  var splits = 10

  @Option(
    help: ArgumentHelp(
      "What --scores holds: logits, probabilities, or auto (probabilities where all rows add up to 1).",
      valueName: "kind"))
  var scoreKind: InceptionScore.Scores = .automatic

  var settings: FidelitySettings {
    FidelitySettings(
      recallK: k, coverageK: coverageK, subsets: subsets, subsetSize: subsetSize, seed: seed, splits: splits,
      scores: scoreKind)
  }

  func metrics() throws -> [FidelityMetric] {
    try metricNames.reduce(into: []) { metrics, name in
      guard let metric = FidelityMetric.named(name) else {
        throw ValidationError(
          name.isEmpty
            ? "--metric has no name"
            : "there is no fidelity metric \(name); they are "
              + FidelityMetric.all.map(\.name).joined(separator: ", "))
      }
      if !metrics.contains(where: { $0.name == name }) { metrics.append(metric) }
    }
  }

  mutating func validate() throws {
    _ = try metrics()
    for (option, value, least) in [
      ("--k", k, 1), ("--coverage-k", coverageK, 1), ("--subsets", subsets, 1),
      ("--subset-size", subsetSize, 2),
      ("--splits", splits, 1),
    ] where value < least {
      throw ValidationError("\(option) is \(value); it must be at least \(least)")
    }
  }
}

extension InceptionScore.Scores: ExpressibleByArgument {}
