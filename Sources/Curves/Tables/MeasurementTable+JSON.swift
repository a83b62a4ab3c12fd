import Files

extension MeasurementTable {
  /// The table as JSON: an array with one object a measurement, the same keys as the CSV's columns in the same order.
  ///
  /// What does not apply is null; a layer is a number, or a text where it has a name. One line a measurement.
  ///
  /// - Throws: `TableError` if a number is NaN or infinite, which JSON cannot hold.
  public func json() throws(TableError) -> String {
    guard !rows.isEmpty else { return "[]\n" }
    return "[\n\(try jsonObjects().map { "  " + $0 }.joined(separator: ",\n"))\n]\n"
  }

  /// The table as JSON lines: an object a line, as in ``json()``, which can be read and added to line by line.
  ///
  /// - Throws: `TableError` if a number is NaN or infinite, `FileError` if the file cannot be written.
  public func writeJSONLines(to path: String) throws {
    try AtomicFile.write(Array(try jsonObjects().map { $0 + "\n" }.joined().utf8), to: path)
  }

  private func jsonObjects() throws(TableError) -> [String] {
    let columns = writtenColumns
    var objects: [String] = []
    for (index, row) in rows.enumerated() {
      try Self.checkFinite(row, index: index)
      let members = columns.map { "\"\($0.rawValue)\": \(row[$0].json)" }
      objects.append("{\(members.joined(separator: ", "))}")
    }
    return objects
  }

  /// Writes the table as JSON; the file is there whole or not at all.
  ///
  /// - Throws: `TableError` if a number is NaN or infinite, `FileError` if the file cannot be written.
  public func writeJSON(to path: String) throws {
    try AtomicFile.write(Array(try json().utf8), to: path)
  }
}

extension Cell {
  fileprivate var json: String {
    switch self {
    case .empty: "null"
    case .text(let text): JSONText.quoted(text)
    case .integer, .real: text
    }
  }
}
