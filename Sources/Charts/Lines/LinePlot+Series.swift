import Curves

extension LinePlot {
  /// Draws the band between the interval ends of neighboring points.
  func drawBand(of series: LineChart.Series, on canvas: inout Canvas) {
    let points = series.points.map { $0.band == nil ? LineChart.Point(x: $0.x, y: .nan) : $0 }
    for run in Self.runs(points) {
      let bands = run.compactMap { point in point.band.map { (x: point.x, band: $0) } }
        .filter { $0.band.lowerBound.isFinite && $0.band.upperBound.isFinite }
      let upper = bands.map { place(x: $0.x, y: $0.band.upperBound) }
      let lower = bands.map { place(x: $0.x, y: $0.band.lowerBound) }
      if bands.count == 1 {
        canvas.line(
          from: upper[0], to: lower[0],
          Canvas.Pen(color: theme.color(of: series.style.paint).withOpacity(0.5), width: 1.5))
      } else {
        canvas.fill(
          Path(upper + lower.reversed(), isClosed: true),
          theme.color(of: series.style.paint).withOpacity(0.15))
      }
    }
  }

  /// Draws the line and its markers.
  func drawLine(of series: LineChart.Series, on canvas: inout Canvas) {
    let style = series.style
    let color = theme.color(of: style.paint)
    for run in Self.runs(series.points) {
      let places = run.map { place(x: $0.x, y: $0.y) }
      if places.count > 1 {
        canvas.stroke(Path(places), Canvas.Pen(color: color, width: style.width, dash: style.dash))
      } else if style.marker == nil, let place = places.first {
        // A bare line of one point would leave nothing to see.
        canvas.line(
          from: Point(x: place.x - 8, y: place.y), to: Point(x: place.x + 8, y: place.y),
          Canvas.Pen(color: color, width: style.width, dash: style.dash))
      }
      guard let marker = style.marker else { continue }
      for (point, place) in zip(run, places) {
        let radius = style.width > 0 ? markerRadius : 4
        canvas.titled(title(of: point, in: series)) {
          $0.draw(
            marker, at: place, radius: radius, color, isHollow: point.isHollow || style.isHollow,
            page: theme.page)
        }
      }
    }
  }

  /// What a viewer shows of a point: "SiT-XL/2, layer 8: 0.412 (0.401 to 0.423)".
  private func title(of point: LineChart.Point, in series: LineChart.Series) -> String {
    let label = "\(chart.horizontal.title.lowercased()) \(chart.horizontal.label(at: point.x))"
    let head = [series.name, label].filter { !$0.isEmpty }.joined(separator: ", ")
    let band = point.band.map {
      " (\(fixedText($0.lowerBound)) to \(fixedText($0.upperBound)))"
    }
    return "\(head): \(fixedText(point.y))\(band ?? "")"
  }

  /// Markers shrink where points are dense.
  private var markerRadius: Double {
    let most = chart.series.map(\.points.count).max() ?? 1
    return min(4, max(2.4, plot.width / Double(max(most, 1)) * 0.22))
  }

  /// The points in runs without a gap; a value that is NaN or infinite ends a run.
  private static func runs(_ points: [LineChart.Point]) -> [ArraySlice<LineChart.Point>] {
    points.split { !$0.y.isFinite || !$0.x.isFinite }
  }
}
