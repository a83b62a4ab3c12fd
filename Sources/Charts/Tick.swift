import Curves

/// A place on an axis and its label.
struct Tick: Sendable, Hashable {
  var position: Double
  var label: String
}

extension Tick {
  /// The label in millions or thousands, where the place is so large.
  var abbreviated: Tick {
    let units = [(1e6, "M"), (1e3, "K")]
    guard let unit = units.first(where: { position.magnitude >= $0.0 }) else { return self }
    // A step of a tick has one digit: a thousandth of the unit is exact.
    return Tick(position: position, label: shortText((position / unit.0 * 1000).rounded() / 1000) + unit.1)
  }

  /// Ticks at multiples of 1, 2 or 5 times a power of ten, all inside a range.
  ///
  /// Labels share their decimals, as few as the step needs; zero is always `0`. Numbers below 0.001 or from a
  /// million on are written with a power of ten. A range without width, or one too narrow for its numbers to differ
  /// in nine digits, has one tick in its middle.
  ///
  /// - Parameters:
  ///   - count: About how many are wanted; there are at least 2 for 4 or more wanted, and at most `count + 1`.
  ///   - value: Where the last tick lies below this value, one more follows, outside the range.
  static func nice(in range: ClosedRange<Double>, count: Int, reaching value: Double? = nil) -> [Tick] {
    let size = max(range.lowerBound.magnitude, range.upperBound.magnitude)
    let half = range.upperBound / 2 - range.lowerBound / 2
    guard count > 0, size.isFinite, half > size * 1e-9, half > 1e-290 else {
      let middle = range.lowerBound / 2 + range.upperBound / 2
      return middle.isFinite ? [Tick(position: middle, label: shortText(middle))] : []
    }
    var step = DecimalStep(atLeast: half / (Double(count) / 2))
    var decimals = step.multiples(in: range)
    if decimals.count < 2 {
      step = step.smaller
      decimals = step.multiples(in: range)
    }
    var end = range.upperBound
    if let value, let last = decimals.last, last.value < value {
      let next = step.following(last)
      if next.value.isFinite {
        decimals.append(next)
        end = max(end, next.value)
      }
    }
    let largest = decimals.map(\.value.magnitude).max() ?? 0
    let power =
      largest > 0 && (largest < 0.001 || largest >= 1e6) ? (decimals.map(\.leadingPower).max() ?? 0) : 0
    return decimals.map { Tick(position: $0.value, label: $0.text(power: power)) }
      .filter { $0.position >= range.lowerBound && $0.position <= end }
  }

  /// The 1, 2 and 5 of each power of ten inside a range of positive numbers, each with as many decimals as it needs.
  static func logarithmic(in range: ClosedRange<Double>) -> [Tick] {
    (-12...15).flatMap { exponent in
      [1, 2, 5].map { Decimal(digits: $0, exponent: exponent) }
    }.filter { range.contains($0.value) }.map { Tick(position: $0.value, label: $0.text(power: 0)) }
  }

  /// Ticks at whole numbers in a range: the smallest of the steps 1, 2, 4, 5, 10, 20, 40, 50, 100, … that fits.
  ///
  /// - Parameter fits: Whether these ticks can stand side by side.
  static func whole(in range: ClosedRange<Double>, fits: ([Tick]) -> Bool) -> [Tick] {
    guard range.lowerBound.magnitude < 1e15, range.upperBound.magnitude < 1e15 else { return [] }
    var ticks: [Tick] = []
    for scale in (0..<16).map({ power in (0..<power).reduce(1) { scale, _ in scale * 10 } }) {
      for step in [1, 2, 4, 5].map({ $0 * scale }) {
        let first = Int((range.lowerBound / Double(step)).rounded(.up))
        let last = Int((range.upperBound / Double(step)).rounded(.down))
        // More than this fits on no page, and the list must not grow with the numbers.
        guard first <= last, last - first < 1000 else { continue }
        ticks = (first...last).map { Tick(position: Double($0 * step), label: String($0 * step)) }
        if fits(ticks) { return ticks }
      }
    }
    return Array(ticks.prefix(1))
  }
}

/// A step of 1, 2 or 5 times a power of ten.
private struct DecimalStep {
  var digit: Int
  var exponent: Int

  var value: Double { Decimal(digits: digit, exponent: exponent).value }

  /// The next smaller step.
  var smaller: DecimalStep {
    switch digit {
    case 5: DecimalStep(digit: 2, exponent: exponent)
    case 2: DecimalStep(digit: 1, exponent: exponent)
    default: DecimalStep(digit: 5, exponent: exponent - 1)
    }
  }

  /// All multiples in a range that is not so narrow that they could not be counted.
  func multiples(in range: ClosedRange<Double>) -> [Decimal] {
    let first = Int((range.lowerBound / value).rounded(.up))
    let last = Int((range.upperBound / value).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { Decimal(digits: $0 * digit, exponent: exponent) }
  }

  /// The multiple after another one.
  func following(_ multiple: Decimal) -> Decimal {
    Decimal(digits: multiple.digits + digit, exponent: exponent)
  }

  private init(digit: Int, exponent: Int) {
    self.digit = digit
    self.exponent = exponent
  }

  /// The smallest such step that is not below a positive number.
  init(atLeast smallest: Double) {
    digit = 1
    exponent = -300
    while exponent < 308, Decimal(digits: 1, exponent: exponent + 1).value <= smallest { exponent += 1 }
    for candidate in [1, 2, 5] where value < smallest { digit = candidate }
    if value < smallest {
      digit = 1
      exponent += 1
    }
  }
}

/// A whole number times a power of ten, so that a label never shows the noise of a binary fraction.
private struct Decimal {
  var digits: Int
  var exponent: Int

  /// The nearest Double.
  var value: Double { Double("\(digits)e\(exponent)") ?? 0 }

  /// The power of ten of the first digit.
  var leadingPower: Int { digits == 0 ? .min : String(digits.magnitude).count - 1 + exponent }

  /// The number's text with a power of ten set apart, 0 for none.
  func text(power: Int) -> String {
    guard digits != 0 else { return "0" }
    let places = power - exponent
    var text = String(digits.magnitude)
    if places <= 0 {
      text += String(repeating: "0", count: -places)
    } else {
      text = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
      text.insert(".", at: text.index(text.endIndex, offsetBy: -places))
    }
    let sign = digits < 0 ? "\u{2212}" : ""
    return sign + text + (power == 0 ? "" : "×10" + Self.superscript(power))
  }

  private static func superscript(_ number: Int) -> String {
    let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    return (number < 0 ? "⁻" : "")
      + String(String(number.magnitude).compactMap { $0.wholeNumberValue.map { raised[$0] } })
  }
}
