/// Points of two numbers each, such as CKNNA against FID, with their correlation and a least-squares line.
///
/// Labels stand beside their points where they cover neither a point nor each other; one that has no such place is left out
/// and counted in the note. Pearson's and Spearman's correlations of all points stand below the title.
public struct ScatterChart: Figure, Hashable {
  /// One point.
  public struct Point: Sendable, Hashable {
    /// The value on the horizontal axis.
    public var x: Double
    /// The value on the vertical axis.
    public var y: Double
    /// What stands beside the point; nothing where it is empty.
    public var label: String

    /// A point.
    public init(x: Double, y: Double, label: String = "") {
      self.x = x
      self.y = y
      self.label = label
    }
  }

  /// Points of one colour and marker.
  public struct Series: Sendable, Hashable {
    /// The name in the legend; a series without a name is not in it.
    public var name: String
    /// The points; one that is NaN or infinite is not drawn.
    public var points: [Point]

    /// A series.
    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// The headline.
  public var title: String
  /// What holds for the whole chart, in small type below the title; the correlations follow it.
  public var subtitle: String
  /// What the signs mean, in small type at the foot.
  public var note: String
  /// The axis below the plot.
  public var horizontal: Axis
  /// The axis left of the plot.
  public var vertical: Axis
  /// The points, in the order of the legend.
  public var series: [Series]
  /// Whether the least-squares line of all points is drawn.
  public var showsLine: Bool

  /// A chart.
  public init(
    title: String = "", subtitle: String = "", note: String = "", horizontal: Axis, vertical: Axis,
    series: [Series], showsLine: Bool = true
  ) {
    self.title = title
    self.subtitle = subtitle
    self.note = note
    self.horizontal = horizontal
    self.vertical = vertical
    self.series = series
    self.showsLine = showsLine
  }

  public func page(width: Double?, height: Double?, theme: Theme) throws(ChartError) -> FigurePage {
    FigurePage(try canvas(width: width, height: height, theme: theme))
  }

  /// The chart as a page: a line chart without lines gives the frame, into which points and labels are drawn.
  func canvas(
    width: Double? = nil, height: Double? = nil, theme: Theme = .light,
    metrics: any FontMetrics = CairoFontMetrics()
  ) throws(ChartError) -> Canvas {
    try Canvas.page(width: width, height: height, usual: Size(width: 640, height: 480)) {
      ScatterLayout(self, size: $0, theme: theme, metrics: metrics).canvas()
    }
  }

  /// All points that can be drawn.
  var finitePoints: [Point] {
    series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
  }
}
