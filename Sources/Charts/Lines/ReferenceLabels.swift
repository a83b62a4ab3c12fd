/// The names of reference lines at the right of the plot, moved apart where their lines are close.
struct ReferenceLabels {
  struct Label {
    var lines: [String]
    var height: Double
    var y: Double
  }

  /// The room between the plot and the names, where a name that was moved is joined to its line.
  static let leader = 12.0
  private static let gap = 3.0
  private static let widest = 130.0

  let labels: [Label]
  let width: Double

  /// The least height that has room for all names.
  var height: Double { labels.reduce(0) { $0 + $1.height + Self.gap } }

  init(_ lines: [LineChart.ReferenceLine], metrics: any FontMetrics) {
    let texts = lines.map { metrics.lines(of: $0.name, .label, width: Self.widest) }
    labels = zip(lines, texts).map { line, text in
      Label(lines: text, height: Font.label.height * Double(text.count), y: line.y)
    }
    let text = texts.joined().map { metrics.width(of: $0, .label) }.max()
    width = text.map { $0 + Self.leader } ?? 0
  }

  /// The middle of each name, for lines at these heights between `top` and `bottom`; in the order of the labels.
  ///
  /// Names keep the order of their lines from top to bottom. Names that would touch form a group, which stands where
  /// its names are on average closest to their lines.
  func middles(for lines: [Double], top: Double, bottom: Double) -> [Double] {
    var groups: [Group] = []
    for index in lines.indices.sorted(by: { (lines[$0], $0) < (lines[$1], $1) }) {
      let height = labels[index].height + Self.gap
      var group = Group(members: [index], wishes: [lines[index] - height / 2], height: height)
      group.settle(top: top, bottom: bottom)
      while let last = groups.last, last.top + last.height > group.top {
        groups.removeLast()
        group = Group(
          members: last.members + group.members, wishes: last.wishes + group.wishes.map { $0 - last.height },
          height: last.height + group.height)
        group.settle(top: top, bottom: bottom)
      }
      groups.append(group)
    }
    var middles = lines
    for group in groups {
      var y = group.top
      for index in group.members {
        let height = labels[index].height + Self.gap
        middles[index] = y + height / 2
        y += height
      }
    }
    return middles
  }

  /// Names one below the other.
  private struct Group {
    var members: [Int]
    /// Where the group would begin if it followed one name alone.
    var wishes: [Double]
    var height: Double
    var top = 0.0

    mutating func settle(top: Double, bottom: Double) {
      let wish = wishes.reduce(0, +) / Double(wishes.count)
      self.top = max(min(wish, bottom - height), top)
    }
  }
}
