/// The scales that one line chart has, or several that stand side by side: what their axes span and where ticks stand.
struct LineScales {
  let verticalTicks: [Tick]
  let verticalRange: ClosedRange<Double>
  let horizontalRange: ClosedRange<Double>

  /// - Parameter ticks: About how many ticks the vertical axis has.
  init(_ chart: LineChart, ticks: Int) {
    horizontalRange = chart.horizontalRange
    // The highest value lies below a tick, so that it can be read, unless the axis was set.
    let range = chart.verticalRange
    verticalTicks = Tick.nice(
      in: range, count: ticks, reaching: chart.vertical.range == nil ? chart.highestValue : nil)
    verticalRange = range.lowerBound...max(range.upperBound, verticalTicks.last?.position ?? range.upperBound)
  }

  /// The width of the widest label of the vertical axis.
  func tickWidth(_ metrics: any FontMetrics) -> Double {
    verticalTicks.map { metrics.width(of: $0.label, .label) }.max() ?? 0
  }
}

/// The lines of a chart in their frame: the rectangle of the data with grid, axes and tick labels.
struct LinePlot {
  static let tickLength = 4.0
  static let tickGap = 4.0
  /// How far the first and the last layer stand inside the plot.
  static let inset = 14.0

  let chart: LineChart
  let plot: Rectangle
  let scales: LineScales
  let horizontalTicks: HorizontalTicks
  let theme: Theme
  let metrics: any FontMetrics
  /// Whether numbers stand at the axes; inside a grid of plots only the outer ones have them.
  var showsHorizontalLabels = true
  var showsVerticalLabels = true

  /// The place of a value in the plot.
  func place(x: Double, y: Double) -> Point {
    Point(x: horizontalTicks.place(x), y: self.y(y))
  }

  /// The height of a value in the plot.
  func y(_ value: Double) -> Double {
    plot.bottom - chart.vertical.share(of: value, in: scales.verticalRange) * plot.height
  }

  /// Draws everything in the frame, and the frame.
  ///
  /// - Parameter reference: Draws the reference lines, which lie below the data.
  func draw(on canvas: inout Canvas, reference: (inout Canvas) -> Void) {
    drawGrid(on: &canvas)
    reference(&canvas)
    for series in chart.series { drawBand(of: series, on: &canvas) }
    for series in chart.series { drawLine(of: series, on: &canvas) }
    drawAxes(on: &canvas)
  }

  private func drawGrid(on canvas: inout Canvas) {
    for tick in scales.verticalTicks {
      let isZero = tick.position == 0 && scales.verticalRange.lowerBound < 0
      let pen = Canvas.Pen(color: isZero ? theme.spine : theme.grid, width: 0.8)
      canvas.line(
        from: Point(x: plot.x, y: y(tick.position)), to: Point(x: plot.right, y: y(tick.position)), pen)
    }
  }

  private func drawAxes(on canvas: inout Canvas) {
    let spine = Canvas.Pen(color: theme.spine, width: 0.8)
    canvas.stroke(
      Path([
        Point(x: plot.x, y: plot.y), Point(x: plot.x, y: plot.bottom), Point(x: plot.right, y: plot.bottom),
      ]), spine)
    for tick in scales.verticalTicks {
      let end = Point(x: plot.x - Self.tickLength, y: y(tick.position))
      canvas.line(from: end, to: Point(x: plot.x, y: end.y), spine)
      guard showsVerticalLabels else { continue }
      let anchor = Point(x: end.x - Self.tickGap, y: end.y)
      canvas.text(TextRun(tick.label, at: anchor, .trailing, .label, theme.text, metrics: metrics))
    }
    let labelTop = plot.bottom + Self.tickLength + Self.tickGap
    for (ticks, isUpright) in [(horizontalTicks.level, false), (horizontalTicks.upright, true)] {
      for tick in ticks {
        let x = horizontalTicks.place(tick.position)
        let end = Point(x: x, y: plot.bottom + Self.tickLength)
        canvas.line(from: Point(x: x, y: plot.bottom), to: end, spine)
        guard showsHorizontalLabels else { continue }
        let anchor = Point(x: x, y: isUpright ? labelTop : labelTop + Font.label.height / 2)
        canvas.text(
          TextRun(
            tick.label, at: anchor, isUpright ? .trailing : .center, .label, theme.text, isUpright: isUpright,
            metrics: metrics))
      }
    }
  }
}
