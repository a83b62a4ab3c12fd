/// A colour with red, green, blue and opacity in [0, 1].
public struct Color: Sendable, Hashable {
  /// The part of red.
  public var red: Double
  /// The part of green.
  public var green: Double
  /// The part of blue.
  public var blue: Double
  /// 0 for invisible, 1 for solid.
  public var opacity: Double

  /// A colour from its parts, each in [0, 1].
  public init(red: Double, green: Double, blue: Double, opacity: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = opacity
  }

  /// A colour from its usual six hexadecimal digits, `0x0072B2`; higher bits are not looked at.
  public init(hex: UInt32) {
    self.init(
      red: Double(hex >> 16 & 0xFF) / 255, green: Double(hex >> 8 & 0xFF) / 255,
      blue: Double(hex & 0xFF) / 255)
  }

  /// The colour a share of the way towards another; 0 is this one, 1 the other.
  func mixed(with other: Color, _ share: Double) -> Color {
    Color(
      red: red + (other.red - red) * share, green: green + (other.green - green) * share,
      blue: blue + (other.blue - blue) * share, opacity: opacity + (other.opacity - opacity) * share)
  }

  func withOpacity(_ opacity: Double) -> Color {
    Color(red: red, green: green, blue: blue, opacity: opacity)
  }

  static let white = Color(hex: 0xFFFFFF)
  static let black = Color(hex: 0x000000)
}
