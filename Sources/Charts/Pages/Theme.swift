/// The colours that a figure is drawn in: those of the page, of texts and rules, of series and of numbers.
///
/// A figure itself knows no colours but those that a program gave it: the same figure can be written in every theme.
public struct Theme: Sendable, Hashable {
  /// What options and experiment files call it.
  public let name: String
  /// The page.
  public var page: Color
  /// Headlines.
  public var title: Color
  /// Labels and titles of axes.
  public var text: Color
  /// Subtitles, notes and reference lines.
  public var quiet: Color
  /// Axes and frames.
  public var spine: Color
  /// Lines behind the data, and cells without a number.
  public var grid: Color
  /// The lines that cross out a cell without a number.
  public var hatch: Color
  /// Series in no order; seven.
  public var categories: [Color]
  /// Five points of the way along which ordered series are coloured; it gets lighter.
  var ramp: [Color]
  /// How much of the ramp is used, from its start.
  var rampShare: Double
  /// How far the first and the last of a group's ordered series are from the group's colour, towards `faint` and `strong`.
  var faint: (color: Color, share: Double) { (page, isDark ? 0.3 : 0.62) }
  var strong: (color: Color, share: Double) { (isDark ? .white : .black, 0.55) }
  /// Whether the page is dark: then higher numbers are lighter in heat maps, so that they stand out.
  public var isDark: Bool

  /// Dark ink on a white page.
  ///
  /// Series have the colours of Okabe and Ito without their yellow, which cannot be read on white, in an order that starts
  /// with contrast.
  public static let light = Theme(
    name: "light", page: .white, title: Color(hex: 0x1A1A1A), text: Color(hex: 0x404040),
    quiet: Color(hex: 0x6B6B6B), spine: Color(hex: 0x8C8C8C), grid: Color(hex: 0xE8E8E8),
    hatch: Color(hex: 0xB0B0B0),
    categories: [
      Color(hex: 0x0072B2), Color(hex: 0xD55E00), Color(hex: 0x009E73), Color(hex: 0xCC79A7),
      Color(hex: 0xE69F00), Color(hex: 0x56B4E9), Color(hex: 0x4D4D4D),
    ],
    // The perceptually uniform viridis map; the bright end is left out because it fades on white.
    ramp: [
      Color(hex: 0x440154), Color(hex: 0x3B528B), Color(hex: 0x21918C), Color(hex: 0x5EC962),
      Color(hex: 0xB5DE2B),
    ], rampShare: 0.86, isDark: false)

  /// Light ink on a dark page.
  ///
  /// The hues of the light theme's series, moved by search until every two are at least 0.11 apart in OKLab for readers
  /// with and without any one of the three kinds of cones, and all are 3.6 times as bright as the page.
  public static let dark = Theme(
    name: "dark", page: Color(hex: 0x15181E), title: Color(hex: 0xF2F3F5), text: Color(hex: 0xC9CDD4),
    quiet: Color(hex: 0x9AA1AC), spine: Color(hex: 0x6F7682), grid: Color(hex: 0x2C3139),
    hatch: Color(hex: 0x5A616D),
    categories: [
      Color(hex: 0x3BB3F7), Color(hex: 0xF75008), Color(hex: 0x089F6B), Color(hex: 0xF773B6),
      Color(hex: 0xD9BC55), Color(hex: 0xA0DFF0), Color(hex: 0xE9EFAD),
    ],
    ramp: [
      Color(hex: 0x3F6FC4), Color(hex: 0x2E8FB8), Color(hex: 0x2FB08C), Color(hex: 0x8BCB4A),
      Color(hex: 0xF2E14C),
    ], rampShare: 1, isDark: true)

  /// All themes.
  public static let all: [Theme] = [light, dark]

  /// The theme of that name, or nil.
  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

  /// The colour of a series.
  func color(of paint: Paint) -> Color {
    switch paint {
    case .fixed(let color): return color
    case .spine: return spine
    case .quiet: return quiet
    case .category(let index): return category(index)
    case .rank(let share):
      let scaled = min(max(share.isNaN ? 0 : share, 0), 1) * rampShare * Double(ramp.count - 1)
      let lower = min(Int(scaled), ramp.count - 2)
      return ramp[lower].mixed(with: ramp[lower + 1], scaled - Double(lower))
    case .shade(let index, let share):
      return share < 0.6
        ? category(index).mixed(with: faint.color, faint.share * (1 - share / 0.6))
        : category(index).mixed(with: strong.color, strong.share * (share - 0.6) / 0.4)
    }
  }

  /// The colour of a number by its share of the range.
  func color(at share: Double) -> Color {
    ColorMap.standard.color(at: isDark ? 1 - share : share)
  }

  /// What is written on a cell of a colour.
  func text(on color: Color) -> Color { color.isDark ? .white : Theme.light.title }

  private func category(_ index: Int) -> Color {
    categories.isEmpty ? spine : categories[Int(index.magnitude % UInt(categories.count))]
  }
}

/// What colours a series; the theme has the colour.
public enum Paint: Sendable, Hashable {
  /// One of a set without order, by its number from 0.
  case category(Int)
  /// One of an ordered set, by its place from 0 to 1.
  case rank(Double)
  /// One of an ordered set within one of several groups, by the group's number and its place in it.
  case shade(Int, Double)
  /// As axes are.
  case spine
  /// As reference lines are.
  case quiet
  /// The same colour in every theme.
  case fixed(Color)
}
