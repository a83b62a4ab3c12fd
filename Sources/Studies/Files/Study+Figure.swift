import Charts
import Curves
import Models
import Features

extension Study {
  /// A figure of the study's table.
  @dynamicMemberLookup
  public struct Figure: Sendable, Hashable {
    /// The file's name without its ending.
    public var file: String
    /// What is drawn, and how.
    public var drawing: TableFigure

    public init(file: String, drawing: TableFigure) {
      self.file = file
      self.drawing = drawing
    }

    public subscript<Value>(dynamicMember path: WritableKeyPath<TableFigure, Value>) -> Value {
      get { drawing[keyPath: path] }
      set { drawing[keyPath: path] = newValue }
    }

    /// What is drawn; of several metrics the first.
    public var metric: String { drawing.metrics.first ?? "" }

    /// What the plan calls it: `line of cknna`.
    var summary: String { "\(drawing.kind.rawValue) of \(drawing.metrics.joined(separator: ", "))" }
  }

  /// A figure with what only the study knows: the sizes of its models, where it is drawn against them.
  ///
  /// - Throws: The error of a checkpoint that cannot be read.
  func completed(_ figure: Figure) throws -> Figure {
    guard figure.abscissa == .size else { return figure }
    var figure = figure
    for model in models where figure.models.isEmpty || figure.models.contains(model.name) {
      if let size = try size(of: model) { figure.drawing.sizes.add(model.name, size) }
    }
    return figure
  }

  /// Millions of parameters, as the file says or the checkpoint; nil of features and of vision encoders, which are lines
  /// to hold the models against.
  private func size(of model: Network) throws -> Double? {
    if let size = model.size { return size }
    guard case .checkpoint(let path, let options) = model.source else { return nil }
    let choices = NetworkChoices(options)
    let kind = try ModelKind(resolved(path), options: choices.diffusion, encoder: choices.encoder)
    guard case .diffusionTransformer(let configuration) = kind else { return nil }
    // Three digits are what papers print.
    return Double(configuration.parameterCount).roundedToThreeDigits() / 1e6
  }
}

extension Double {
  fileprivate func roundedToThreeDigits() -> Double {
    guard self > 0, isFinite else { return self }
    var step = 1.0
    while self / step >= 1000 { step *= 10 }
    return (self / step).rounded() * step
  }
}

extension Study.Figure {
  /// - Parameter theme: The study's.
  init?(_ section: YAMLSection, theme: Theme) {
    let kind = section.choice("kind", TableFigure.Kind.allCases.map { ($0.rawValue, $0) }) ?? .line
    let metrics = section.strings("metric") ?? []
    if metrics.isEmpty { section.problem("metric", "there is no metric to draw") }
    drawing = TableFigure(kind, of: metrics.first ?? "")
    drawing.metrics = metrics
    drawing.title = section.string("title")
    drawing.against = section.string("against")
    drawing.points = section.choice("points", ScatterChart.Points.allCases.map { ($0.rawValue, $0) })
    drawing.models = section.strings("models") ?? []
    drawing.references = section.strings("references") ?? []
    drawing.timesteps = section.numbers("timesteps", in: 0...1) ?? []
    drawing.abscissa = section.choice("x", Abscissa.allCases.map { ($0.rawValue, $0) }) ?? .layer
    drawing.showsBestLayers = section.bool("best") ?? false
    drawing.panels = section.choice("panels", PanelFigure.Fact.allCases.map { ($0.rawValue, $0) })
    let published = PublishedValues.all.map { ($0.name, $0.name) }
    drawing.published = section.list("published")?.compactMap { section.choice($0, published) } ?? []
    drawing.theme = section.theme ?? theme
    drawing.width = section.length("width")
    drawing.height = section.length("height")
    if kind != .scatter {
      for key in ["against", "points"] where section.has(key) {
        section.problem(key, "this is for kind: scatter; a line chart's axis is x")
      }
    }
    file = section.string("file") ?? metrics.first ?? "figure"
    if file.contains("/") || file.hasPrefix(".") {
      section.problem("file", "found \(file), expected a name without folder; the ending is added")
    }
    guard !metrics.isEmpty else { return nil }
    for conflict in drawing.conflicts { section.problem(conflict.key, conflict.message) }
  }
}

extension YAMLSection {
  /// The colours of a figure, or of all of a study's.
  var theme: Theme? { choice("theme", Theme.all.map { ($0.name, $0) }) }

  fileprivate func length(_ name: String) -> Double? {
    guard let text = string(name) else { return nil }
    if let length = FigureLength(text: text) { return length.points }
    problem(name, "found \(text), expected points, or a length such as 3.3in or 84mm, from half an inch on")
    return nil
  }
}
