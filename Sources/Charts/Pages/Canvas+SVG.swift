import Files
import Foundation

extension Canvas {
  /// The page as SVG in which text is text: it can be searched, selected, restyled and read aloud.
  ///
  /// Every text states the width that it has in the layout (`textLength`), so that another font than DejaVu Sans moves
  /// nothing. What ``titled(_:_:)`` named has a `title`, which viewers show under the pointer.
  func svg() -> String {
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(number(size.width * magnification))pt" \
      height="\(number(size.height * magnification))pt" \
      viewBox="0 0 \(number(size.width)) \(number(size.height))" font-family="'DejaVu Sans', Verdana, sans-serif" \
      stroke-linejoin="round">
      """
    ]
    for command in commands {
      switch command {
      case .fill(let path, let color): lines.append(shape(path, "fill", color, ""))
      case .stroke(let path, let pen):
        let dash =
          pen.dash.isEmpty
          ? "" : " stroke-dasharray=\"\(pen.dash.map(number).joined(separator: " "))\""
        lines.append(shape(path, "stroke", pen.color, " stroke-width=\"\(number(pen.width))\"\(dash)"))
      case .text(let run): lines.append(text(run))
      case .beginTitled(let title): lines.append("<g><title>\(escapedMarkup(title))</title>")
      case .endTitled: lines.append("</g>")
      }
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private func shape(_ path: Path, _ role: String, _ color: Color, _ more: String) -> String {
    let opacity = color.opacity == 1 ? "" : " \(role)-opacity=\"\(number(color.opacity))\""
    let paint = "\(role)=\"\(hexadecimal(color))\"\(opacity)\(more)\(role == "fill" ? "" : " fill=\"none\"")"
    if case .circle(let center, let radius)? = path.elements.first, path.elements.count == 1 {
      return
        "<circle cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" r=\"\(number(radius))\" \(paint)/>"
    }
    let steps = path.elements.map { element in
      switch element {
      case .move(let point): "M\(number(point.x)) \(number(point.y))"
      case .line(let point): "L\(number(point.x)) \(number(point.y))"
      case .close: "Z"
      case .circle(let center, let radius):
        "M\(number(center.x - radius)) \(number(center.y))a\(number(radius)) \(number(radius)) 0 1 0 "
          + "\(number(2 * radius)) 0a\(number(radius)) \(number(radius)) 0 1 0 \(number(-2 * radius)) 0Z"
      }
    }
    return "<path d=\"\(steps.joined())\" \(paint)/>"
  }

  private func text(_ run: TextRun) -> String {
    let place = run.baseline
    let turn = run.isUpright ? " transform=\"rotate(-90 \(number(place.x)) \(number(place.y)))\"" : ""
    let weight = run.font.isBold ? " font-weight=\"bold\"" : ""
    let width = run.isUpright ? run.box.height : run.box.width
    let fit = width > 0 ? " textLength=\"\(number(width))\" lengthAdjust=\"spacingAndGlyphs\"" : ""
    return
      "<text x=\"\(number(place.x))\" y=\"\(number(place.y))\" font-size=\"\(number(run.font.size))\"\(weight)\(fit)\(turn) "
      + "fill=\"\(hexadecimal(run.color))\" xml:space=\"preserve\">\(escapedMarkup(run.text))</text>"
  }

  private func hexadecimal(_ color: Color) -> String {
    let parts = [color.red, color.green, color.blue].map { part in
      let digits = String(Int((min(max(part, 0), 1) * 255).rounded()), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "#" + parts.joined()
  }

  /// Hundredths of a point are finer than any screen or press.
  private func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }
}
