import LinearAlgebra

/// A fidelity metric: what it is, for helps, documentation and figures.
///
/// How it is computed stands in the type that its definition has: ``FrechetDistance``, ``KernelDistance``,
/// ``InceptionScore``, ``SampleManifolds``.
public struct FidelityMetric: Sendable, Identifiable {
  /// The name on the command line and in tables, such as "fid".
  public let name: String
  /// The name on a figure's axis, such as "FID".
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
  /// Whether less is better.
  public let isDistance: Bool
  /// Time and memory, as they grow.
  public let cost: String
  /// What it is computed from.
  public let input: Input

  let settings: @Sendable (FidelitySettings) -> String
  let evaluate: @Sendable (FidelityPair) throws -> Value

  public var id: String { name }

  /// A value and, where the metric has one, its spread.
  public struct Value: Sendable, Hashable {
    /// The value.
    public var value: Double
    /// The standard deviation over subsets or splits.
    public var deviation: Double?
  }

  /// What a metric is computed from.
  public enum Input: Sendable {
    /// Features of both sides, or their mean and covariance.
    case moments
    /// The same of spatial features.
    case spatialMoments
    /// Features of both sides.
    case features
    /// A classifier's logits or probabilities for one side.
    case scores
  }

  /// The settings that the value depends on, as `k=3`, sorted by name: enough to repeat it.
  public func parameters(_ settings: FidelitySettings) -> String { self.settings(settings) }

  /// The values of several metrics, in their order.
  ///
  /// - Parameters:
  ///   - metrics: What is measured.
  ///   - x: The generated side; for the Inception score its logits or probabilities.
  ///   - reference: The side compared with; the Inception score does not look at it.
  ///   - settings: The choices that the definitions leave open.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``FidelityError`` if a side lacks what a metric needs or the definition has no value.
  public static func measure(
    _ metrics: [FidelityMetric], _ x: FidelitySide, _ reference: FidelitySide?,
    settings: FidelitySettings = FidelitySettings(), threads: Threads = .all
  ) throws -> [Value] {
    let pair = FidelityPair(
      metrics: Set(metrics.map(\.name)), x: x, reference: reference, settings: settings, threads: threads)
    return try metrics.map { try $0.evaluate(pair) }
  }
}
