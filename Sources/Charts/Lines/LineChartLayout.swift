/// Where everything of a line chart stands on its page.
///
/// The parts are measured from the outside in: texts above and below, legend, names of reference lines and tick labels
/// take what they need, and the plot has the rest. If that is too little, the page becomes taller.
struct LineChartLayout {
  static let margin = 20.0
  private static let smallestPlot = Size(width: 200, height: 180)
  /// A plot as wide as a paper's column may be lower.
  private static let smallestNarrowPlot = Size(width: 200, height: 130)
  private static let narrow = 480.0

  let chart: LineChart
  let theme: Theme
  let metrics: any FontMetrics
  let page: Size
  /// The data in their frame.
  let lines: LinePlot
  let legend: Legend?
  let legendCorner: Point
  let referenceLabels: ReferenceLabels
  let texts: PageTexts
  let verticalTitleLines: [String]
  let horizontalTitleLines: [String]

  /// The area of the data.
  var plot: Rectangle { lines.plot }

  init(_ chart: LineChart, size: Size, theme: Theme = .light, metrics: any FontMetrics) {
    self.chart = chart
    self.theme = theme
    self.metrics = metrics
    let smallest = size.width < Self.narrow ? Self.smallestNarrowPlot : Self.smallestPlot
    let inner = size.width - 2 * Self.margin
    texts = PageTexts(
      title: chart.title, subtitle: chart.subtitle, note: chart.note, width: inner, metrics: metrics)
    legend = Legend(chart.series, width: inner, metrics: metrics)
    referenceLabels = ReferenceLabels(chart.referenceLines, metrics: metrics)
    let scales = LineScales(chart, ticks: max(4, min(8, Int(size.height / 60))))
    verticalTitleLines = metrics.lines(of: chart.vertical.title, .axisTitle, width: smallest.height)

    // From side to side.
    let left =
      Self.margin + Font.axisTitle.height * Double(verticalTitleLines.count) + 8 + scales.tickWidth(metrics)
      + LinePlot.tickGap + LinePlot.tickLength
    var right = size.width - Self.margin
    if let legend, legend.isBeside { right -= legend.size.width + 18 }
    if referenceLabels.width > 0 { right -= referenceLabels.width }
    let width = max(right - left, smallest.width)
    horizontalTitleLines = metrics.lines(of: chart.horizontal.title, .axisTitle, width: width)
    let inset = LinePlot.inset
    let horizontalTicks = HorizontalTicks(
      chart, range: scales.horizontalRange, start: left + inset, width: width - 2 * inset, inset: inset,
      metrics: metrics)

    // From top to bottom.
    var top = Self.margin + texts.height
    if let legend, !legend.isBeside {
      legendCorner = Point(x: Self.margin, y: top)
      top += legend.size.height + 14
    } else {
      legendCorner = Point(x: left + width + referenceLabels.width + 18, y: top)
    }
    let below =
      LinePlot.tickLength + LinePlot.tickGap + horizontalTicks.height + 6
      + Font.axisTitle.height * Double(horizontalTitleLines.count) + texts.noteHeight + Self.margin - 4
    let beside = max(legend.map { $0.isBeside ? $0.size.height : 0 } ?? 0, referenceLabels.height)
    let height = max(size.height - top - below, smallest.height, beside)
    lines = LinePlot(
      chart: chart, plot: Rectangle(x: left, y: top, width: width, height: height), scales: scales,
      horizontalTicks: horizontalTicks, theme: theme, metrics: metrics)
    // Whole points, so that no row of pixels is half covered.
    page = Size(
      width: max(size.width, left + width + (size.width - right)).rounded(.up),
      height: max(size.height, top + height + below).rounded(.up))
  }

  /// The place of a value in the plot.
  func place(x: Double, y: Double) -> Point { lines.place(x: x, y: y) }
}
