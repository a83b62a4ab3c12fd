import Glibc

extension HeatMapLayout {
  /// From this size on a cell stands apart from its neighbors.
  private static let smallestGap = 12.0

  /// The figure drawn on its page.
  func canvas() -> Canvas {
    var canvas = Canvas.blank(page)
    drawCells(on: &canvas)
    drawNumbers(on: &canvas)
    drawLabels(on: &canvas)
    drawColorBar(on: &canvas)
    drawTexts(on: &canvas)
    return canvas
  }

  /// The place of a cell, or of several side by side.
  private func area(row: Int, columns: Range<Int>) -> Rectangle {
    Rectangle(
      x: plot.x + cell.width * Double(columns.lowerBound), y: plot.y + cell.height * Double(row),
      width: cell.width * Double(columns.count), height: cell.height)
  }

  /// Cells of one colour side by side are one area where no gaps part them, so that a matrix of a thousand classes,
  /// which is mostly zero, stays small.
  private func drawCells(on canvas: inout Canvas) {
    let hasGaps = min(cell.width, cell.height) >= Self.smallestGap
    for (row, values) in map.values.enumerated() {
      let colors = values.map { $0.isFinite ? ColorMap.standard.color(at: share(of: $0)) : nil }
      var start = 0
      while start < colors.count {
        var end = start + 1
        while !hasGaps, end < colors.count, colors[end] == colors[start] { end += 1 }
        var area = area(row: row, columns: start..<end)
        if hasGaps {
          area = Rectangle(x: area.x + 0.5, y: area.y + 0.5, width: area.width - 1, height: area.height - 1)
        } else {
          // Under the next cells, where a viewer would show the page between two edges.
          area.width = min(area.width + 0.4, plot.right - area.x)
          area.height = min(area.height + 0.4, plot.bottom - area.y)
        }
        canvas.fill(Path(area), colors[start] ?? Ink.grid)
        if colors[start] == nil { hatch(area, on: &canvas) }
        start = end
      }
    }
    if !hasGaps { canvas.stroke(Path(plot), Canvas.Pen(color: Ink.spine, width: 0.8)) }
  }

  /// Lines that rise to the right, on lines through the whole page so that those of neighbors meet.
  private func hatch(_ area: Rectangle, on canvas: inout Canvas) {
    let spacing = 6.0
    var sum = ((area.x + area.y) / spacing).rounded(.up) * spacing
    while sum < area.right + area.bottom {
      let low = max(area.x, sum - area.bottom)
      let high = min(area.right, sum - area.y)
      if high > low {
        canvas.line(
          from: Point(x: low, y: sum - low), to: Point(x: high, y: sum - high),
          Canvas.Pen(color: Color(hex: 0xB0B0B0), width: 0.7))
      }
      sum += spacing
    }
  }

  /// Writes every cell's number, or none: in the largest type in which all fit, with three digits or with two.
  private func drawNumbers(on canvas: inout Canvas) {
    for texts in map.texts.map({ [$0] }) ?? numberTexts() {
      let all = zip(texts.joined(), map.values.joined()).filter { $0.1.isFinite }.map(\.0)
      for size in [11.0, 10, 9, 8] {
        let font = Font(size: size)
        let width = all.map { metrics.width(of: $0, font) }.max() ?? 0
        guard width + 6 <= cell.width, font.height + 2 <= cell.height else { continue }
        for (row, values) in map.values.enumerated() {
          for (column, value) in values.enumerated() where value.isFinite {
            let color = ColorMap.standard.color(at: share(of: value))
            let anchor = area(row: row, columns: column..<column + 1).middle
            canvas.text(
              TextRun(
                texts[row][column], at: anchor, .center, font, color.isDark ? .white : Ink.title,
                metrics: metrics))
          }
        }
        return
      }
    }
  }

  /// The numbers with the decimals that show three digits of the largest, then with two.
  private func numberTexts() -> [[[String]]] {
    let largest = map.values.joined().filter(\.isFinite).map(\.magnitude).max() ?? 0
    guard largest == 0 || (1e-3..<1e6).contains(largest) else { return [] }
    let digits = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
    let isWhole = map.values.joined().allSatisfy { !$0.isFinite || $0 == $0.rounded() }
    let decimals = isWhole ? [0] : [max(0, 2 - digits), max(0, 1 - digits)]
    return decimals.map { decimals in
      map.values.map { $0.map { $0.isFinite ? decimalText($0, decimals: decimals) : "" } }
    }
  }

