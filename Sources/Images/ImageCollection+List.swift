import Files

extension ImageCollection {
  /// The pictures a file names, in its order; paths are relative to the file's folder, and to the working folder where the
  /// list comes from a pipe.
  ///
  /// A CSV file has a header with a column `path` and maybe `label`. Any other file has one path a line.
  static func list(_ path: String, rows: (column: String, value: String)?) throws -> ImageCollection {
    let folder = FileTree.isFile(path) ? FilePath.start(of: path) : ""
    guard path.lowercased().hasSuffix(".csv") else {
      guard rows == nil else {
        throw ImageError(
          .badCollection, path: path, found: "a list that is not CSV",
          expected: "a CSV file with a header, to choose rows by a column")
      }
      let names = try lines(of: path)
      return ImageCollection(
        path: path, names: names, labels: [Int?](repeating: nil, count: names.count),
        source: .files(folder: folder))
    }
    let table = try ListTable(path, needsLabels: false, rows: rows)
    return ImageCollection(
      path: path, names: table.names, labels: table.labels, source: .files(folder: folder))
  }

  /// The same pictures with the labels of a CSV file with columns `path` and `label`.
  func labelled(by file: String) throws -> ImageCollection {
    let table = try ListTable(file, needsLabels: true, rows: nil)
    let found = Dictionary(zip(table.names, table.labels)) { first, _ in first }
    let labels = names.map { found[$0] ?? nil }
    guard labels.contains(where: { $0 != nil }) else {
      throw ImageError(
        .badLabels, path: file, found: "no row about a picture of \(path), such as \(names[0])",
        expected: "their names in the column path")
    }
    return replacing(labels: labels)
  }

  private static func lines(of path: String) throws -> [String] {
    var bytes = try ImageError.translating { () throws(FileError) in try WholeFile.read(path) }[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    return try bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
      .compactMap { number, line in
        guard let text = String(validating: line, as: UTF8.self), !line.contains(0) else {
          throw ImageError(
            .badCollection, path: path, found: "line \(number + 1), which is not UTF-8 text",
            expected: "one picture's path a line")
        }
        let name = text.hasSuffix("\r") ? String(text.dropLast()) : text
        return name.isEmpty ? nil : name
      }
  }
}

/// The columns of a list that matter here.
private struct ListTable {
  var names: [String] = []
  var labels: [Int?] = []

  init(_ path: String, needsLabels: Bool, rows: (column: String, value: String)?) throws {
    var reader = CSVReader(try WholeFile.read(path), file: path)
    let expected = needsLabels ? "path and label" : "path, and label where there are labels"
    let columns = try reader.header(expected: expected)
    let labelColumn = columns.firstIndex(of: "label")
    guard let nameColumn = columns.firstIndex(of: "path"), labelColumn != nil || !needsLabels else {
      throw reader.wrongHeader(columns, expected: expected)
    }
    // A list may name a picture twice; whoever asks for its label cannot.
    var known: [String: Int?] = [:]
    let chosenColumn = rows.flatMap { rows in columns.firstIndex(of: rows.column) }
    if let rows, chosenColumn == nil {
      throw reader.wrongHeader(columns, expected: "\(rows.column), by which rows are chosen")
    }
    while let record = try reader.row(of: columns.count) {
      if let rows, let chosenColumn, record[chosenColumn].text != rows.value { continue }
      let name = record[nameColumn]
      guard !name.text.isEmpty, !name.text.utf8.contains(0) else {
        throw reader.error(
          .badValue, at: name.offset, field: "path", found: "\"\(name.text.isEmpty ? "" : "…")\"",
          expected: "a picture's path")
      }
      let label = try labelColumn.flatMap { try Self.label(record[$0], reader) }
      if needsLabels, let labelColumn, let other = known.updateValue(label, forKey: name.text), other != label
      {
        throw reader.error(
          .badValue, at: record[labelColumn].offset, field: "label",
          found:
            "\(label.map(String.init) ?? "no label") for \(name.text), which has \(other.map { "the label \($0)" } ?? "none") already",
          expected: "one for each picture")
      }
      names.append(name.text)
      labels.append(label)
    }
    if names.isEmpty, let rows {
      throw reader.error(
        .badValue, at: 0, field: rows.column, found: "no row with \(rows.value)", expected: "at least one")
    }
  }

  /// An empty field is a picture without a label.
  private static func label(_ field: CSVField, _ reader: CSVReader) throws(TableError) -> Int? {
    guard !field.text.isEmpty else { return nil }
    guard let label = Int(field.text) else {
      throw reader.error(
        .badValue, at: field.offset, field: "label", found: field.text, expected: "a whole number")
    }
    return label
  }
}
