/// The greys that every figure is written and ruled in.
enum Ink {
  static let title = Color(hex: 0x1A1A1A)
  static let text = Color(hex: 0x404040)
  static let quiet = Color(hex: 0x6B6B6B)
  static let spine = Color(hex: 0x8C8C8C)
  static let grid = Color(hex: 0xE8E8E8)
}

extension Canvas {
  /// Draws lines of text downwards from `y` and returns where they end.
  @discardableResult
  mutating func draw(
    _ lines: [String], _ font: Font, _ color: Color, x: Double, y: Double, metrics: any FontMetrics
  ) -> Double {
    for (index, line) in lines.enumerated() {
      let anchor = Point(x: x, y: y + font.height * (Double(index) + 0.5))
      text(TextRun(line, at: anchor, .leading, font, color, metrics: metrics))
    }
    return y + font.height * Double(lines.count)
  }

  /// A white page.
  static func blank(_ size: Size) -> Canvas {
    var canvas = Canvas(size: size)
    canvas.fill(Path(Rectangle(x: 0, y: 0, width: size.width, height: size.height)), .white)
    return canvas
  }
}