  private func drawLabels(on canvas: inout Canvas) {
    let gap = 6.0
    let line = Font.label.height
    for (row, lines) in rowLabels.enumerated() {
      guard let lines else { continue }
      let middle = area(row: row, columns: 0..<1).middle.y
      for (index, text) in lines.enumerated() {
        let y = middle + line * (Double(index) - Double(lines.count - 1) / 2)
        canvas.text(
          TextRun(text, at: Point(x: plot.x - gap, y: y), .trailing, .label, Ink.text, metrics: metrics))
      }
    }
    for (column, lines) in columnLabels.enumerated() {
      guard let lines else { continue }
      let middle = area(row: 0, columns: column..<column + 1).middle.x
      for (index, text) in lines.enumerated() {
        let offset = line * (Double(index) - Double(lines.count - 1) / 2)
        let anchor =
          areColumnsUpright
          ? Point(x: middle + offset, y: plot.bottom + gap)
          : Point(x: middle, y: plot.bottom + gap + line * (Double(index) + 0.5))
        canvas.text(
          TextRun(
            text, at: anchor, areColumnsUpright ? .trailing : .center, .label, Ink.text,
            isUpright: areColumnsUpright, metrics: metrics))
      }
    }
  }

  private func drawColorBar(on canvas: inout Canvas) {
    let bar = Rectangle(x: plot.right + Self.barGap, y: plot.y, width: Self.barWidth, height: barHeight)
    let colors = ColorMap.standard.colors
    let step = barHeight / Double(colors.count)
    for (index, color) in colors.enumerated().reversed() {
      // From the top down, each under the next one.
      let top = bar.bottom - step * Double(index + 1)
      let height = min(step + 0.4, bar.bottom - top)
      canvas.fill(Path(Rectangle(x: bar.x, y: top, width: bar.width, height: height)), color)
    }
    let spine = Canvas.Pen(color: Ink.spine, width: 0.8)
    canvas.stroke(Path(bar), spine)
    for tick in barTicks {
      let y = bar.bottom - share(of: tick.position) * barHeight
      let end = Point(x: bar.right + LineChartLayout.tickLength, y: y)
      canvas.line(from: Point(x: bar.right, y: y), to: end, spine)
      let anchor = Point(x: end.x + LineChartLayout.tickGap, y: y)
      canvas.text(TextRun(tick.label, at: anchor, .leading, .label, Ink.text, metrics: metrics))
    }
    let titleX =
      bar.right + LineChartLayout.tickLength + LineChartLayout.tickGap + barTickWidth + 8
    drawUpright(barTitleLines, x: titleX, middle: bar.middle.y, on: &canvas)
  }

  private func drawTexts(on canvas: inout Canvas) {
    let margin = LineChartLayout.margin
    var y = margin
    for (lines, font, color) in [(titleLines, Font.title, Ink.title), (subtitleLines, .subtitle, Ink.quiet)] {
      y = canvas.draw(lines, font, color, x: margin, y: y, metrics: metrics)
      if !lines.isEmpty { y += 4 }
    }
    drawUpright(rowTitleLines, x: margin, middle: plot.y + barHeightOrPlot / 2, on: &canvas)
    for (index, line) in columnTitleLines.enumerated() {
      let y = plot.bottom + 6 + columnLabelHeight + 6 + Font.axisTitle.height * (Double(index) + 0.5)
      canvas.text(
        TextRun(line, at: Point(x: plot.middle.x, y: y), .center, .axisTitle, Ink.text, metrics: metrics))
    }
    let noteY = page.height - margin + 4 - Font.note.height * Double(noteLines.count)
    canvas.draw(noteLines, .note, Ink.quiet, x: margin, y: noteY, metrics: metrics)
  }

  /// What the title of the rows is centred on: the rows, or the colour bar where it is longer than a title may be.
  private var barHeightOrPlot: Double {
    let widest = rowTitleLines.map { metrics.width(of: $0, .axisTitle) }.max() ?? 0
    return widest <= plot.height ? plot.height : barHeight
  }

  private func drawUpright(_ lines: [String], x: Double, middle: Double, on canvas: inout Canvas) {
    for (index, line) in lines.enumerated() {
      let anchor = Point(x: x + Font.axisTitle.height * (Double(index) + 0.5), y: middle)
      canvas.text(TextRun(line, at: anchor, .center, .axisTitle, Ink.text, isUpright: true, metrics: metrics))
    }
  }
}

/// A number with so many decimals, by whole-number arithmetic; for finite magnitudes below a million.
func decimalText(_ value: Double, decimals: Int) -> String {
  let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
  let scaled = Int((value.magnitude * Double(scale)).rounded())
  let sign = value < 0 && scaled != 0 ? "\u{2212}" : ""
  // The leading 1 keeps the zeros after the point.
  return sign + "\(scaled / scale)" + (decimals > 0 ? ".\(String(scale + scaled % scale).dropFirst())" : "")
}
