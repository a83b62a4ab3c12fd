import ArgumentParser
import RepScope

/// How metrics are computed: the same wherever a command measures.
struct MetricOptions: ParsableArguments {
  @Option(
    name: .customLong("metric"), parsing: .singleValue,
    help: ArgumentHelp(
      "Metric to measure; repeat for several. One of: \(Self.known).",
      valueName: "name"), completion: .list(MetricDescriptions.all.map(\.name)))
  var metricNames: [String] = ["cknna"]

  @Option(
    help: ArgumentHelp("Neighbors of a sample, for the metrics that look at neighbors.", valueName: "k"))
  var k = 10

  @Option(
    help: ArgumentHelp(
      "Width of the Gaussian kernel of cka-rbf: a number, or median for each side's median distance, or median:0.5 for "
        + "half of it.", valueName: "width"))
  var sigma: KernelWidth = 1

  @Option(
    help: ArgumentHelp(
      "Added to the denominator of CKA and CKNNA, as the official code does; 0 for the formula alone.",
      valueName: "e"))
  var epsilon = AlignmentSettings.defaultEpsilon

  @Option(help: "What is done to every row first: l2 (divide by its length) or none.")
  var normalize: Normalization = .l2

  @Option(
    help: ArgumentHelp(
      "Clamp outliers before that, as the Platonic Representation code does, at a quantile of |x|: exact, of all "
        + "elements; mean, the mean of the samples' own quantiles; or none.",
      valueName: "kind"))
  var clamp: ClampKind = .none

  @Option(help: ArgumentHelp("Quantile of |x| at which to clamp, 0.95 by default.", valueName: "q"))
  var clampQuantile: Double?

  @Option(help: ArgumentHelp("Temperature of nt-xent.", valueName: "tau"))
  var tau = 0.1

  @Option(
    help: ArgumentHelp(
      "Among which tokens nt-xent looks for a token's partner. The time of the batch sets grows with the square of samples "
        + "x tokens.", valueName: "set"))
  var candidates: TokenCandidates = .batchTokens

  @Option(help: ArgumentHelp("Singular vectors of either side that svcca keeps.", valueName: "q"))
  var components = 10

  @Option(
    help: ArgumentHelp(
      "Share of the largest distance ratios that intrinsic-dimension leaves out.", valueName: "share"))
  var discard = 0.1

  enum ClampKind: String, ExpressibleByArgument, CaseIterable {
    case none
    case mean
    case exact
  }

  var settings: AlignmentSettings {
    let clamp: OutlierClamp =
      switch clamp {
      case .none: .none
      case .mean: .mean(quantile: clampQuantile ?? 0.95)
      case .exact: .exact(quantile: clampQuantile ?? 0.95)
      }
    return AlignmentSettings(
      k: k, sigma: sigma, normalization: normalize, clamp: clamp, epsilon: epsilon, tau: tau,
      candidates: candidates, components: components, discard: discard)
  }

  private static let known = MetricDescriptions.all.map(\.name).joined(separator: ", ")

  /// All that is asked for, once each, in the order asked for.
  func descriptions() throws -> [any MetricDescription] {
    try metricNames.reduce(into: []) { metrics, name in
      guard let metric = MetricDescriptions.named(name) else {
        throw ValidationError(
          name.isEmpty
            ? "--metric has no name" : "there is no metric \(name); the metrics are \(Self.known)")
      }
      if !metrics.contains(where: { $0.name == name }) { metrics.append(metric) }
    }
  }

  /// Those of two representations.
  func metrics() throws -> [Metric] { try descriptions().compactMap { $0 as? Metric } }

  /// Those of one.
  func properties() throws -> [RepresentationProperty] {
    try descriptions().compactMap { $0 as? RepresentationProperty }
  }

  mutating func validate() throws {
    _ = try descriptions()
    try settings.problems { "--\($0)" }.check()
    if clampQuantile != nil, clamp == .none {
      throw ValidationError("--clamp-quantile needs --clamp mean or --clamp exact")
    }
  }
}

extension Normalization: ExpressibleByArgument {}
extension TokenCandidates: ExpressibleByArgument {}
