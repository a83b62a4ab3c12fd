/// What there is to say of a number that is measured: of two representations (``Metric``) or of one
/// (``RepresentationProperty``).
public protocol MetricDescription: Sendable, Identifiable {
  /// The name on the command line and in tables, such as "cknna".
  var name: String { get }
  /// The name on a figure's axis, such as "CKNNA".
  var title: String { get }
  /// One line for a list of metrics.
  var summary: String { get }
  /// The definition, in a formula or a sentence.
  var definition: String { get }
  /// Where the definition comes from.
  var source: String { get }
  /// The least and the greatest value, nil where there is none.
  var range: (lower: Double?, upper: Double?) { get }
  /// What may be done to one side's features without a change of the value.
  var invariances: Metric.Invariances { get }
  /// Time and memory, as they grow.
  var cost: String { get }
  /// The fewest samples for which the definition has a value.
  var minimumSamples: Int { get }
  /// Whether it looks at patch tokens, and so needs representations that keep them.
  var isPatchWise: Bool { get }
  /// The settings that the value depends on, as `k=10;normalize=l2`, sorted by name: enough to repeat it.
  func parameters(_ settings: AlignmentSettings) -> String
}

extension MetricDescription {
  public var id: String { name }
}

/// All numbers that can be measured, whether of two representations or of one.
public enum MetricDescriptions {
  /// Those of pairs first, in the order of the registries.
  public static let all: [any MetricDescription] = Metric.all + RepresentationProperty.all

  /// The one of that name.
  public static func named(_ name: String) -> (any MetricDescription)? {
    all.first { $0.name == name }
  }
}

extension Metric.Dependencies {
  /// The settings meant, as `name=value`, sorted and joined by semicolons.
  func parameters(_ settings: AlignmentSettings, isPatchWise: Bool) -> String {
    // Patch tokens are always normalised and never clamped.
    var parts = isPatchWise ? [] : ["normalize=\(settings.normalization.rawValue)"]
    if let clamp = settings.clamp.text, !isPatchWise { parts.append("clamp=\(clamp)") }
    func add(_ dependency: Self, _ name: String, _ value: @autoclosure () -> Any) {
      if contains(dependency) { parts.append("\(name)=\(value())") }
    }
    add(.k, "k", settings.k)
    add(.sigma, "sigma", settings.sigma.text)
    if settings.epsilon != AlignmentSettings.defaultEpsilon { add(.epsilon, "epsilon", settings.epsilon) }
    add(.tau, "tau", settings.tau)
    add(.candidates, "candidates", settings.candidates.rawValue)
    add(.components, "components", settings.components)
    let distances = settings.patchDistances
    add(.far, "far", distances.far)
    add(.decay, "decay", distances.decay)
    add(.near, "near", distances.near)
    add(.background, "background", distances.background)
    if let grid = distances.grid { add(.grid, "grid", grid.text) }
    if let masks = settings.masks { add(.masks, "masks", masks.name) }
    add(.discard, "discard", settings.discard)
    return parts.sorted().joined(separator: ";")
  }
}
