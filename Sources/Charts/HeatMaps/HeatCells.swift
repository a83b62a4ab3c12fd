import Glibc

/// The cells of a heat map in their place, with their numbers and the labels at their sides.
struct HeatCells {
  static let labelGap = 6.0
  /// From this size on a cell stands apart from its neighbors.
  private static let smallestGap = 12.0

  let map: HeatMap
  let plot: Rectangle
  let cell: Size
  let range: ClosedRange<Double>
  let theme: Theme
  let metrics: any FontMetrics

  func drawAll(_ numbers: CellNumbers?, on canvas: inout Canvas) {
    drawCells(on: &canvas)
    if let numbers { draw(numbers, on: &canvas) }
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
      let colors = values.map { $0.isFinite ? theme.color(at: HeatMap.share(of: $0, in: range)) : nil }
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
        canvas.fill(Path(area), colors[start] ?? theme.grid)
        if colors[start] == nil { hatch(area, on: &canvas) }
        start = end
      }
    }
    if !hasGaps { canvas.stroke(Path(plot), Canvas.Pen(color: theme.spine, width: 0.8)) }
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
          Canvas.Pen(color: theme.hatch, width: 0.7))
      }
      sum += spacing
    }
  }

  private func draw(_ numbers: CellNumbers, on canvas: inout Canvas) {
    for (row, values) in map.values.enumerated() {
      for (column, value) in values.enumerated() where value.isFinite {
        let color = theme.color(at: HeatMap.share(of: value, in: range))
        let text = map.texts?[row][column] ?? decimalText(value, decimals: numbers.decimals)
        let anchor = area(row: row, columns: column..<column + 1).middle
        canvas.text(
          TextRun(text, at: anchor, .center, numbers.font, theme.text(on: color), metrics: metrics))
      }
    }
  }

  /// Draws the labels left of the rows.
  func draw(rows labels: [[String]?], on canvas: inout Canvas) {
    let line = Font.label.height
    for (row, lines) in labels.enumerated() {
      guard let lines else { continue }
      let middle = area(row: row, columns: 0..<1).middle.y
      for (index, text) in lines.enumerated() {
        let y = middle + line * (Double(index) - Double(lines.count - 1) / 2)
        let anchor = Point(x: plot.x - Self.labelGap, y: y)
        canvas.text(TextRun(text, at: anchor, .trailing, .label, theme.text, metrics: metrics))
      }
    }
  }

  /// Draws the labels below the columns.
  func draw(columns labels: [[String]?], areUpright: Bool, on canvas: inout Canvas) {
    let line = Font.label.height
    for (column, lines) in labels.enumerated() {
      guard let lines else { continue }
      let middle = area(row: 0, columns: column..<column + 1).middle.x
      for (index, text) in lines.enumerated() {
        let offset = line * (Double(index) - Double(lines.count - 1) / 2)
        let anchor =
          areUpright
          ? Point(x: middle + offset, y: plot.bottom + Self.labelGap)
          : Point(x: middle, y: plot.bottom + Self.labelGap + line * (Double(index) + 0.5))
        canvas.text(
          TextRun(
            text, at: anchor, areUpright ? .trailing : .center, .label, theme.text, isUpright: areUpright,
            metrics: metrics))
      }
    }
  }
}

/// How the numbers in cells are written: in the largest type in which all fit, with three digits or with two.
struct CellNumbers {
  let font: Font
  let decimals: Int

  /// Nil where the numbers of the maps, which have equal cells, do not all fit.
  init?(_ maps: [HeatMap], cell: Size, metrics: any FontMetrics) {
    let values = maps.flatMap { $0.values.joined() }.filter(\.isFinite)
    let hasTexts = maps.contains { $0.texts != nil }
    for decimals in hasTexts ? [0] : Self.decimals(for: values) {
      let all = hasTexts ? Self.texts(of: maps) : values.map { decimalText($0, decimals: decimals) }
      for size in [11.0, 10, 9, 8] {
        let font = Font(size: size)
        // Texts are measured only where a line of them fits: a matrix of 1,000 classes has a million.
        guard font.height + 2 <= cell.height else { continue }
        let width = Set(all).map { metrics.width(of: $0, font) }.max() ?? 0
        guard width + 6 <= cell.width else { continue }
        self.font = font
        self.decimals = decimals
        return
      }
    }
    return nil
  }

  private static func texts(of maps: [HeatMap]) -> [String] {
    maps.flatMap { map in
      zip((map.texts ?? []).joined(), map.values.joined()).filter { $0.1.isFinite }.map(\.0)
    }
  }

  /// The decimals that show three digits of the largest number, then two; none where decimals cannot show it.
  private static func decimals(for values: [Double]) -> [Int] {
    let largest = values.map(\.magnitude).max() ?? 0
    guard largest == 0 || (1e-3..<1e6).contains(largest) else { return [] }
    let digits = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
    let isWhole = values.allSatisfy { $0 == $0.rounded() }
    return isWhole ? [0] : [max(0, 2 - digits), max(0, 1 - digits)]
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
