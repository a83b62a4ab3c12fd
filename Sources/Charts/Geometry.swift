/// A place on the page in points of 1/72 inch; y grows downwards.
struct Point: Sendable, Hashable {
  var x: Double
  var y: Double
}

struct Size: Sendable, Hashable {
  var width: Double
  var height: Double

  /// The size of a page that can be drawn: a small one is made larger, one without end is an error.
  func checkedPage() throws(ChartError) -> Size {
    guard width.isFinite, height.isFinite, width <= 32_000, height <= 32_000 else {
      throw ChartError(
        .badSize, "found a page of \(width) by \(height) points, expected at most 32000 by 32000")
    }
    return Size(width: max(width, 360), height: max(height, 100))
  }
}

struct Rectangle: Sendable, Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
  var middle: Point { Point(x: x + width / 2, y: y + height / 2) }
}

/// Lines and circles to fill or to stroke.
struct Path: Sendable, Hashable {
  enum Element: Sendable, Hashable {
    case move(Point)
    case line(Point)
    case close
    case circle(Point, radius: Double)
  }

  private(set) var elements: [Element] = []

  /// The line from point to point, closed to an area if asked for.
  init(_ points: [Point], isClosed: Bool = false) {
    elements = points.enumerated().map { $0.offset == 0 ? .move($0.element) : .line($0.element) }
    if isClosed, !points.isEmpty { elements.append(.close) }
  }

  init(_ area: Rectangle) {
    self.init(
      [
        Point(x: area.x, y: area.y), Point(x: area.right, y: area.y), Point(x: area.right, y: area.bottom),
        Point(x: area.x, y: area.bottom),
      ], isClosed: true)
  }

  init(circle center: Point, radius: Double) {
    elements = [.circle(center, radius: radius)]
  }
}
