/// Labels beside points, each where it covers no point, no other label and no leader, inside the plot.
///
/// Points in the densest places are served first. A label that had to move away is joined to its point. Of many points
/// only those have a label that have room for it beside them, off the line: others would hide more than they tell.
struct PointLabels {
  struct Leader: Hashable {
    var start: Point
    var end: Point
  }

  struct Placed {
    var text: TextRun
    var leader: Leader?
  }

  private(set) var placed: [Placed] = []
  /// Whether every label has a place.
  private(set) var isComplete = true

  /// More labels than this say nothing.
  private static let most = 400
  /// From this count on labels stay beside their points.
  private static let many = 25
  /// How far a point's marker reaches.
  private static let radius = 5.5

  /// - Parameters:
  ///   - labels: One label a point; a point with an empty one has none.
  ///   - places: Where the points are on the page.
  ///   - line: The ends of a line that labels should not stand on; none where it is empty.
  init(
    _ labels: [String], at places: [Point], line: [Point], in plot: Rectangle, color: Color,
    metrics: any FontMetrics
  ) {
    let wanted = labels.indices.filter { !labels[$0].isEmpty }
    guard wanted.count <= Self.most else {
      isComplete = false
      return
    }
    guard !wanted.isEmpty else { return }
    let points = places.map { place in
      Rectangle(
        x: place.x - Self.radius, y: place.y - Self.radius, width: 2 * Self.radius, height: 2 * Self.radius)
    }
    let crowd = places.map { place in
      places.count { ($0.x - place.x).magnitude < 70 && ($0.y - place.y).magnitude < 30 }
    }
    let isCrowded = wanted.count >= Self.many
    var boxes: [Rectangle] = []
    let trend = line.count == 2 ? Self.boxes(of: Leader(start: line[0], end: line[1])) : []
    for index in wanted.sorted(by: {
      isCrowded ? (crowd[$0], $0) < (crowd[$1], $1) : (-crowd[$0], $0) < (-crowd[$1], $1)
    }) {
      let candidates = Self.candidates(
        labels[index], at: places[index], color: color, metrics: metrics)
      func isFree(_ candidate: Placed) -> Bool {
        let box = candidate.text.box.widened(by: 3)
        let leader = candidate.leader.map(Self.boxes) ?? []
        return box.x >= plot.x + 2 && box.right <= plot.right && box.y >= plot.y
          && box.bottom <= plot.bottom - 2
          && !points.contains { $0.meets(candidate.text.box) } && !boxes.contains { $0.meets(box) }
          && !leader.contains { part in boxes.contains { $0.meets(part) } }
          && !points.indices.contains { other in
            other != index && leader.contains { $0.meets(points[other]) }
          }
      }
      var free = candidates.filter(isFree)
      if isCrowded {
        free = free.filter { candidate in
          candidate.leader == nil && !trend.contains { $0.meets(candidate.text.box) }
        }
      }
      // A label on the line can be read, but one beside it is better if it is near.
      guard
        let choice = free.first(where: { candidate in
          candidate.leader == nil && !trend.contains { $0.meets(candidate.text.box) }
        }) ?? free.first(where: { $0.leader == nil }) ?? free.first
      else {
        isComplete = false
        continue
      }
      placed.append(choice)
      boxes.append(choice.text.box.widened(by: 3))
      boxes += choice.leader.map(Self.boxes) ?? []
    }
  }

  /// The places of a label from the nearest and most usual to the farthest.
  private static func candidates(
    _ label: String, at place: Point, color: Color, metrics: any FontMetrics
  ) -> [Placed] {
    let height = Font.note.height
    var candidates: [Placed] = []
    for distance in [0.0, 8, 16, 26, 38] {
      let reach = radius + 1.5 + distance
      let sides: [(x: Double, y: Double, TextRun.Alignment)] = [
        (reach, 0, .leading), (0, -reach - height / 2, .center), (0, reach + height / 2, .center),
        (-reach, 0, .trailing), (reach * 0.8, -reach * 0.8 - height / 3, .leading),
        (reach * 0.8, reach * 0.8 + height / 3, .leading),
        (-reach * 0.8, -reach * 0.8 - height / 3, .trailing),
        (-reach * 0.8, reach * 0.8 + height / 3, .trailing),
      ]
      for (x, y, alignment) in sides {
        let anchor = Point(x: place.x + x, y: place.y + y)
        let text = TextRun(label, at: anchor, alignment, .note, color, metrics: metrics)
        let length = (x * x + y * y).squareRoot()
        let start = Point(x: place.x + x / length * radius, y: place.y + y / length * radius)
        // A leader ends at the label's edge, not in its middle.
        let end = Point(
          x: anchor.x, y: y == 0 || alignment != .center ? anchor.y : anchor.y - y / y.magnitude * height / 2)
        candidates.append(Placed(text: text, leader: distance > 0 ? Leader(start: start, end: end) : nil))
      }
    }
    return candidates
  }

  /// A leader as a chain of small boxes, up to just before its label.
  private static func boxes(of leader: Leader) -> [Rectangle] {
    let (x, y) = (leader.end.x - leader.start.x, leader.end.y - leader.start.y)
    let count = Int((x * x + y * y).squareRoot() / 2) + 1
    return (0..<count).map { index in
      let share = Double(index) / Double(count)
      let x = leader.start.x + (leader.end.x - leader.start.x) * share
      let y = leader.start.y + (leader.end.y - leader.start.y) * share
      return Rectangle(x: x - 1, y: y - 1, width: 2, height: 2)
    }
  }
}

extension Rectangle {
  fileprivate func widened(by air: Double) -> Rectangle {
    Rectangle(x: x - air, y: y, width: width + 2 * air, height: height)
  }

  /// Whether two areas have a place in common.
  fileprivate func meets(_ other: Rectangle) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }
}
