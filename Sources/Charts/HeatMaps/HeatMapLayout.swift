/// Where everything of a heat map stands on its page.
///
/// Cells are as large as the page allows, in whole points, so that none is a pixel wider than its neighbor. Where labels
/// need more room than that, the page grows; where they need less, it shrinks.
struct HeatMapLayout {
  private static let margin = LineChartLayout.margin
  private static let widestLabel = 150.0
  /// With more names than this a figure cannot show all of them.
  private static let mostNames = 60

  let map: HeatMap
  let theme: Theme
  let metrics: any FontMetrics
  let page: Size
  let cells: HeatCells
  let bar: ColorBar
  let barHeight: Double
  let texts: PageTexts
  let rowTitleLines: [String]
  let columnTitleLines: [String]
  let barTitleLines: [String]
  /// Every label in its lines; nil for one that is left out.
  let rowLabels: [[String]?]
  let columnLabels: [[String]?]
  let areColumnsUpright: Bool
  let columnLabelHeight: Double

  /// The area of the cells.
  var plot: Rectangle { cells.plot }

  init(_ map: HeatMap, size: Size, theme: Theme = .light, metrics: any FontMetrics) {
    self.map = map
    self.theme = theme
    self.metrics = metrics
    let range = map.colorRange
    let line = Font.label.height
    let inner = size.width - 2 * Self.margin
    texts = PageTexts(
      title: map.title, subtitle: map.subtitle, note: map.notes, width: inner, metrics: metrics)

    let rowCount = Double(map.rows.labels.count)
    let columnCount = Double(map.columns.labels.count)
    let rowText = map.rows.labels.map { metrics.lines(of: $0, .label, width: Self.widestLabel) }
    let columnText = map.columns.labels.map { metrics.lines(of: $0, .label, width: Self.widestLabel) }
    let showsAllRows = !map.rows.isOrdered && map.rows.labels.count <= Self.mostNames
    let showsAllColumns = !map.columns.isOrdered && map.columns.labels.count <= Self.mostNames
    let rowLines = Double(rowText.map(\.count).max() ?? 1)
    let columnLines = Double(columnText.map(\.count).max() ?? 1)

    // From side to side; the ticks of the colour bar are known before its height as far as their widths go.
    let rowWidth = rowText.joined().map { metrics.width(of: $0, .label) }.max() ?? 0
    bar = ColorBar(range, metrics: metrics)
    let rowTitleRoom = map.rows.title.isEmpty ? 0 : Font.axisTitle.height * 2 + 8
    let barTitleRoom = map.colorTitle.isEmpty ? 0 : Font.axisTitle.height * 2 + 8
    let widthForCells = inner - rowTitleRoom - rowWidth - HeatCells.labelGap - bar.room - barTitleRoom

    // From top to bottom.
    let top = Self.margin + texts.height
    let columnWidths = columnText.joined().map { metrics.width(of: $0, .label) }
    let columnWidth = columnWidths.max() ?? 0
    let titleHeight = map.columns.title.isEmpty ? 0 : 6 + Font.axisTitle.height
    let heightForCells =
      size.height - top - HeatCells.labelGap - line * 2 - titleHeight - texts.noteHeight
      - Self.margin

    var cell = Size(
      width: min(max((widthForCells / columnCount).rounded(.down), 1), 96),
      height: min(max((heightForCells / rowCount).rounded(.down), 1), 64))
    if map.isSquare {
      let side = min(cell.width, cell.height)
      cell = Size(width: side, height: side)
    }
    let rowNeed = line * rowLines
    if showsAllRows { cell.height = max(cell.height, rowNeed.rounded(.up)) }
    // Names that do not stand beside each other stand upright.
    let isLevel = columnWidth + 8 <= cell.width || !showsAllColumns
    if !isLevel { cell.width = max(cell.width, (line * columnLines).rounded(.up)) }
    if map.isSquare {
      let side = max(cell.width, cell.height)
      cell = Size(width: side, height: side)
    }
    areColumnsUpright = !isLevel
    columnLabelHeight = isLevel ? line * columnLines : columnWidth
    // An order grows upwards: its first label stands below.
    let thinnedRows = Self.thinned(
      map.rows.isOrdered ? rowText.reversed() : rowText, cell: cell.height, need: rowNeed)
    rowLabels = map.rows.isOrdered ? thinnedRows.reversed() : thinnedRows
    columnLabels = Self.thinned(
      columnText, cell: cell.width, need: isLevel ? columnWidth + 8 : line * columnLines)

    let area = Size(width: cell.width * columnCount, height: cell.height * rowCount)
    barHeight = max(area.height, 120)
    rowTitleLines = metrics.lines(of: map.rows.title, .axisTitle, width: barHeight)
    barTitleLines = metrics.lines(of: map.colorTitle, .axisTitle, width: barHeight)
    columnTitleLines = metrics.lines(of: map.columns.title, .axisTitle, width: max(area.width, 120))
    let left =
      Self.margin + Font.axisTitle.height * Double(rowTitleLines.count) + (rowTitleLines.isEmpty ? 0 : 8)
      + rowWidth + HeatCells.labelGap
    let plot = Rectangle(x: left, y: top, width: area.width, height: area.height)
    cells = HeatCells(map: map, plot: plot, cell: cell, range: range, theme: theme, metrics: metrics)
    let below =
      HeatCells.labelGap + columnLabelHeight
      + (columnTitleLines.isEmpty ? 0 : 6 + PageTexts.height(columnTitleLines, .axisTitle, spaceBelow: 0))
    // A wide label below the last of few columns may reach under the colour bar, and the title too.
    let barTitleWidth = barTitleLines.isEmpty ? 0 : 8 + Font.axisTitle.height * Double(barTitleLines.count)
    let columnTitleWidth = columnTitleLines.map { metrics.width(of: $0, .axisTitle) }.max() ?? 0
    let right = max(
      plot.right + bar.room + barTitleWidth, Self.margin + texts.widest(metrics),
      plot.middle.x + columnTitleWidth / 2)
    // Half a line for the labels at the ends of the colour bar.
    let bottom = max(plot.bottom + below, top + barHeight + line / 2)
    page = Size(
      width: (right + Self.margin).rounded(.up),
      height: (bottom + texts.noteHeight + Self.margin - 4).rounded(.up))
  }

  /// Every label, or every second, fifth, tenth, … so that they stand apart.
  static func thinned(_ labels: [[String]], cell: Double, need: Double) -> [[String]?] {
    var step = 1
    var factors = [2, 5, 10]
    var scale = 1
    while cell * Double(step) < need, step < labels.count {
      step = factors.removeFirst() * scale
      if factors.isEmpty {
        scale *= 10
        factors = [2, 5, 10]
      }
    }
    return labels.indices.map { $0 % step == 0 ? labels[$0] : nil }
  }
}
