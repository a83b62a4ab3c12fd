import Curves

/// Small multiples: several line charts or heat maps side by side, with the same axes, one legend or colour bar, and a title
/// over each.
///
/// Numbers stand at the outer axes only. All panels span the same values, unless they show different metrics.
public struct PanelFigure: Figure, Hashable {
  /// What sets the panels apart.
  public enum Fact: String, Sendable, CaseIterable {
    /// A panel a time step.
    case timestep
    /// A panel a reference.
    case reference
    /// A panel a metric, with a vertical axis of its own.
    case metric
    /// A panel a model.
    case model
    /// A panel a training step.
    case step
  }

  /// What the panels are; each has its own title, which stands over it.
  enum Content: Sendable, Hashable {
    /// - `sharesVertical`: Whether the vertical axis is the same for all.
    case lines([LineChart], sharesVertical: Bool)
    /// Maps with the same rows and columns.
    case heatMaps([HeatMap])
  }

  /// The headline.
  public var title: String
  /// What holds for the whole figure, in small type below the title.
  public var subtitle: String
  /// What the signs mean, in small type at the foot.
  public var note: String
  var content: Content

  /// The titles of the panels, row by row.
  public var panelTitles: [String] {
    switch content {
    case .lines(let charts, _): charts.map(\.title)
    case .heatMaps(let maps): maps.map(\.title)
    }
  }

  public func page(width: Double?, height: Double?, theme: Theme) throws(ChartError) -> FigurePage {
    FigurePage(try canvas(width: width, height: height, theme: theme))
  }

  /// The figure as a page, by default as high as the panels make it.
  func canvas(
    width: Double? = nil, height: Double? = nil, theme: Theme = .light,
    metrics: any FontMetrics = CairoFontMetrics()
  ) throws(ChartError) -> Canvas {
    try Canvas.page(width: width, height: height, usual: Size(width: 720, height: 100)) { size in
      switch content {
      case .lines(let charts, let sharesVertical):
        LinePanelsLayout(
          self, charts, sharesVertical: sharesVertical, size: size, theme: theme, metrics: metrics
        ).canvas()
      case .heatMaps(let maps):
        HeatPanelsLayout(self, maps, size: size, theme: theme, metrics: metrics).canvas()
      }
    }
  }
}
