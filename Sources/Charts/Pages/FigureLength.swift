/// A length on paper.
public struct FigureLength: Sendable, Hashable {
  /// In points of 1/72 inch.
  public let points: Double

  /// Reads `238`, `238pt`, `3.3in`, `84mm` or `8.4cm`.
  ///
  /// - Returns: Nil for anything else, and for what is no page's side: less than half an inch or more than 32,000 points.
  public init?(text: String) {
    let units: [(String, Double)] = [("in", 72), ("mm", 72 / 25.4), ("cm", 72 / 2.54), ("pt", 1)]
    let unit = units.first { text.hasSuffix($0.0) }
    let number = unit.map { String(text.dropLast($0.0.count)) } ?? text
    guard let value = Double(number.last == " " ? String(number.dropLast()) : number) else { return nil }
    let points = value * (unit?.1 ?? 1)
    guard Canvas.possibleSides.contains(points) else { return nil }
    self.points = points
  }
}
