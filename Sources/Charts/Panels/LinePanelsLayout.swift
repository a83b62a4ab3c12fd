/// Line charts side by side on a page.
struct LinePanelsLayout {
  private static let margin = LineChartLayout.margin
  private static let leastWidth = 110.0
  private static let heights = 110.0...220.0
  /// About as many ticks as stand apart on the lowest plot.
  private static let tickCount = 4
  private static let titleGap = 4.0

  let charts: [LineChart]
  let theme: Theme
  let metrics: any FontMetrics
  let page: Size
  let grid: PanelGrid
  let plots: [LinePlot]
  private let texts: PageTexts
  private let titles: [[String]]
  private let legend: Legend?
  private let legendCorner: Point
  private let verticalTitle: [String]
  private let horizontalTitle: [String]
  private let labelHeight: Double
  private let titleHeight: Double

  init(
    _ figure: PanelFigure, _ charts: [LineChart], sharesVertical: Bool, size: Size, theme: Theme,
    metrics: any FontMetrics
  ) {
    self.charts = charts
    self.theme = theme
    self.metrics = metrics
    let inner = size.width - 2 * Self.margin
    texts = PageTexts(
      title: figure.title, subtitle: figure.subtitle, note: figure.note, width: inner, metrics: metrics)
    legend = Legend(Self.entries(charts), width: inner, metrics: metrics)
    let whole = Self.merged(charts)
    let scales = charts.map { chart -> LineScales in
      var own = sharesVertical ? whole : chart
      // The horizontal axis is one for all, whatever a panel's own data reach.
      own.horizontal.range = whole.horizontalRange
      return LineScales(own, ticks: Self.tickCount)
    }

    // From side to side.
    let tickWidth = scales.map { $0.tickWidth(metrics) }.max() ?? 0
    let tickRoom = tickWidth + LinePlot.tickGap + LinePlot.tickLength
    verticalTitle =
      sharesVertical
      ? metrics.lines(of: whole.vertical.title, .axisTitle, width: Self.heights.lowerBound + 30) : []
    let left =
      Self.margin + Font.axisTitle.height * Double(verticalTitle.count)
      + (verticalTitle.isEmpty ? 0 : 8) + tickRoom
    let beside = legend.map { $0.isBeside ? $0.size.width + 18 : 0 } ?? 0
    let room = size.width - Self.margin - left - beside
    let columnGap = sharesVertical ? 22 : tickRoom + 18
    let columns = PanelGrid.columns(for: charts.count, width: room, least: Self.leastWidth, gap: columnGap)
    let width = max(
      ((room - columnGap * Double(columns - 1)) / Double(columns)).rounded(.down), Self.leastWidth)
    titles = charts.map { metrics.lines(of: $0.title, .panelTitle, width: width) }
    let titleHeight = Font.panelTitle.height * Double(titles.map(\.count).max() ?? 0)
    self.titleHeight = titleHeight
    let inset = LinePlot.inset
    func ticks(_ x: Double) -> HorizontalTicks {
      HorizontalTicks(
        whole, range: whole.horizontalRange, start: x + inset, width: width - 2 * inset, inset: inset,
        metrics: metrics)
    }
    labelHeight = LinePlot.tickLength + LinePlot.tickGap + ticks(left).height
    horizontalTitle = metrics.lines(of: whole.horizontal.title, .axisTitle, width: max(width, 200))

    // From top to bottom.
    var top = Self.margin + texts.height
    if let legend, !legend.isBeside {
      legendCorner = Point(x: Self.margin, y: top)
      top += legend.size.height + 12
    } else {
      legendCorner = Point(
        x: left + width * Double(columns) + columnGap * Double(columns - 1) + 18, y: top)
    }
    let titleRoom = titleHeight > 0 ? titleHeight + Self.titleGap : 0
    top += titleRoom
    let rows = Double((charts.count + columns - 1) / columns)
    let rowGap = titleRoom + LinePlot.tickLength + 14
    let below =
      labelHeight + 6 + Font.axisTitle.height * Double(horizontalTitle.count) + texts.noteHeight
      + Self.margin - 4
    let wanted = min(max(width * 0.72, Self.heights.lowerBound), Self.heights.upperBound)
    let given = ((size.height - top - below - rowGap * (rows - 1)) / rows).rounded(.down)
    let grid = PanelGrid(
      count: charts.count, columns: columns, plot: Size(width: width, height: max(wanted, given)),
      origin: Point(x: left, y: top), gap: Size(width: columnGap, height: rowGap))
    self.grid = grid
    plots = charts.indices.map { index in
      let plot = grid[index]
      return LinePlot(
        chart: charts[index], plot: plot, scales: scales[index], horizontalTicks: ticks(plot.x), theme: theme,
        metrics: metrics, showsHorizontalLabels: grid.isLowest(index),
        showsVerticalLabels: !sharesVertical || grid.isLeftmost(index))
    }
    let corner = legendCorner
    let legendBottom = legend.map { $0.isBeside ? corner.y + $0.size.height + Self.margin : 0 } ?? 0
    let bottom = max(grid.area.bottom + below, legendBottom)
    page = Size(
      width: max(size.width, grid.area.right + beside + Self.margin).rounded(.up),
      height: max(size.height, bottom).rounded(.up))
  }

