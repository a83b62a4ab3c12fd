extension HeatMapLayout {
  /// The figure drawn on its page.
  func canvas() -> Canvas {
    var canvas = Canvas.blank(page, theme.page)
    cells.drawAll(CellNumbers([map], cell: cells.cell, metrics: metrics), on: &canvas)
    cells.draw(rows: rowLabels, on: &canvas)
    cells.draw(columns: columnLabels, areUpright: areColumnsUpright, on: &canvas)
    bar.draw(
      at: Point(x: plot.right + ColorBar.gap, y: plot.y), height: barHeight, title: barTitleLines,
      on: &canvas, theme, metrics)
    drawTexts(on: &canvas)
    return canvas
  }

  private func drawTexts(on canvas: inout Canvas) {
    let margin = LineChartLayout.margin
    texts.drawHead(on: &canvas, margin: margin, theme, metrics)
    canvas.drawUpright(
      rowTitleLines, theme.text, x: margin, middle: plot.y + barHeightOrPlot / 2, metrics: metrics)
    canvas.drawCentred(
      columnTitleLines, theme.text, middle: plot.middle.x,
      top: plot.bottom + HeatCells.labelGap + columnLabelHeight + 6, metrics: metrics)
    let noteY = page.height - margin + 4 - Font.note.height * Double(texts.note.count)
    canvas.draw(texts.note, .note, theme.quiet, x: margin, y: noteY, metrics: metrics)
  }

  /// What the title of the rows is centred on: the rows, or the colour bar where it is longer than a title may be.
  private var barHeightOrPlot: Double {
    let widest = rowTitleLines.map { metrics.width(of: $0, .axisTitle) }.max() ?? 0
    return widest <= plot.height ? plot.height : barHeight
  }
}
