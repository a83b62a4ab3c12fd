/// Lines over a common axis, such as alignment curves against layer.
///
/// The chart is laid out so that no text is cut, covers another or covers data: long labels are broken into lines, the
/// legend stands outside the plot, and a page that is too small for its texts becomes taller.
public struct LineChart: Figure, Hashable {
  /// One line.
  public struct Series: Sendable, Hashable {
    /// The name in the legend; a series without a name is not in it.
    public var name: String
    /// The points in the order in which the line joins them; one that is NaN or infinite leaves a gap.
    public var points: [Point]
    /// Colour, marker and dash.
    public var style: Style

    /// A series.
    public init(name: String, points: [Point], style: Style) {
      self.name = name
      self.points = points
      self.style = style
    }
  }

  /// One point of a line.
  public struct Point: Sendable, Hashable {
    /// The value on the horizontal axis.
    public var x: Double
    /// The value on the vertical axis; NaN for a gap.
    public var y: Double
    /// The ends of the interval shown as a band; both or none.
    public var band: ClosedRange<Double>?
    /// Whether the marker is hollow, as for a value that is not significant.
    public var isHollow: Bool

    /// A point.
    public init(x: Double, y: Double, band: ClosedRange<Double>? = nil, isHollow: Bool = false) {
      self.x = x
      self.y = y
      self.band = band
      self.isHollow = isHollow
    }
  }

  /// A horizontal line across the plot, named at its right end.
  public struct ReferenceLine: Sendable, Hashable {
    /// The name at the right end.
    public var name: String
    /// The value on the vertical axis.
    public var y: Double
    /// Whether the value was published by others: then the line has other dashes.
    public var isPublished: Bool

    /// A reference line.
    public init(name: String, y: Double, isPublished: Bool = false) {
      self.name = name
      self.y = y
      self.isPublished = isPublished
    }
  }

  /// How a line looks.
  public struct Style: Sendable, Hashable {
    /// The colour of line, markers and band.
    public var paint: Paint
    /// The shape at every point; nil for a bare line.
    public var marker: Marker?
    /// Lengths of dashes and gaps in points; empty for a solid line.
    public var dash: [Double]
    /// The line's width in points; 0 for points alone.
    public var width: Double
    /// Whether all markers are hollow, whatever the points say.
    public var isHollow: Bool

    /// A style.
    public init(
      paint: Paint, marker: Marker? = .circle, dash: [Double] = [], width: Double = 1.8,
      isHollow: Bool = false
    ) {
      self.paint = paint
      self.marker = marker
      self.dash = dash
      self.width = width
      self.isHollow = isHollow
    }

    /// A style in a colour that is the same in every theme.
    public init(color: Color, marker: Marker? = .circle, dash: [Double] = [], width: Double = 1.8) {
      self.init(paint: .fixed(color), marker: marker, dash: dash, width: width)
    }
  }

  /// The shapes that tell series apart without colour.
  public enum Marker: Sendable, CaseIterable {
    case circle, square, triangle, diamond, invertedTriangle, pentagon, cross, star
  }

  /// The headline.
  public var title: String
  /// What holds for the whole chart, in small type below the title.
  public var subtitle: String
  /// What the signs mean, in small type at the foot.
  public var note: String
  /// The axis below the plot.
  public var horizontal: Axis
  /// The axis left of the plot.
  public var vertical: Axis
  /// The lines, in the order of the legend; later ones are drawn over earlier ones.
  public var series: [Series]
  /// Horizontal lines across the plot.
  public var referenceLines: [ReferenceLine]

  /// A chart.
  public init(
    title: String = "", subtitle: String = "", note: String = "", horizontal: Axis, vertical: Axis,
    series: [Series], referenceLines: [ReferenceLine] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.note = note
    self.horizontal = horizontal
    self.vertical = vertical
    self.series = series
    self.referenceLines = referenceLines
  }

  public func page(width: Double?, height: Double?, theme: Theme) throws(ChartError) -> FigurePage {
    FigurePage(try canvas(width: width, height: height, theme: theme))
  }

  /// The chart as a page.
  func canvas(
    width: Double? = nil, height: Double? = nil, theme: Theme = .light,
    metrics: any FontMetrics = CairoFontMetrics()
  ) throws(ChartError) -> Canvas {
    try Canvas.page(width: width, height: height, usual: Size(width: 720, height: 450)) {
      LineChartLayout(self, size: $0, theme: theme, metrics: metrics).canvas()
    }
  }
}
