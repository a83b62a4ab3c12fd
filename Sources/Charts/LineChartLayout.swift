/// Where everything of a line chart stands on its page.
///
/// The parts are measured from the outside in: texts above and below, legend, names of reference lines and tick labels
/// take what they need, and the plot has the rest. If that is too little, the page becomes taller.
struct LineChartLayout {
  static let margin = 20.0
  static let tickLength = 4.0
  static let tickGap = 4.0
  private static let smallestPlot = Size(width: 200, height: 180)
  /// How far the first and the last layer stand inside the plot.
  private static let inset = 14.0

  let chart: LineChart
  let metrics: any FontMetrics
  let page: Size
  let plot: Rectangle
  let legend: Legend?
  let legendCorner: Point
  let referenceLabels: ReferenceLabels
  let titleLines: [String]
  let subtitleLines: [String]
  let noteLines: [String]
  let verticalTitleLines: [String]
  let verticalTicks: [Tick]
  let horizontalTicks: HorizontalTicks
  let horizontalRange: ClosedRange<Double>
  let verticalRange: ClosedRange<Double>

  init(_ chart: LineChart, size: Size, metrics: any FontMetrics) {
    self.chart = chart
    self.metrics = metrics
    let inner = size.width - 2 * Self.margin
    titleLines = metrics.lines(of: chart.title, .title, width: inner)
    subtitleLines = metrics.lines(of: chart.subtitle, .subtitle, width: inner)
    noteLines = metrics.lines(of: chart.note, .note, width: inner)
    legend = Legend(chart.series, width: inner, metrics: metrics)
    referenceLabels = ReferenceLabels(chart.referenceLines, metrics: metrics)
    horizontalRange = chart.horizontalRange
    // The highest value lies below a tick, so that it can be read, unless the axis was set.
    let range = chart.verticalRange
    verticalTicks = Tick.nice(
      in: range, count: max(4, min(8, Int(size.height / 60))),
      reaching: chart.vertical.range == nil ? chart.highestValue : nil)
    verticalRange = range.lowerBound...max(range.upperBound, verticalTicks.last?.position ?? range.upperBound)
    verticalTitleLines = metrics.lines(of: chart.vertical.title, .axisTitle, width: Self.smallestPlot.height)

    // From side to side.
    let tickWidth = verticalTicks.map { metrics.width(of: $0.label, .label) }.max() ?? 0
    let left =
      Self.margin + Font.axisTitle.height * Double(verticalTitleLines.count) + 8 + tickWidth + Self.tickGap
      + Self.tickLength
    var right = size.width - Self.margin
    if let legend, legend.isBeside { right -= legend.size.width + 18 }
    if referenceLabels.width > 0 { right -= referenceLabels.width }
    let width = max(right - left, Self.smallestPlot.width)
    horizontalTicks = HorizontalTicks(
      chart, range: horizontalRange, start: left + Self.inset, width: width - 2 * Self.inset,
      inset: Self.inset, metrics: metrics)

    // From top to bottom.
    var top = Self.margin
    top += Self.height(titleLines, .title, spaceBelow: 4)
    top += Self.height(subtitleLines, .subtitle, spaceBelow: 4)
    if top > Self.margin { top += 8 }
    if let legend, !legend.isBeside {
      legendCorner = Point(x: Self.margin, y: top)
      top += legend.size.height + 14
    } else {
      legendCorner = Point(x: left + width + referenceLabels.width + 18, y: top)
    }
    let below =
      Self.tickLength + Self.tickGap + horizontalTicks.height + 6
      + (chart.horizontal.title.isEmpty ? 0 : Font.axisTitle.height)
      + (noteLines.isEmpty ? 0 : 8 + Self.height(noteLines, .note, spaceBelow: 0)) + Self.margin - 4
    let beside = max(legend.map { $0.isBeside ? $0.size.height : 0 } ?? 0, referenceLabels.height)
    let height = max(size.height - top - below, Self.smallestPlot.height, beside)
    plot = Rectangle(x: left, y: top, width: width, height: height)
    // Whole points, so that no row of pixels is half covered.
    page = Size(
      width: max(size.width, left + width + (size.width - right)).rounded(.up),
      height: max(size.height, top + height + below).rounded(.up))
  }

  /// The place of a value in the plot.
  func place(x: Double, y: Double) -> Point {
    Point(x: horizontalTicks.place(x), y: self.y(y))
  }

  /// The height of a value in the plot.
  func y(_ value: Double) -> Double {
    plot.bottom - chart.vertical.share(of: value, in: verticalRange) * plot.height
  }

  private static func height(_ lines: [String], _ font: Font, spaceBelow: Double) -> Double {
    lines.isEmpty ? 0 : font.height * Double(lines.count) + spaceBelow
  }
}
