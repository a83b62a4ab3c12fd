/// Colours and markers that stay apart in print, on a projector and for colour-blind readers.
enum Palette {
  /// Okabe and Ito's set without its yellow, which cannot be read on white, in an order that starts with contrast.
  static let categories: [Color] = [
    Color(hex: 0x0072B2), Color(hex: 0xD55E00), Color(hex: 0x009E73), Color(hex: 0xCC79A7),
    Color(hex: 0xE69F00), Color(hex: 0x56B4E9), Color(hex: 0x4D4D4D),
  ]

  /// Five points of the perceptually uniform viridis map; the bright end is left out because it fades on white.
  private static let ramp: [Color] = [
    Color(hex: 0x440154), Color(hex: 0x3B528B), Color(hex: 0x21918C), Color(hex: 0x5EC962),
    Color(hex: 0xB5DE2B),
  ]

  /// A style for one of several unordered series. After the last colour the colours begin again, dashed; markers
  /// run on their own count, so that no two of the first 56 series look alike.
  static func style(category index: Int) -> LineChart.Style {
    let dash: [Double] = (index / categories.count) % 2 == 0 ? [] : [5, 3]
    return LineChart.Style(
      color: categories[index % categories.count], marker: marker(index), dash: dash)
  }

  /// A style for one of an ordered set of series, such as time steps: dark to light along one map.
  static func style(rank: Int, of count: Int) -> LineChart.Style {
    let place = count > 1 ? Double(rank) / Double(count - 1) * 0.86 : 0.3
    let scaled = place * Double(ramp.count - 1)
    let lower = min(Int(scaled), ramp.count - 2)
    let color = ramp[lower].mixed(with: ramp[lower + 1], scaled - Double(lower))
    return LineChart.Style(color: color, marker: marker(rank))
  }

  /// A style for one of an ordered set within one of several groups: the group's colour from light to dark.
  static func style(category index: Int, rank: Int, of count: Int) -> LineChart.Style {
    var style = style(category: index)
    guard count > 1 else { return style }
    style.marker = marker(rank)
    let place = Double(rank) / Double(count - 1)
    style.color =
      place < 0.6
      ? style.color.mixed(with: .white, 0.62 * (1 - place / 0.6))
      : style.color.mixed(with: .black, 0.55 * (place - 0.6) / 0.4)
    return style
  }

  private static func marker(_ index: Int) -> LineChart.Marker {
    LineChart.Marker.allCases[index % LineChart.Marker.allCases.count]
  }
}
