import Curves
import Glibc

extension LineChartLayout {
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
          from: upper[0], to: lower[0], Canvas.Pen(color: series.style.color.withOpacity(0.5), width: 1.5))
      } else {
        canvas.fill(Path(upper + lower.reversed(), isClosed: true), series.style.color.withOpacity(0.15))
      }
    }
  }

  /// Draws the line and its markers.
  func drawLine(of series: LineChart.Series, on canvas: inout Canvas) {
    let style = series.style
    for run in Self.runs(series.points) {
      let places = run.map { place(x: $0.x, y: $0.y) }
      if places.count > 1 {
        canvas.stroke(Path(places), Canvas.Pen(color: style.color, width: style.width, dash: style.dash))
      } else if style.marker == nil, let place = places.first {
        // A bare line of one point would leave nothing to see.
        canvas.line(
          from: Point(x: place.x - 8, y: place.y), to: Point(x: place.x + 8, y: place.y),
          Canvas.Pen(color: style.color, width: style.width, dash: style.dash))
      }
      guard let marker = style.marker else { continue }
      for (point, place) in zip(run, places) {
        let radius = style.width > 0 ? markerRadius : 4
        canvas.titled(title(of: point, in: series)) {
          $0.draw(marker, at: place, radius: radius, style.color, isHollow: point.isHollow)
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

extension Canvas {
  /// Draws a marker with a thin white edge, which keeps it apart from lines below.
  mutating func draw(
    _ marker: LineChart.Marker, at center: Point, radius: Double, _ color: Color, isHollow: Bool
  ) {
    let path = marker.path(at: center, radius: radius)
    if isHollow {
      fill(path, .white)
      stroke(path, Pen(color: color, width: 1.3))
    } else {
      stroke(path, Pen(color: .white, width: 1.4))
      fill(path, color)
    }
  }
}

extension LineChart.Marker {
  /// The shape as a closed path; the radii are such that the shapes look equally large.
  func path(at center: Point, radius: Double) -> Path {
    switch self {
    case .circle:
      Path(circle: center, radius: radius)
    case .square:
      Path(
        Rectangle(
          x: center.x - radius * 0.88, y: center.y - radius * 0.88, width: radius * 1.76,
          height: radius * 1.76))
    case .triangle: Self.polygon(3, center, radius * 1.3)
    case .diamond: Self.polygon(4, center, radius * 1.25)
    case .invertedTriangle: Self.polygon(3, center, -radius * 1.3)
    case .pentagon: Self.polygon(5, center, radius * 1.15)
    case .cross: Self.cross(center, radius)
    case .star: Self.polygon(10, center, radius * 1.4, inner: 0.5)
    }
  }

  /// Corners on a circle from the top clockwise, every second one drawn in to `inner` of the radius.
  private static func polygon(_ count: Int, _ center: Point, _ radius: Double, inner: Double = 1) -> Path {
    let corners = (0..<count).map { index in
      let angle = 2 * Double.pi * Double(index) / Double(count)
      let length = index % 2 == 1 ? radius * inner : radius
      return Point(x: center.x + length * sin(angle), y: center.y - length * cos(angle))
    }
    return Path(corners, isClosed: true)
  }

  private static func cross(_ center: Point, _ radius: Double) -> Path {
    let (long, short) = (radius * 1.15, radius * 0.42)
    let corners = [
      (-short, -long), (short, -long), (short, -short), (long, -short), (long, short), (short, short),
      (short, long),
      (-short, long), (-short, short), (-long, short), (-long, -short), (-short, -short),
    ]
    return Path(corners.map { Point(x: center.x + $0.0, y: center.y + $0.1) }, isClosed: true)
  }
}
