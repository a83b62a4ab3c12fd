/// The words above and below a figure, broken into lines for a page.
struct PageTexts {
  let title: [String]
  let subtitle: [String]
  let note: [String]

  init(title: String, subtitle: String, note: String, width: Double, metrics: any FontMetrics) {
    self.title = metrics.lines(of: title, .title, width: width)
    self.subtitle = metrics.lines(of: subtitle, .subtitle, width: width)
    self.note = metrics.lines(of: note, .note, width: width)
  }

  /// The room above what the figure shows, from the upper margin on, with air below it.
  var height: Double {
    let height = Self.height(title, .title, spaceBelow: 4) + Self.height(subtitle, .subtitle, spaceBelow: 4)
    return height > 0 ? height + 8 : 0
  }

  /// The room of the note, with air above it.
  var noteHeight: Double { note.isEmpty ? 0 : 8 + Self.height(note, .note, spaceBelow: 0) }

  /// The width of the widest line.
  func widest(_ metrics: any FontMetrics) -> Double {
    let texts = [(title, Font.title), (subtitle, .subtitle), (note, .note)]
    return texts.flatMap { lines, font in lines.map { metrics.width(of: $0, font) } }.max() ?? 0
  }

  func drawHead(on canvas: inout Canvas, margin: Double, _ theme: Theme, _ metrics: any FontMetrics) {
    var y = margin
    for (lines, font, color) in [(title, Font.title, theme.title), (subtitle, .subtitle, theme.quiet)] {
      y = canvas.draw(lines, font, color, x: margin, y: y, metrics: metrics)
      if !lines.isEmpty { y += 4 }
    }
  }

  static func height(_ lines: [String], _ font: Font, spaceBelow: Double) -> Double {
    lines.isEmpty ? 0 : font.height * Double(lines.count) + spaceBelow
  }
}
