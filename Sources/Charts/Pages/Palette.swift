/// Paints and markers that stay apart in print, on a projector and for colour-blind readers.
enum Palette {
  /// How many series have a colour of their own.
  static let count = 7

  /// A style for one of several unordered series. After the last colour the colours begin again, dashed; markers
  /// run on their own count, so that no two of the first 56 series look alike.
  static func style(category index: Int) -> LineChart.Style {
    let dash: [Double] = (index / count) % 2 == 0 ? [] : [5, 3]
    return LineChart.Style(paint: .category(index % count), marker: marker(index), dash: dash)
  }

  /// A style for one of an ordered set of series, such as time steps: dark to light along one map.
  static func style(rank: Int, of count: Int) -> LineChart.Style {
    // One alone has the place that reads best.
    let place = count > 1 ? Double(rank) / Double(count - 1) : 0.3 / 0.86
    return LineChart.Style(paint: .rank(place), marker: marker(rank))
  }

  /// A style for one of an ordered set within one of several groups: the group's colour from faint to strong.
  static func style(category index: Int, rank: Int, of count: Int) -> LineChart.Style {
    var style = style(category: index)
    guard count > 1 else { return style }
    style.marker = marker(rank)
    style.paint = .shade(index % Self.count, Double(rank) / Double(count - 1))
    return style
  }

  /// A style for published values, which are hollow and dashed.
  static func style(published index: Int) -> LineChart.Style {
    LineChart.Style(
      paint: .category(index % count), marker: marker(index), dash: [2.5, 2.5], width: 1.4, isHollow: true)
  }

  private static func marker(_ index: Int) -> LineChart.Marker {
    LineChart.Marker.allCases[index % LineChart.Marker.allCases.count]
  }
}
