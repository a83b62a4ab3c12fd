import Testing

@testable import Charts

/// Every character is 0.6 of the font's size wide: a layout that is the same on every machine.
struct PlainFontMetrics: FontMetrics {
  func width(of text: String, _ font: Font) -> Double {
    Double(text.count) * font.size * 0.6
  }
}

extension Canvas {
  /// The page as text, one command a line, places to a tenth of a point.
  var listing: String {
    let lines = commands.compactMap { command -> String? in
      switch command {
      case .fill(let path, let color): "fill \(color.text) \(path.listing)"
      case .stroke(let path, let pen):
        "stroke \(pen.color.text) \(tenths(pen.width))\(pen.dash.isEmpty ? "" : " dash \(pen.dash)") \(path.listing)"
      case .text(let run):
        "text \(tenths(run.box.x)),\(tenths(run.box.y)) \(tenths(run.font.size))\(run.font.isBold ? " bold" : "")"
          + "\(run.isUpright ? " upright" : "") \(run.color.text) \"\(run.text)\""
      // Seen under the pointer only.
      case .beginTitled, .endTitled: nil
      }
    }
    return (["page \(tenths(size.width)) \(tenths(size.height))"] + lines).map { $0 + "\n" }.joined()
  }
}

/// A thousandth of a point more or less is rounding.
private let slack = 0.001

extension Rectangle {
  func contains(_ other: Rectangle) -> Bool {
    other.x >= x - slack && other.y >= y - slack && other.right <= right + slack
      && other.bottom <= bottom + slack
  }

  func overlaps(_ other: Rectangle) -> Bool {
    x < other.right - slack && other.x < right - slack && y < other.bottom - slack && other.y < bottom - slack
  }
}

extension Path {
  fileprivate var listing: String {
    elements.map { element in
      switch element {
      case .move(let point): "\(tenths(point.x)),\(tenths(point.y))"
      case .line(let point): "\(tenths(point.x)),\(tenths(point.y))"
      case .close: "close"
      case .circle(let center, let radius): "circle \(tenths(center.x)),\(tenths(center.y)) \(tenths(radius))"
      }
    }.joined(separator: " ")
  }
}

extension Color {
  /// The six digits, and the opacity where it is not 1: `#0072B2`, `#0072B2@0.15`.
  var text: String {
    func digits(_ part: Double) -> String {
      let digits = String(Int((min(max(part, 0), 1) * 255).rounded()), radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "#" + digits(red) + digits(green) + digits(blue) + (opacity == 1 ? "" : "@\(opacity)")
  }
}

private func tenths(_ value: Double) -> String {
  let rounded = (value * 10).rounded() / 10
  return "\(rounded == 0 ? 0 : rounded)"
}
