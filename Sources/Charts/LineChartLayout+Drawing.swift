extension LineChartLayout {
  /// The chart drawn on its page.
  func canvas() -> Canvas {
    var canvas = Canvas.blank(page)
    drawGrid(on: &canvas)
    drawReferenceLines(on: &canvas)
    for series in chart.series { drawBand(of: series, on: &canvas) }
    for series in chart.series { drawLine(of: series, on: &canvas) }
    drawAxes(on: &canvas)
    drawTexts(on: &canvas)
    drawLegend(on: &canvas)
    return canvas
  }

  private func drawGrid(on canvas: inout Canvas) {
    for tick in verticalTicks {
      let isZero = tick.position == 0 && verticalRange.lowerBound < 0
      let pen = Canvas.Pen(color: isZero ? Ink.spine : Ink.grid, width: 0.8)
      canvas.line(
        from: Point(x: plot.x, y: y(tick.position)), to: Point(x: plot.right, y: y(tick.position)), pen)
    }
  }

  private func drawAxes(on canvas: inout Canvas) {
    let spine = Canvas.Pen(color: Ink.spine, width: 0.8)
    canvas.stroke(
      Path([
        Point(x: plot.x, y: plot.y), Point(x: plot.x, y: plot.bottom), Point(x: plot.right, y: plot.bottom),
      ]), spine)
    for tick in verticalTicks {
      let end = Point(x: plot.x - Self.tickLength, y: y(tick.position))
      canvas.line(from: end, to: Point(x: plot.x, y: end.y), spine)
      let anchor = Point(x: end.x - Self.tickGap, y: end.y)
      canvas.text(TextRun(tick.label, at: anchor, .trailing, .label, Ink.text, metrics: metrics))
    }
    let labelTop = plot.bottom + Self.tickLength + Self.tickGap
    for (ticks, isUpright) in [(horizontalTicks.level, false), (horizontalTicks.upright, true)] {
      for tick in ticks {
        let x = horizontalTicks.place(tick.position)
        let end = Point(x: x, y: plot.bottom + Self.tickLength)
        canvas.line(from: Point(x: x, y: plot.bottom), to: end, spine)
        let anchor = Point(x: x, y: isUpright ? labelTop : labelTop + Font.label.height / 2)
        canvas.text(
          TextRun(
            tick.label, at: anchor, isUpright ? .trailing : .center, .label, Ink.text, isUpright: isUpright,
            metrics: metrics))
      }
    }
  }

  private func drawTexts(on canvas: inout Canvas) {
    var y = Self.margin
    for (lines, font, color) in [(titleLines, Font.title, Ink.title), (subtitleLines, .subtitle, Ink.quiet)] {
      y = canvas.draw(lines, font, color, x: Self.margin, y: y, metrics: metrics)
      if !lines.isEmpty { y += 4 }
    }
    let axisTitleY = plot.bottom + Self.tickLength + Self.tickGap + horizontalTicks.height + 6
    let titles = metrics.lines(of: chart.horizontal.title, .axisTitle, width: .infinity)
    for line in titles {
      let anchor = Point(x: plot.middle.x, y: axisTitleY + Font.axisTitle.height / 2)
      canvas.text(TextRun(line, at: anchor, .center, .axisTitle, Ink.text, metrics: metrics))
    }
    for (index, line) in verticalTitleLines.enumerated() {
      let anchor = Point(x: Self.margin + Font.axisTitle.height * (Double(index) + 0.5), y: plot.middle.y)
      canvas.text(TextRun(line, at: anchor, .center, .axisTitle, Ink.text, isUpright: true, metrics: metrics))
    }
    let noteY = axisTitleY + (titles.isEmpty ? 0 : Font.axisTitle.height) + 8
    canvas.draw(noteLines, .note, Ink.quiet, x: Self.margin, y: noteY, metrics: metrics)
  }

  private func drawReferenceLines(on canvas: inout Canvas) {
    let lines = chart.referenceLines.map { $0.y.isFinite ? y($0.y) : plot.y }
    let middles = referenceLabels.middles(for: lines, top: plot.y, bottom: plot.bottom)
    for (index, label) in referenceLabels.labels.enumerated() {
      let pen = Canvas.Pen(color: Ink.quiet, width: 1.2, dash: [6, 3.5])
      let end = Point(x: plot.right, y: lines[index])
      if chart.referenceLines[index].y.isFinite {
        canvas.line(from: Point(x: plot.x, y: end.y), to: end, pen)
      }
      let name = Point(x: plot.right + ReferenceLabels.leader, y: middles[index])
      if (middles[index] - lines[index]).magnitude > 1 {
        canvas.line(
          from: Point(x: end.x + 2, y: end.y), to: Point(x: name.x - 3, y: name.y),
          Canvas.Pen(color: Ink.spine, width: 0.8))
      }
      canvas.draw(
        label.lines, .label, Ink.text, x: name.x, y: name.y - label.height / 2, metrics: metrics)
    }
  }

  private func drawLegend(on canvas: inout Canvas) {
    guard let legend else { return }
    let corner = legend.isBeside ? Point(x: legendCorner.x, y: plot.y) : legendCorner
    for (entry, corner) in legend.places(at: corner) {
      let y = corner.y + Font.label.height / 2
      let ends = (Point(x: corner.x, y: y), Point(x: corner.x + Legend.sample, y: y))
      let style = entry.series.style
      if style.width > 0 {
        canvas.line(
          from: ends.0, to: ends.1, Canvas.Pen(color: style.color, width: style.width, dash: style.dash))
      }
      if let marker = style.marker {
        let middle = Point(x: corner.x + Legend.sample / 2, y: y)
        canvas.draw(marker, at: middle, radius: 4, style.color, isHollow: false)
      }
      canvas.draw(
        entry.lines, .label, Ink.text, x: corner.x + Legend.sample + Legend.sampleGap, y: corner.y,
        metrics: metrics)
    }
  }
}
