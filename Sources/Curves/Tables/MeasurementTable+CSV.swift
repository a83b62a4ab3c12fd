import Files

extension MeasurementTable {
  /// The table as CSV: a header, one line a measurement, empty where something does not apply.
  ///
  /// Numbers are the shortest text that reads back as the same number; fields are quoted where RFC 4180 asks for it;
  /// lines end with a line feed. `MeasurementTable(csv:)` gives back an equal table.
  ///
  /// - Throws: `TableError` if a number is NaN or infinite.
  public func csv() throws(TableError) -> String {
    let columns = writtenColumns
    var text = columns.map(\.rawValue).joined(separator: ",") + "\n"
    for (index, row) in rows.enumerated() {
      try Self.checkFinite(row, index: index)
      text += columns.map { CSVText.field(row[$0].text) }.joined(separator: ",")
      text += "\n"
    }
    return text
  }

  /// Writes the table as CSV; the file is there whole or not at all.
  ///
  /// - Throws: `TableError` if a number is NaN or infinite, `FileError` if the file cannot be written.
  public func writeCSV(to path: String) throws {
    try AtomicFile.write(Array(try csv().utf8), to: path)
  }

  /// All columns but those that no row has.
  var writtenColumns: [Column] {
    Column.allCases.filter { column in !column.isOptional || rows.contains { $0[column] != .empty } }
  }

  /// A measurement has to be a number: a NaN must not travel on in a file.
  static func checkFinite(_ row: Measurement, index: Int) throws(TableError) {
    for column in Column.allCases {
      guard case .real(let number) = row[column], !number.isFinite else { continue }
      throw TableError(
        code: .notFinite, place: nil, field: "row \(index + 1), \(column.rawValue)", found: "\(number)",
        expected: "a finite number")
    }
  }
}

extension MeasurementTable {
  /// Reads a table from a CSV file.
  ///
  /// - Throws: `FileError` if the file cannot be read, `TableError` as ``init(csv:file:)``.
  public init(contentsOfCSV path: String) throws {
    try self.init(csv: WholeFile.read(path), file: path)
  }

  /// Reads a table from CSV text.
  ///
  /// The columns may stand in any order; each must be there once, `q_value` at most once, and no other.
  ///
  /// - Parameters:
  ///   - text: The whole table, its header first.
  ///   - file: The name to use in errors.
  /// - Throws: `TableError` with the line and the character.
  public init(csv text: String, file: String = "table") throws(TableError) {
    try self.init(csv: Array(text.utf8), file: file)
  }

  init(csv bytes: [UInt8], file: String) throws(TableError) {
    var reader = CSVReader(bytes, file: file)
    let columns = try Self.header(&reader)
    let places = Column.allCases.map { columns.firstIndex(of: $0) ?? -1 }
    rows = []
    while let fields = try reader.row(of: columns.count) {
      let record = MeasurementRecord(fields: fields, places: places, reader: reader)
      rows.append(try record.measurement())
    }
  }

  /// Reads the header; the limit leaves room for it to be wrong in a way that can be named.
  private static func header(_ reader: inout CSVReader) throws(TableError) -> [Column] {
    let names = Column.allCases.map(\.rawValue).joined(separator: ",")
    guard let fields = try reader.next(limit: 256) else {
      throw reader.error(.wrongHeader, at: 0, found: "an empty file", expected: "the header \(names)")
    }
    var columns: [Column] = []
    for field in fields {
      guard let column = Column(rawValue: field.text) else {
        throw reader.error(
          .wrongHeader, at: field.offset, found: "the column \(field.text.quotedForError)",
          expected: "no columns but \(names)")
      }
      guard !columns.contains(column) else {
        throw reader.error(
          .wrongHeader, at: field.offset, found: "the column \(field.text.quotedForError) twice",
          expected: "it once")
      }
      columns.append(column)
    }
    let missing = Column.allCases.filter { !columns.contains($0) && !$0.isOptional }.map(\.rawValue)
    guard missing.isEmpty else {
      throw reader.error(
        .wrongHeader, at: fields[0].offset, found: "a header without \(missing.joined(separator: ", "))",
        expected: names)
    }
    return columns
  }
}
