import LinearAlgebra

/// An alignment metric: what it is, and how it is computed.
///
/// Helps, documentation and property tests are made from these descriptions: they are the one place to add a metric.
public struct Metric: MetricDescription {
  /// The name on the command line and in tables, such as "cknna".
  public let name: String
  /// The name on a figure's axis, such as "CKNNA".
  public let title: String
  /// One line for a list of metrics.
  public let summary: String
  /// The definition, in a formula or a sentence.
  public let definition: String
  /// Where the definition comes from.
  public let source: String
  /// The least and the greatest value, nil where there is none.
  public let range: (lower: Double?, upper: Double?)
  /// Whether metric(x, y) = metric(y, x).
  public let isSymmetric: Bool
  /// What may be done to one side's features without a change of the value.
  public let invariances: Invariances
  /// Time and memory, as they grow.
  public let cost: String
  /// The fewest samples for which the definition has a value.
  public let minimumSamples: Int
  /// Which of the settings it depends on, besides normalisation and clamp (which do not touch patch tokens).
  public let dependencies: Dependencies
  /// Whether it is a loss: the lower, the closer.
  public private(set) var isLoss = false
  /// Whether it compares different samples with each other and so takes a sample that is drawn twice for two that are alike.
  private(set) var comparesSamples = false

  let needs: PreparedRepresentation.Needs
  /// How the value follows when y's samples change places, where that is cheaper than to compute it anew on permuted
  /// rows; called once a pair, and nil from it where it is not cheaper for that pair.
  private(set) var permuted: (@Sendable (RepresentationPair) throws -> PermutedValue?)? = nil
  let evaluate: @Sendable (RepresentationPair) throws -> Double

  /// Whether it compares patch tokens one by one, and so needs representations that keep them.
  public var isPatchWise: Bool { needs.contains(.tokens) }

  /// Changes of the features of one side, made before normalisation.
  public struct Invariances: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// All rows multiplied by one orthogonal matrix.
    public static let rotation = Invariances(rawValue: 1)
    /// All features multiplied by one positive number, rows not normalised.
    public static let scaling = Invariances(rawValue: 2)
    /// One vector added to all rows, rows not normalised.
    public static let translation = Invariances(rawValue: 4)

    public var names: [String] {
      let named: [(Invariances, String)] = [
        (.rotation, "rotation"), (.scaling, "scaling"), (.translation, "translation"),
      ]
      return named.filter { contains($0.0) }.map(\.1)
    }
  }

  /// Settings that a metric's value depends on.
  public struct Dependencies: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) {
      self.rawValue = rawValue
    }

    public static let k = Dependencies(rawValue: 1)
    public static let sigma = Dependencies(rawValue: 2)
    public static let epsilon = Dependencies(rawValue: 4)
    public static let tau = Dependencies(rawValue: 8)
    public static let candidates = Dependencies(rawValue: 16)
    public static let components = Dependencies(rawValue: 32)
    public static let far = Dependencies(rawValue: 64)
    public static let decay = Dependencies(rawValue: 128)
    public static let near = Dependencies(rawValue: 256)
    public static let background = Dependencies(rawValue: 512)
    public static let grid = Dependencies(rawValue: 1024)
    public static let masks = Dependencies(rawValue: 2048)
    public static let discard = Dependencies(rawValue: 4096)
  }

  /// The settings that the value depends on, as `k=10;normalize=l2`, sorted by name: enough to repeat it.
  public func parameters(_ settings: AlignmentSettings) -> String {
    dependencies.parameters(settings, isPatchWise: isPatchWise)
  }

  /// The values of several metrics for two representations of the same samples, in the order of `metrics`.
  ///
  /// - Parameters:
  ///   - metrics: What is measured.
  ///   - x: One side.
  ///   - y: The other side.
  ///   - settings: The choices that the definitions leave open.
  ///   - threads: How many threads may be used; values do not depend on it.
  ///   - warnings: Receives what may mislead about the values, in words.
  /// - Throws: ``AlignmentError`` where the sides have different numbers of samples, or a definition has no value.
  public static func measure(
    _ metrics: [Metric], _ x: PreparedRepresentation, _ y: PreparedRepresentation,
    settings: AlignmentSettings = AlignmentSettings(), threads: Threads = .all, warnings: inout [String]
  ) throws -> [Double] {
    try checkSampleCounts(x, y)
    let pair = RepresentationPair(x, y, settings, threads)
    let values = try metrics.map { metric in
      pair.metric = metric.name
      return try metric.evaluate(pair)
    }
    warnings += pair.warnings
    return values
  }

  /// The values of several metrics, without the warnings.
  public static func measure(
    _ metrics: [Metric], _ x: PreparedRepresentation, _ y: PreparedRepresentation,
    settings: AlignmentSettings = AlignmentSettings(), threads: Threads = .all
  ) throws -> [Double] {
    var warnings: [String] = []
    return try measure(metrics, x, y, settings: settings, threads: threads, warnings: &warnings)
  }

  static func checkSampleCounts(_ x: PreparedRepresentation, _ y: PreparedRepresentation) throws {
    guard x.samples == y.samples else {
      throw AlignmentError(
        .sampleCountsDiffer,
        "one side has \(x.samples) samples, the other \(y.samples); they must be the same samples")
    }
  }
}
