import Glibc

extension Canvas {
  /// Draws a marker with a thin edge of the page's colour, which keeps it apart from lines below.
  mutating func draw(
    _ marker: LineChart.Marker, at center: Point, radius: Double, _ color: Color, isHollow: Bool, page: Color
  ) {
    let path = marker.path(at: center, radius: radius)
    if isHollow {
      fill(path, page)
      stroke(path, Pen(color: color, width: 1.3))
    } else {
      stroke(path, Pen(color: page, width: 1.4))
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
