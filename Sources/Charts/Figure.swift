import Files

/// Anything that can be drawn on a page of its own and written to a file.
///
/// The page is laid out so that no text is cut, covers another or covers data; where the texts need more room than they are
/// given, it grows. A page narrower than 360 points is laid out at 360 and made smaller with everything on it, so that a
/// column of 3.3 inches has type of 8 points.
public protocol Figure: Sendable {
  /// The headline.
  var title: String { get set }

  /// The figure on its page.
  ///
  /// - Parameters:
  ///   - width: In points of 1/72 inch; nil for the kind's usual width.
  ///   - height: Nil for the kind's usual shape.
  ///   - theme: The colours.
  /// - Throws: ``ChartError`` for a size that no page can have.
  func page(width: Double?, height: Double?, theme: Theme) throws(ChartError) -> FigurePage
}

/// A figure laid out on its page.
public struct FigurePage: Sendable, Hashable {
  let canvas: Canvas

  init(_ canvas: Canvas) { self.canvas = canvas }

  /// The page's width in points of 1/72 inch.
  public var width: Double { canvas.size.width * canvas.magnification }
  /// The page's height in points.
  public var height: Double { canvas.size.height * canvas.magnification }
}

extension Figure {
  /// Writes the figure to a `.png`, `.svg` or `.pdf` file, which is there whole or not at all.
  ///
  /// A rerun with the same Cairo and the same fonts gives the same bytes.
  ///
  /// - Parameters:
  ///   - path: Where the file goes.
  ///   - width: The page's width in points of 1/72 inch; nil for the kind's usual width. Heat maps may need less.
  ///   - height: The page's height in points; the page becomes taller where the texts need it.
  ///   - scale: Pixels per point of a PNG.
  ///   - theme: The colours.
  /// - Throws: ``ChartError``; `FileError` if the file cannot be written.
  public func write(
    to path: String, width: Double? = nil, height: Double? = nil, scale: Double = 2, theme: Theme = .light
  ) throws {
    let format = try FigureFormat(path: path)
    let bytes = try encoded(as: format, width: width, height: height, scale: scale, theme: theme)
    try AtomicFile.write(bytes, to: path)
  }

  /// The figure as the bytes of a file.
  ///
  /// - Throws: ``ChartError``
  public func encoded(
    as format: FigureFormat, width: Double? = nil, height: Double? = nil, scale: Double = 2,
    theme: Theme = .light
  ) throws(ChartError) -> [UInt8] {
    try page(width: width, height: height, theme: theme).canvas.encoded(as: format, scale: scale)
  }
}

extension Canvas {
  /// The narrowest page that the type has room on.
  private static let narrowest = 360.0
  /// How long a page's side can be.
  static let possibleSides = 36.0...32_000

  /// Lays a figure out on a page of about the size asked for.
  ///
  /// - Parameters:
  ///   - usual: The size where none is asked for; a width alone keeps its shape.
  ///   - draw: Makes the canvas for a size, whose own size may be another.
  static func page(
    width: Double?, height: Double?, usual: Size, _ draw: (Size) -> Canvas
  ) throws(ChartError) -> Canvas {
    let asked = Size(
      width: width ?? usual.width, height: height ?? (width ?? usual.width) * usual.height / usual.width)
    guard possibleSides.contains(asked.width), height.map(possibleSides.contains) ?? true else {
      throw ChartError(
        .badSize,
        "found a page of \(asked.width) by \(asked.height) points, expected 36 to 32000 (half an inch and more)"
      )
    }
    let magnification = min(1, asked.width / narrowest)
    var canvas = draw(
      Size(width: asked.width / magnification, height: max(asked.height / magnification, 100)))
    canvas.magnification = magnification
    return canvas
  }

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

  /// Draws lines of text that run upwards, side by side from `x`, each with its middle at a height.
  mutating func drawUpright(
    _ lines: [String], _ color: Color, x: Double, middle: Double, metrics: any FontMetrics
  ) {
    for (index, line) in lines.enumerated() {
      let anchor = Point(x: x + Font.axisTitle.height * (Double(index) + 0.5), y: middle)
      text(TextRun(line, at: anchor, .center, .axisTitle, color, isUpright: true, metrics: metrics))
    }
  }

  /// Draws lines of an axis title one below the other from `top`, each with its middle at `middle`.
  mutating func drawCentred(
    _ lines: [String], _ color: Color, middle: Double, top: Double, metrics: any FontMetrics
  ) {
    for (index, line) in lines.enumerated() {
      let anchor = Point(x: middle, y: top + Font.axisTitle.height * (Double(index) + 0.5))
      text(TextRun(line, at: anchor, .center, .axisTitle, color, metrics: metrics))
    }
  }

  /// An empty page.
  static func blank(_ size: Size, _ color: Color) -> Canvas {
    var canvas = Canvas(size: size)
    canvas.fill(Path(Rectangle(x: 0, y: 0, width: size.width, height: size.height)), color)
    return canvas
  }
}
