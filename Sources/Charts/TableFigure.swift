import Curves

/// What is drawn of a table, and how: all that an experiment file says of a figure and `repscope plot` has options for.
///
/// ``arguments`` are those options, so that a figure can be drawn again from its table.
public struct TableFigure: Sendable, Hashable {
  /// The kinds of figures.
  public enum Kind: String, Sendable, CaseIterable {
    /// Lines against layer or something else.
    case line
    /// Layer by time step, or by the reference's layer.
    case heatmap
    /// One metric against another.
    case scatter
  }

  /// What kind of figure it is.
  public var kind: Kind
  /// What is drawn; several only in panels, on the vertical axis of a scatter chart one.
  public var metrics: [String]
  /// The headline; nil for the metrics' names.
  public var title: String?
  /// What lines are drawn against.
  public var abscissa: Abscissa = .layer
  /// Whether only the best layer of every curve is drawn.
  public var showsBestLayers = false
  /// The metric on the horizontal axis of a scatter chart.
  public var against: String?
  /// What a point of a scatter chart is; nil for what fits the metrics.
  public var points: ScatterChart.Points?
  /// Which models' rows are drawn; empty for all.
  public var models: [String] = []
  /// Which references' rows are drawn; empty for all.
  public var references: [String] = []
  /// Rows without a time step are drawn whatever stands here.
  public var timesteps: [Double] = []
  /// What sets the panels of small multiples apart; nil for one chart.
  public var panels: PanelFigure.Fact?
  /// Names of `PublishedValues` that are drawn beside the table's.
  public var published: [String] = []
  /// Against model size, the models' sizes.
  public var sizes = ModelSizes()
  /// The colours.
  public var theme: Theme = .light
  /// The page in points of 1/72 inch; nil for the kind's usual size.
  public var width: Double?
  /// The page's height in points; nil for what goes with the width.
  public var height: Double?

  /// A figure of all rows of a metric.
  public init(_ kind: Kind = .line, of metric: String) {
    self.kind = kind
    metrics = [metric]
  }

  /// A choice that does not go with the others.
  public struct Conflict: Sendable, Hashable {
    /// The choice, by its name in experiment files: `best`, `panels`, `x`, `published`, `metric`.
    public let key: String
    /// Why it cannot be.
    public let message: String
  }

  /// What does not go together, in the order of the choices.
  public var conflicts: [Conflict] {
    var conflicts: [Conflict] = []
    func refuse(_ key: String, _ condition: Bool, _ message: String) {
      if condition { conflicts.append(Conflict(key: key, message: message)) }
    }
    refuse(
      "x", kind != .line && abscissa != .layer, "a \(kind.rawValue) has no axis of \(abscissa.rawValue)s")
    refuse("best", showsBestLayers && kind == .heatmap, "a heat map shows all layers, not the best ones")
    refuse(
      "best", showsBestLayers && kind == .line && abscissa == .layer,
      "best layers have no place on an axis of layers; draw them against timestep, step or size")
    refuse("panels", panels != nil && kind == .scatter, "a scatter chart has no panels")
    refuse(
      "panels", kind == .line && panels?.rawValue == abscissa.rawValue,
      "the panels are what the lines are drawn against")
    refuse(
      "panels", kind == .line && panels == .model && abscissa == .size,
      "lines against size join models, and cannot be parted into panels of models")
    refuse("metric", metrics.isEmpty, "there is no metric to draw")
    refuse("against", kind == .scatter && against == nil, "a scatter chart needs a second metric")
    refuse(
      "metric", metrics.count > 1 && panels != .metric, "several metrics need panels of metrics")
    refuse("published", !published.isEmpty && kind != .line, "published values stand in line charts alone")
    refuse(
      "published", !published.isEmpty && !metrics.contains(PublishedValues.metric),
      "published are values of \(PublishedValues.metric), which is not drawn")
    refuse(
      "published", !published.isEmpty && abscissa == .samples,
      "published values do not tell their number of samples")
    for name in published where PublishedValues.named(name) == nil {
      refuse("published", true, "found \(name); \(PublishedValues.expectation(for: name))")
    }
    return conflicts
  }

  /// The rows that are drawn.
  ///
  /// Of a metric that has none of the references, such as a probe beside a metric of two representations, all rows are
  /// where another metric has them.
  public func rows(of table: MeasurementTable) -> MeasurementTable {
    let drawn = metrics + [against].compactMap(\.self)
    let chosen = table.filter { row in
      drawn.contains(row.metric) && (models.isEmpty || models.contains(row.model))
        && (timesteps.isEmpty || row.timestep.map(timesteps.contains) ?? true)
    }
    let compared = Set(chosen.rows.filter { references.contains($0.reference) }.map(\.metric))
    let isFree = { (row: Measurement) in
      references.isEmpty || (!compared.isEmpty && !compared.contains(row.metric))
    }
    let rows = chosen.filter { isFree($0) || references.contains($0.reference) }
    return showsBestLayers ? rows.bestLayers() : rows
  }

  /// Draws.
  ///
  /// - Throws: ``ChartError`` where the table does not have what is asked for, or choices do not go together.
  public func figure(of table: MeasurementTable) throws(ChartError) -> any Figure {
    if let conflict = conflicts.first { throw ChartError(.badValue, "\(conflict.key): \(conflict.message)") }
    let rows = rows(of: table)
    let published = published.compactMap(PublishedValues.named)
    switch (kind, panels) {
    case (.line, nil):
      return try LineChart(
        rows, metric: metrics[0], against: abscissa, sizes: sizes, published: published, title: title)
    case (.line, let panels?):
      return try PanelFigure(
        linesOf: rows, metrics: metrics, panels: panels, against: abscissa, sizes: sizes,
        published: published,
        title: title)
    case (.heatmap, nil): return try HeatMap(rows, metric: metrics[0], title: title)
    case (.heatmap, let panels?):
      return try PanelFigure(heatMapsOf: rows, metrics: metrics, panels: panels, title: title)
    case (.scatter, _):
      return try ScatterChart(rows, x: against ?? "", y: metrics[0], points: points, title: title)
    }
  }

  /// Draws to a file whose ending names the format.
  ///
  /// - Throws: ``ChartError``; `FileError` if the file cannot be written.
  public func write(_ table: MeasurementTable, to path: String) throws {
    try figure(of: table).write(to: path, width: width, height: height, theme: theme)
  }

  /// The options of `repscope plot` that draw the same of the same table, without table and output.
  public var arguments: [String] {
    var arguments: [String] = []
    func add(_ option: String, _ values: [String]) {
      // With a sign of equality, a value may begin with a hyphen.
      arguments += values.map { "--\(option)=\($0)" }
    }
    add("kind", kind == .line ? [] : [kind.rawValue])
    add(kind == .scatter ? "y" : "metric", metrics)
    add("x", [against].compactMap(\.self))
    add("points", [points?.rawValue].compactMap(\.self))
    add("against", abscissa == .layer ? [] : [abscissa.rawValue])
    if showsBestLayers { arguments.append("--best") }
    add("model", models)
    add("reference", references)
    add("timestep", timesteps.map(shortText))
    add("panels", [panels?.rawValue].compactMap(\.self))
    add("published", published)
    add("sizes", sizes.entries.map { "\($0.model)=\(shortText($0.millions))" })
    add("title", [title].compactMap(\.self))
    add("theme", theme == .light ? [] : [theme.name])
    add("width", [width.map(shortText)].compactMap(\.self))
    add("height", [height.map(shortText)].compactMap(\.self))
    return arguments
  }
}
