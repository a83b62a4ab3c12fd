/// A place on the page in points of 1/72 inch; y grows downwards.
struct Point: Sendable, Hashable {
  var x: Double
  var y: Double
}

struct Size: Sendable, Hashable {
  var width: Double
  var height: Double
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
