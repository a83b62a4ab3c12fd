import Files

/// The samples of an archive in row order, as `samples.csv` lists them: `index,path,label`.
///
/// A sample whose name or label is not known has an empty field.
public struct ArchiveSamples: Sendable, Hashable {
  /// Nil where the samples have no names.
  public let names: SampleList?
  /// A label a row; nil for those that have none.
  public let labels: [Int?]

  /// - Precondition: as many names, if any, as labels.
  public init(names: SampleList?, labels: [Int?]) {
    precondition(
      names.map { $0.names.count == labels.count } ?? true, "names and labels of different samples")
    self.names = names
    self.labels = labels
  }

  public var count: Int { labels.count }

  /// The bytes of `samples.csv`.
  package var csv: String {
    labels.enumerated().reduce(into: "index,path,label\n") { text, row in
      let label = row.element.map(String.init) ?? ""
      text += "\(row.offset),\(names.map { CSVText.field($0.names[row.offset]) } ?? ""),\(label)\n"
    }
  }

  /// Reads a `samples.csv`.
  ///
  /// - Throws: `TableError` with line and column, `FileError` where the file cannot be read.
  public init(csv path: String) throws {
    var reader = CSVReader(try WholeFile.read(path), file: path)
    let columns = ["index", "path", "label"]
    let expected = "the columns \(columns.joined(separator: ","))"
    let header = try reader.header(expected: expected)
    guard header == columns else { throw reader.wrongHeader(header, expected: expected) }
    var names: [String] = []
    var labels: [Int?] = []
    while let record = try reader.row(of: columns.count) {
      guard record[0].text == String(labels.count) else {
        throw reader.error(
          .badValue, at: record[0].offset, field: "index", found: record[0].text, expected: "\(labels.count)")
      }
      guard labels.isEmpty || record[1].text.isEmpty == names.isEmpty else {
        throw reader.error(
          .badValue, at: record[1].offset, field: "path",
          found: record[1].text.isEmpty ? "no name" : record[1].text,
          expected: "names for all samples or for none")
      }
      if !record[1].text.isEmpty { names.append(record[1].text) }
      let label = Int(record[2].text)
      guard label != nil || record[2].text.isEmpty else {
        throw reader.error(
          .badValue, at: record[2].offset, field: "label", found: record[2].text,
          expected: "a whole number or nothing")
      }
      labels.append(label)
    }
    self.init(names: names.isEmpty ? nil : SampleList(names), labels: labels)
  }
}
