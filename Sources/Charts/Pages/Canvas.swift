/// A page and what is drawn on it, in order, as plain data.
///
/// A figure is first described on a canvas and then written by Cairo, so its layout can be looked at and tested
/// without a file, and is the same for PNG, SVG and PDF.
struct Canvas: Sendable, Hashable {
  enum Command: Sendable, Hashable {
    case fill(Path, Color)
    case stroke(Path, Pen)
    case text(TextRun)
    /// What follows up to the end belongs together and is called so where a viewer can show it.
    case beginTitled(String)
    case endTitled
  }

  /// How a line is drawn: width and dash lengths in points.
  struct Pen: Sendable, Hashable {
    var color: Color
    var width: Double
    var dash: [Double] = []
  }

  /// The page in points; as a PNG each point becomes `scale` pixels.
  let size: Size
  /// How many points of the written page a point of this one becomes, the type with it.
  var magnification = 1.0
  private(set) var commands: [Command] = []

  init(size: Size) {
    self.size = size
  }

  mutating func fill(_ path: Path, _ color: Color) {
    commands.append(.fill(path, color))
  }

  mutating func stroke(_ path: Path, _ pen: Pen) {
    commands.append(.stroke(path, pen))
  }

  mutating func line(from start: Point, to end: Point, _ pen: Pen) {
    stroke(Path([start, end]), pen)
  }

  mutating func text(_ run: TextRun) {
    if !run.text.isEmpty { commands.append(.text(run)) }
  }

  /// Draws what belongs together, such as a marker, under a name that SVG viewers show under the pointer.
  mutating func titled(_ title: String, _ draw: (inout Canvas) -> Void) {
    commands.append(.beginTitled(title))
    draw(&self)
    commands.append(.endTitled)
  }

  /// All texts with their places.
  var texts: [TextRun] {
    commands.compactMap { if case .text(let run) = $0 { run } else { nil } }
  }
}

/// One line of text and its place on the page.
struct TextRun: Sendable, Hashable {
  enum Alignment: Sendable { case leading, center, trailing }

  let text: String
  let font: Font
  let color: Color
  /// The box of the line, the full height of the font.
  let box: Rectangle
  /// Whether the text runs from bottom to top.
  let isUpright: Bool

  /// A line that stands at `anchor`: its left end, middle or right end there, vertically centred on it.
  ///
  /// An upright line is turned a quarter to the left around its anchor.
  init(
    _ text: String, at anchor: Point, _ alignment: Alignment, _ font: Font, _ color: Color,
    isUpright: Bool = false, metrics: any FontMetrics
  ) {
    self.text = text
    self.font = font
    self.color = color
    self.isUpright = isUpright
    let width = metrics.width(of: text, font)
    let before = alignment == .leading ? 0 : (alignment == .center ? width / 2 : width)
    box =
      isUpright
      ? Rectangle(
        x: anchor.x - font.height / 2, y: anchor.y - (width - before), width: font.height, height: width)
      : Rectangle(x: anchor.x - before, y: anchor.y - font.height / 2, width: width, height: font.height)
  }

  /// Where the baseline begins.
  var baseline: Point {
    // The middle of a line of digits and capitals lies 0.36 of the font's size above the baseline.
    isUpright
      ? Point(x: box.middle.x + font.size * 0.36, y: box.bottom)
      : Point(x: box.x, y: box.middle.y + font.size * 0.36)
  }
}
