extension LineChartLayout {
  /// The chart drawn on its page.
  func canvas() -> Canvas {
    var canvas = Canvas.blank(page, theme.page)
    lines.draw(on: &canvas) { drawReferenceLines(on: &$0) }
    drawTexts(on: &canvas)
    if let legend {
      let corner = legend.isBeside ? Point(x: legendCorner.x, y: plot.y) : legendCorner
      legend.draw(at: corner, on: &canvas, theme, metrics)
    }
    return canvas
  }

  private func drawTexts(on canvas: inout Canvas) {
    texts.drawHead(on: &canvas, margin: Self.margin, theme, metrics)
    let axisTitleY = plot.bottom + LinePlot.tickLength + LinePlot.tickGap + lines.horizontalTicks.height + 6
    canvas.drawCentred(
      horizontalTitleLines, theme.text, middle: plot.middle.x, top: axisTitleY, metrics: metrics)
    canvas.drawUpright(
      verticalTitleLines, theme.text, x: Self.margin, middle: plot.middle.y, metrics: metrics)
    let noteY = axisTitleY + Font.axisTitle.height * Double(horizontalTitleLines.count) + 8
    canvas.draw(texts.note, .note, theme.quiet, x: Self.margin, y: noteY, metrics: metrics)
  }

  private func drawReferenceLines(on canvas: inout Canvas) {
    let heights = chart.referenceLines.map { $0.y.isFinite ? lines.y($0.y) : plot.y }
    let middles = referenceLabels.middles(for: heights, top: plot.y, bottom: plot.bottom)
    for (index, label) in referenceLabels.labels.enumerated() {
      let line = chart.referenceLines[index]
      let pen = Canvas.Pen(color: theme.quiet, width: 1.2, dash: line.isPublished ? [2.5, 2.5] : [6, 3.5])
      let end = Point(x: plot.right, y: heights[index])
      if line.y.isFinite {
        canvas.line(from: Point(x: plot.x, y: end.y), to: end, pen)
      }
      let name = Point(x: plot.right + ReferenceLabels.leader, y: middles[index])
      if (middles[index] - heights[index]).magnitude > 1 {
        canvas.line(
          from: Point(x: end.x + 2, y: end.y), to: Point(x: name.x - 3, y: name.y),
          Canvas.Pen(color: theme.spine, width: 0.8))
      }
      canvas.draw(
        label.lines, .label, theme.text, x: name.x, y: name.y - label.height / 2, metrics: metrics)
    }
  }
}
