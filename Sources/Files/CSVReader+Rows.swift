extension CSVReader {
  /// The first record: the columns' names, of which no two are alike.
  ///
  /// Columns without a name, as spreadsheets append them, may be several.
  ///
  /// - Parameter expected: What the header must have, for the error of a file without any.
  /// - Throws: ``TableError`` for an empty file, or a column that is there twice: whichever of the two was meant, the
  ///   other would be passed over silently.
  package mutating func header(expected: String) throws(TableError) -> [String] {
    guard let fields = try next(limit: 1000) else {
      throw error(.wrongHeader, at: 0, found: "an empty file", expected: expected)
    }
    var names: Set<String> = []
    for field in fields where !field.text.isEmpty && !names.insert(field.text).inserted {
      throw error(
        .wrongHeader, at: field.offset, found: "the column \(field.text) a second time", expected: "it once")
    }
    return fields.map(\.text)
  }

  /// The next record, which has a field for each column; nil at the end.
  ///
  /// - Parameter count: The number of columns.
  /// - Throws: ``TableError`` also for a row that is shorter or longer.
  package mutating func row(of count: Int) throws(TableError) -> [CSVField]? {
    guard let fields = try next(limit: count) else { return nil }
    guard fields.count == count else {
      throw error(
        .raggedRow, at: fields[0].offset, found: fields.count == 1 ? "1 field" : "\(fields.count) fields",
        expected: "\(count) fields, as in the header")
    }
    return fields
  }

  /// The error of a header that lacks something.
  package func wrongHeader(_ columns: [String], expected: String) -> TableError {
    error(.wrongHeader, at: 0, found: "the columns \(columns.joined(separator: ","))", expected: expected)
  }
}

/// Text as CSV has it.
package enum CSVText {
  /// A field: in quotes where it has commas, quotes or line breaks, as RFC 4180 asks for.
  package static func field(_ text: String) -> String {
    let isPlain = !text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    if isPlain { return text }
    // By scalars: a quote before a combining mark is one character with it.
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
