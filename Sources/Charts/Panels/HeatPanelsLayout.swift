/// Heat maps side by side on a page, with one colour bar.
struct HeatPanelsLayout {
  private static let margin = LineChartLayout.margin
  private static let leastWidth = 110.0
  private static let heights = 90.0...220.0
  private static let gap = 20.0
  private static let titleGap = 4.0

  let maps: [HeatMap]
  let theme: Theme
  let metrics: any FontMetrics
  let page: Size
  let grid: PanelGrid
  private let cell: Size
  private let range: ClosedRange<Double>
  private let bar: ColorBar
  private let barHeight: Double
  private let barTitle: [String]
  private let texts: PageTexts
  private let titles: [[String]]
  private let rowTitle: [String]
  private let columnTitle: [String]
  private let rowLabels: [[String]?]
  private let columnLabels: [[String]?]
  private let areColumnsUpright: Bool
  private let labelHeight: Double

  /// - Parameter maps: Maps with the same labels; at least one.
  init(_ figure: PanelFigure, _ maps: [HeatMap], size: Size, theme: Theme, metrics: any FontMetrics) {
    self.maps = maps
    self.theme = theme
    self.metrics = metrics
    let first = maps[0]
    let line = Font.label.height
    let inner = size.width - 2 * Self.margin
    let isMissing = maps.contains { $0.values.joined().contains { !$0.isFinite } }
    let note = [figure.note, isMissing ? "Hatched: no value." : ""].filter { !$0.isEmpty }
    texts = PageTexts(
      title: figure.title, subtitle: figure.subtitle, note: note.joined(separator: " "), width: inner,
      metrics: metrics)
    range = HeatMap.colorRange(of: maps)
    bar = ColorBar(range, metrics: metrics)

    // From side to side.
    func widest(_ labels: [String]) -> Double { labels.map { metrics.width(of: $0, .label) }.max() ?? 0 }
    let (rowCount, columnCount) = (Double(first.rows.labels.count), Double(first.columns.labels.count))
    let rowWidth = widest(first.rows.labels)
    let columnWidth = widest(first.columns.labels)
    let titleRoom = Font.axisTitle.height * 2 + 8
    // No longer than the lowest grid, or the bar beside it.
    rowTitle = metrics.lines(of: first.rows.title, .axisTitle, width: Self.heights.lowerBound)
    let left =
      Self.margin + Font.axisTitle.height * Double(rowTitle.count) + (rowTitle.isEmpty ? 0 : 8) + rowWidth
      + HeatCells.labelGap
    let barRoom = bar.room + (first.colorTitle.isEmpty ? 0 : titleRoom)
    let room = size.width - Self.margin - left - barRoom
    let columns = PanelGrid.columns(for: maps.count, width: room, least: Self.leastWidth, gap: Self.gap)
    let width = max((room - Self.gap * Double(columns - 1)) / Double(columns), Self.leastWidth)
    // Names of columns that do not stand beside each other stand upright; numbers are thinned.
    let isLevel = first.columns.isOrdered || columnWidth + 8 <= (width / columnCount).rounded(.down)
    areColumnsUpright = !isLevel
    labelHeight = HeatCells.labelGap + (isLevel ? line : columnWidth)
    var cell = Size(width: min(max((width / columnCount).rounded(.down), isLevel ? 1 : line), 96), height: 0)
    let plotWidth = cell.width * columnCount
    titles = maps.map { metrics.lines(of: $0.title, .panelTitle, width: max(plotWidth, 60)) }
    let titleHeight = Font.panelTitle.height * Double(titles.map(\.count).max() ?? 0)
    let titleSpace = titleHeight > 0 ? titleHeight + Self.titleGap : 0

    // From top to bottom.
    let top = Self.margin + texts.height + titleSpace
    let rowGap = titleSpace + 14
    let rows = Double((maps.count + columns - 1) / columns)
    columnTitle = metrics.lines(of: first.columns.title, .axisTitle, width: max(plotWidth, 200))
    let titles = Font.axisTitle.height * Double(columnTitle.count)
    let below = labelHeight + 6 + titles + texts.noteHeight + Self.margin - 4
    let wanted = min(max(plotWidth * 0.72, Self.heights.lowerBound), Self.heights.upperBound)
    let given = (size.height - top - below - rowGap * (rows - 1)) / rows
    cell.height =
      first.isSquare ? cell.width : min(max((max(wanted, given) / rowCount).rounded(.down), 1), 64)
    if !first.rows.isOrdered { cell.height = max(cell.height, line.rounded(.up)) }
    self.cell = cell
    let thinnedRows = HeatMapLayout.thinned(
      (first.rows.isOrdered ? first.rows.labels.reversed() : first.rows.labels).map { [$0] },
      cell: cell.height, need: line)
    rowLabels = first.rows.isOrdered ? thinnedRows.reversed() : thinnedRows
    columnLabels = HeatMapLayout.thinned(
      first.columns.labels.map { [$0] }, cell: cell.width, need: isLevel ? columnWidth + 8 : line)
    let grid = PanelGrid(
      count: maps.count, columns: columns, plot: Size(width: plotWidth, height: cell.height * rowCount),
      origin: Point(x: left, y: top), gap: Size(width: Self.gap, height: rowGap))
    self.grid = grid
    barHeight = max(min(grid.area.height, 300), 120)
    barTitle = metrics.lines(of: first.colorTitle, .axisTitle, width: barHeight)
    let bottom = max(grid.area.bottom + below, top + barHeight + line / 2 + texts.noteHeight + Self.margin)
    let right = max(
      grid.area.right + bar.room
        + (barTitle.isEmpty ? 0 : 8 + Font.axisTitle.height * Double(barTitle.count)),
      Self.margin + texts.widest(metrics))
    page = Size(
      width: (right + Self.margin).rounded(.up), height: max(size.height, bottom).rounded(.up))
  }

  func canvas() -> Canvas {
    var canvas = Canvas.blank(page, theme.page)
    let numbers = CellNumbers(maps, cell: cell, metrics: metrics)
    for (index, map) in maps.enumerated() {
      let cells = HeatCells(
        map: map, plot: grid[index], cell: cell, range: range, theme: theme, metrics: metrics)
      cells.drawAll(numbers, on: &canvas)
      if grid.isLeftmost(index) { cells.draw(rows: rowLabels, on: &canvas) }
      if grid.isLowest(index) {
        cells.draw(columns: columnLabels, areUpright: areColumnsUpright, on: &canvas)
      }
      let top = grid[index].y - Self.titleGap - Font.panelTitle.height * Double(titles[index].count)
      canvas.draw(titles[index], .panelTitle, theme.title, x: grid[index].x, y: top, metrics: metrics)
    }
    bar.draw(
      at: Point(x: grid.area.right + ColorBar.gap, y: grid.origin.y), height: barHeight, title: barTitle,
      on: &canvas, theme, metrics)
    texts.drawHead(on: &canvas, margin: Self.margin, theme, metrics)
    let middle = grid.origin.y + max(grid.area.height, Self.heights.lowerBound) / 2
    canvas.drawUpright(rowTitle, theme.text, x: Self.margin, middle: middle, metrics: metrics)
    let titleY = grid.area.bottom + labelHeight + 6
    canvas.drawCentred(columnTitle, theme.text, middle: grid.area.middle.x, top: titleY, metrics: metrics)
    let noteY = page.height - Self.margin + 4 - Font.note.height * Double(texts.note.count)
    canvas.draw(texts.note, .note, theme.quiet, x: Self.margin, y: noteY, metrics: metrics)
    return canvas
  }
}
