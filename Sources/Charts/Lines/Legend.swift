/// The names of the series: in rows above the plot where there is room, else in a column beside it.
struct Legend {
  struct Entry {
    var series: LineChart.Series
    var lines: [String]
    var width: Double
    var height: Double
  }

  /// The length of the sample of a line, and the space up to its name.
  static let sample = 26.0
  static let sampleGap = 7.0
  private static let columnGap = 22.0
  private static let rowGap = 5.0
  private static let mostRows = 3
  /// On a page narrower than this a column beside the plot would leave it too little.
  private static let narrow = 440.0
  private static let mostRowsOnNarrowPage = 12

  let entries: [Entry]
  /// The widths of the columns that the entries are set in, row by row.
  let columns: [Double]
  let isBeside: Bool
  let size: Size

  /// The legend of a chart whose page has this much room from side to side; nil without named series.
  init?(_ series: [LineChart.Series], width: Double, metrics: any FontMetrics) {
    let named = series.filter { !$0.name.isEmpty }
    guard !named.isEmpty else { return nil }
    let above = Self.entries(named, width: width, metrics)
    let mostRows = width < Self.narrow ? Self.mostRowsOnNarrowPage : Self.mostRows
    if let columns = Self.columns(above, width: width), (above.count - 1) / columns.count < mostRows {
      entries = above
      self.columns = columns
      isBeside = false
    } else {
      entries = Self.entries(named, width: width * 0.32, metrics)
      columns = [entries.map(\.width).max() ?? 0]
      isBeside = true
    }
    let heights = Self.rows(entries, columns.count).map { row in row.map(\.height).max() ?? 0 }
    size = Size(
      width: columns.reduce(0, +) + Double(columns.count - 1) * Self.columnGap,
      height: heights.reduce(0, +) + Double(heights.count - 1) * Self.rowGap)
  }

  /// Every entry with the place of its upper left corner, for a legend whose own corner is at `origin`.
  func places(at origin: Point) -> [(entry: Entry, corner: Point)] {
    var places: [(Entry, Point)] = []
    var y = origin.y
    for row in Self.rows(entries, columns.count) {
      var x = origin.x
      for (entry, width) in zip(row, columns) {
        places.append((entry, Point(x: x, y: y)))
        x += width + Self.columnGap
      }
      y += (row.map(\.height).max() ?? 0) + Self.rowGap
    }
    return places
  }

  private static func entries(
    _ series: [LineChart.Series], width: Double, _ metrics: any FontMetrics
  ) -> [Entry] {
    series.map { series in
      let lines = metrics.lines(of: series.name, .label, width: width - sample - sampleGap)
      let text = lines.map { metrics.width(of: $0, .label) }.max() ?? 0
      let height = Font.label.height * Double(max(lines.count, 1))
      return Entry(series: series, lines: lines, width: sample + sampleGap + text, height: height)
    }
  }

  /// The widths of as many columns as fit, evened out over the rows; nil if a single one is too much for a row.
  private static func columns(_ entries: [Entry], width: Double) -> [Double]? {
    for count in stride(from: entries.count, to: 0, by: -1) {
      let rows = (entries.count + count - 1) / count
      let even = (entries.count + rows - 1) / rows
      let widths = (0..<even).map { column in
        stride(from: column, to: entries.count, by: even).map { entries[$0].width }.max() ?? 0
      }
      if widths.reduce(0, +) + Double(even - 1) * columnGap <= width { return widths }
    }
    return nil
  }

  private static func rows(_ entries: [Entry], _ columns: Int) -> [ArraySlice<Entry>] {
    stride(from: 0, to: entries.count, by: columns).map { entries[$0..<min($0 + columns, entries.count)] }
  }
}

extension Legend {
  /// Draws the samples of the lines and their names.
  func draw(at corner: Point, on canvas: inout Canvas, _ theme: Theme, _ metrics: any FontMetrics) {
    for (entry, corner) in places(at: corner) {
      let y = corner.y + Font.label.height / 2
      let ends = (Point(x: corner.x, y: y), Point(x: corner.x + Self.sample, y: y))
      let style = entry.series.style
      let color = theme.color(of: style.paint)
      if style.width > 0 {
        canvas.line(
          from: ends.0, to: ends.1, Canvas.Pen(color: color, width: style.width, dash: style.dash))
      }
      if let marker = style.marker {
        let middle = Point(x: corner.x + Self.sample / 2, y: y)
        canvas.draw(marker, at: middle, radius: 4, color, isHollow: style.isHollow, page: theme.page)
      }
      canvas.draw(
        entry.lines, .label, theme.text, x: corner.x + Self.sample + Self.sampleGap, y: corner.y,
        metrics: metrics)
    }
  }
}
