import Glibc

/// Colours for numbers from low to high: light yellow, green, blue, dark violet.
///
/// A path through OKLab (Ottosson 2020): lightness falls steadily, hue turns with it, and equal steps of the number are
/// equal distances in OKLab, so that no place of the map looks like an edge. Read without colour, darker is higher.
struct ColorMap: Sendable {
  static let standard = ColorMap()

  /// The colour of each of 256 equal parts of the range.
  let colors: [Color]

  private init() {
    let count = 256
    let fine = 4096
    var lengths = [0.0]
    var last = OKLab(path: 0)
    for index in 1...fine {
      let next = OKLab(path: Double(index) / Double(fine))
      lengths.append(lengths[index - 1] + next.distance(to: last))
      last = next
    }
    var place = 0
    colors = (0..<count).map { index in
      let wanted = lengths[fine] * Double(index) / Double(count - 1)
      while place < fine - 1, lengths[place + 1] < wanted { place += 1 }
      let share = (wanted - lengths[place]) / (lengths[place + 1] - lengths[place])
      return OKLab(path: (Double(place) + share) / Double(fine)).color
    }
  }

  /// The colour of a share from 0, the lowest, to 1, the highest.
  func color(at share: Double) -> Color {
    colors[Int((min(max(share, 0), 1) * Double(colors.count - 1)).rounded())]
  }
}

/// A colour by lightness and two opponent axes, in which distance is what the eye sees.
struct OKLab: Sendable {
  var lightness: Double
  var a: Double
  var b: Double

  init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }

  /// A place of the map's path, from 0 to 1. The chroma is what sRGB has at every hue on the way.
  fileprivate init(path u: Double) {
    let rest = 1 - min(1, u / 0.4)
    let chroma = 0.03 + 0.068 * (1 - rest * rest)
    let hue = (105 + 185 * pow(u, 0.9)) * .pi / 180
    lightness = 0.975 - 0.695 * u
    a = chroma * cos(hue)
    b = chroma * sin(hue)
  }

  func distance(to other: OKLab) -> Double {
    let (l, a, b) = (lightness - other.lightness, a - other.a, b - other.b)
    return (l * l + a * a + b * b).squareRoot()
  }

  /// In sRGB, by the matrices of OKLab's definition.
  var color: Color {
    func cube(_ value: Double) -> Double { value * value * value }
    let long = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let medium = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let short = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return Color(
      red: Self.encoded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
      green: Self.encoded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
      blue: Self.encoded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short))
  }

  private static func encoded(_ linear: Double) -> Double {
    linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
  }
}

extension Color {
  /// Whether white text reads better on this colour than dark text: relative luminance by the sRGB formula.
  var isDark: Bool {
    func linear(_ part: Double) -> Double {
      part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) < 0.22
  }
}
