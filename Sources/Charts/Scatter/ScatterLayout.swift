/// A scatter chart on its page: a line chart's frame with bare points, and the labels beside them.
struct ScatterLayout {
  private let chart: ScatterChart
  private let frame: LineChartLayout
  private let theme: Theme
  private let metrics: any FontMetrics
  private let labels: PointLabels

  init(_ chart: ScatterChart, size: Size, theme: Theme = .light, metrics: any FontMetrics) {
    self.chart = chart
    self.theme = theme
    self.metrics = metrics
    let frame = LineChartLayout(Self.frame(chart), size: size, theme: theme, metrics: metrics)
    let labels = Self.labels(of: chart, in: frame, metrics: metrics)
    guard labels.isComplete else {
      var noted = chart
      noted.note = [chart.note, "Points without room for a label have none."].filter { !$0.isEmpty }
        .joined(separator: " ")
      self.frame = LineChartLayout(Self.frame(noted), size: size, theme: theme, metrics: metrics)
      self.labels = Self.labels(of: chart, in: self.frame, metrics: metrics)
      return
    }
    self.frame = frame
    self.labels = labels
  }

  /// The area of the data, and where the labels stand.
  var plot: Rectangle { frame.plot }

  func canvas() -> Canvas {
    var canvas = frame.canvas()
    for label in labels.placed {
      if let leader = label.leader {
        canvas.line(from: leader.start, to: leader.end, Canvas.Pen(color: theme.spine, width: 0.7))
      }
      canvas.text(label.text)
    }
    return canvas
  }

  /// The words below the title that tell how the numbers go together.
  static func correlationText(_ correlation: Correlation) -> String {
    func text(_ name: String, _ value: Double?) -> String? {
      value.map { "\(name) = \(decimalText($0, decimals: 3))" }
    }
    let count = correlation.count == 1 ? "1 point" : "\(correlation.count) points"
    return [text("Pearson r", correlation.pearson), text("Spearman ρ", correlation.spearman), count]
      .compactMap(\.self).joined(separator: " · ")
  }

  private static func frame(_ chart: ScatterChart) -> LineChart {
    let points = chart.finitePoints
    let correlation = Correlation(x: points.map(\.x), y: points.map(\.y))
    var series: [LineChart.Series] = []
    for (index, part) in chart.series.enumerated() {
      var style = Palette.style(category: index)
      style.width = 0
      // Gaps between the points keep them from being joined.
      let points = part.points.flatMap {
        [LineChart.Point(x: $0.x, y: $0.x.isFinite ? $0.y : .nan), LineChart.Point(x: $0.x, y: .nan)]
      }
      series.append(LineChart.Series(name: part.name, points: points, style: style))
    }
    let subtitle = [chart.subtitle, correlationText(correlation)].filter { !$0.isEmpty }
    var frame = LineChart(
      title: chart.title, subtitle: subtitle.joined(separator: " · "), note: chart.note,
      horizontal: chart.horizontal, vertical: chart.vertical, series: series)
    if chart.showsLine, points.count > 2, let line = trend(correlation.line, in: frame) {
      frame.series.insert(line, at: 0)
    }
    return frame
  }

  /// The least-squares line as far as it stays between the axes that the points have.
  private static func trend(_ line: Correlation.Line?, in frame: LineChart) -> LineChart.Series? {
    guard let line else { return nil }
    let (across, up) = (frame.horizontalRange, frame.verticalRange)
    var ends = [across.lowerBound, across.upperBound]
    if line.slope != 0 {
      let crossings = [up.lowerBound, up.upperBound].map { ($0 - line.intercept) / line.slope }.sorted()
      ends = [max(ends[0], crossings[0]), min(ends[1], crossings[1])]
    }
    let drawn = ends.map { LineChart.Point(x: $0, y: line.slope * $0 + line.intercept) }
    guard ends[0] < ends[1], drawn.allSatisfy({ $0.y.isFinite }) else { return nil }
    return LineChart.Series(
      name: "", points: drawn,
      style: LineChart.Style(paint: .spine, marker: nil, dash: [6, 3.5], width: 1.2))
  }

  private static func labels(
    of chart: ScatterChart, in frame: LineChartLayout, metrics: any FontMetrics
  ) -> PointLabels {
    let points = chart.finitePoints
    return PointLabels(
      points.map(\.label), at: points.map { frame.place(x: $0.x, y: $0.y) },
      line: frame.chart.series.first { $0.style.width > 0 }?.points.map { frame.place(x: $0.x, y: $0.y) }
        ?? [],
      in: frame.plot, color: frame.theme.text, metrics: metrics)
  }
}
