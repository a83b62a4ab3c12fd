/// The bar beside a heat map, or a grid of them, that tells which colour is which number.
struct ColorBar {
  static let width = 14.0
  static let gap = 20.0

  let range: ClosedRange<Double>
  /// The room that the widest label needs, whatever the bar's height.
  let tickWidth: Double

  init(_ range: ClosedRange<Double>, metrics: any FontMetrics) {
    self.range = range
    tickWidth =
      [4, 6, 8].flatMap { Tick.nice(in: range, count: $0) }
      .map { metrics.width(of: $0.label, .label) }.max() ?? 0
  }

  /// The room from the cells to the end of the labels, without the title.
  var room: Double { Self.gap + Self.width + LinePlot.tickLength + LinePlot.tickGap + tickWidth }

  func ticks(height: Double) -> [Tick] {
    Tick.nice(in: range, count: height < 200 ? 4 : (height < 360 ? 6 : 8))
  }

  /// Draws the bar from a corner down, and its title beside it.
  func draw(
    at corner: Point, height: Double, title: [String], on canvas: inout Canvas, _ theme: Theme,
    _ metrics: any FontMetrics
  ) {
    let bar = Rectangle(x: corner.x, y: corner.y, width: Self.width, height: height)
    let count = ColorMap.standard.colors.count
    let step = height / Double(count)
    for index in (0..<count).reversed() {
      // From the top down, each under the next one.
      let top = bar.bottom - step * Double(index + 1)
      let height = min(step + 0.4, bar.bottom - top)
      let color = theme.color(at: Double(index) / Double(count - 1))
      canvas.fill(Path(Rectangle(x: bar.x, y: top, width: bar.width, height: height)), color)
    }
    let spine = Canvas.Pen(color: theme.spine, width: 0.8)
    canvas.stroke(Path(bar), spine)
    for tick in ticks(height: height) {
      let y = bar.bottom - HeatMap.share(of: tick.position, in: range) * height
      let end = Point(x: bar.right + LinePlot.tickLength, y: y)
      canvas.line(from: Point(x: bar.right, y: y), to: end, spine)
      let anchor = Point(x: end.x + LinePlot.tickGap, y: y)
      canvas.text(TextRun(tick.label, at: anchor, .leading, .label, theme.text, metrics: metrics))
    }
    let titleX = bar.right + LinePlot.tickLength + LinePlot.tickGap + tickWidth + 8
    canvas.drawUpright(title, theme.text, x: titleX, middle: bar.middle.y, metrics: metrics)
  }
}
