/// A column of a table for people: heading lines above, cells below, numbers to the right and texts to the left.
struct TextColumn {
  var heading: [String]
  var cells: [String]
  var isNumeric: Bool

  /// The characters between two columns.
  private static let gap = 2

  var width: Int { (heading + cells).map(\.count).max() ?? 0 }

  /// The lines of columns side by side, with a rule below the heading; all columns have equally many lines.
  static func lines(_ columns: [TextColumn]) -> [String] {
    guard let first = columns.first else { return [] }
    let widths = columns.map(\.width)
    func line(_ part: (TextColumn) -> String) -> String {
      let texts = zip(columns, widths).map { column, width in
        let text = part(column)
        let blank = String(repeating: " ", count: width - text.count)
        return column.isNumeric ? blank + text : text + blank
      }
      var line = texts.joined(separator: String(repeating: " ", count: gap))
      while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
      return line
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(
      separator: String(repeating: "─", count: gap))
    let head = first.heading.indices.map { index in line { $0.heading[index] } }
    return head + [rule] + first.cells.indices.map { index in line { $0.cells[index] } }
  }

  /// How many of the columns fit into a line beside another one; at least one.
  static func fitting(_ columns: ArraySlice<TextColumn>, beside side: TextColumn, width: Int) -> Int {
    var used = side.width
    var count = 0
    for column in columns {
      used += gap + column.width
      if used > width, count > 0 { break }
      count += 1
    }
    return count
  }
}