  func canvas() -> Canvas {
    var canvas = Canvas.blank(page, theme.page)
    for (plot, title) in zip(plots, titles) {
      plot.draw(on: &canvas) { drawReferenceLines(of: plot, on: &$0) }
      let top = plot.plot.y - Self.titleGap - Font.panelTitle.height * Double(title.count)
      canvas.draw(title, .panelTitle, theme.title, x: plot.plot.x, y: top, metrics: metrics)
    }
    texts.drawHead(on: &canvas, margin: Self.margin, theme, metrics)
    canvas.drawUpright(
      verticalTitle, theme.text, x: Self.margin, middle: grid.area.middle.y, metrics: metrics)
    let titleY = grid.area.bottom + labelHeight + 6
    canvas.drawCentred(horizontalTitle, theme.text, middle: grid.area.middle.x, top: titleY, metrics: metrics)
    let noteY = titleY + Font.axisTitle.height * Double(horizontalTitle.count) + 8
    canvas.draw(texts.note, .note, theme.quiet, x: Self.margin, y: noteY, metrics: metrics)
    legend?.draw(at: legendCorner, on: &canvas, theme, metrics)
    return canvas
  }

  private func drawReferenceLines(of plot: LinePlot, on canvas: inout Canvas) {
    let styles = Self.referenceStyles(charts)
    for line in plot.chart.referenceLines where line.y.isFinite {
      guard let style = styles.first(where: { $0.name == line.name })?.style else { continue }
      canvas.line(
        from: Point(x: plot.plot.x, y: plot.y(line.y)), to: Point(x: plot.plot.right, y: plot.y(line.y)),
        Canvas.Pen(color: theme.color(of: style.paint), width: style.width, dash: style.dash))
    }
  }

  /// What stands in the legend: every series once, then reference lines, which have no room for names in the panels.
  private static func entries(_ charts: [LineChart]) -> [LineChart.Series] {
    var seen: Set<String> = []
    let series = charts.flatMap(\.series).filter { !$0.name.isEmpty && seen.insert($0.name).inserted }
    return series
      + referenceStyles(charts).map { LineChart.Series(name: $0.name, points: [], style: $0.style) }
  }

  /// Reference lines differ by their dashes, and from the fifth on by their colour too.
  private static func referenceStyles(_ charts: [LineChart]) -> [(name: String, style: LineChart.Style)] {
    let dashes: [[Double]] = [[6, 3.5], [1.5, 2], [9, 3, 1.5, 3], [3, 3]]
    var seen: Set<String> = []
    let names = charts.flatMap(\.referenceLines).map(\.name).filter { seen.insert($0).inserted }
    return names.enumerated().map { index, name in
      let paint: Paint = index < dashes.count ? .quiet : .category(index)
      return (
        name, LineChart.Style(paint: paint, marker: nil, dash: dashes[index % dashes.count], width: 1.2)
      )
    }
  }

  /// A chart with the data of all, for the axes that they share.
  private static func merged(_ charts: [LineChart]) -> LineChart {
    var whole = charts[0]
    whole.series = charts.flatMap(\.series)
    whole.referenceLines = charts.flatMap(\.referenceLines)
    return whole
  }
}
