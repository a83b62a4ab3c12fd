import Files

extension HeatMap {
  /// A confusion matrix: true classes downwards, predicted classes to the right.
  ///
  /// A cell holds its count; its colour is the share of the true class's samples, so that classes of different sizes can
  /// be compared. A class without samples is hatched.
  ///
  /// - Parameters:
  ///   - counts: Samples by true and predicted class, `counts[true][predicted]`; not negative.
  ///   - classes: The names of the true classes.
  ///   - predicted: The names of the predicted classes; by default the same.
  ///   - title: The figure's title.
  /// - Throws: ``ChartError`` if the counts have another shape or one is negative.
  public init(
    confusion counts: [[Int]], classes: [String], predicted: [String]? = nil,
    title: String = "Confusion matrix"
  ) throws(ChartError) {
    if let negative = counts.joined().first(where: { $0 < 0 }) {
      throw ChartError(.badValue, "a confusion matrix has the count \(negative), expected none below 0")
    }
    let values = counts.map { row -> [Double] in
      // In Double: a sum of counts must not overflow.
      let total = row.reduce(0) { $0 + Double($1) }
      return row.map { total > 0 ? Double($0) / total : .nan }
    }
    let total = counts.joined().reduce(0) { $0 + Double($1) }
    guard total < 0x1p53 else {
      throw ChartError(.badValue, "a confusion matrix of \(total) samples, expected fewer than 2^53")
    }
    let columns = predicted ?? classes
    let correct = zip(classes, counts).reduce(0.0) { sum, row in
      let column = columns.firstIndex(of: row.0)
      return sum + (column.map { $0 < row.1.count ? Double(row.1[$0]) : 0 } ?? 0)
    }
    let accuracy =
      total > 0
      ? "accuracy \(decimalText(correct / total * 100, decimals: 1)) % of \(Int(total)) samples" : ""
    try self.init(
      title: title, subtitle: accuracy,
      columns: Side(title: "Predicted class", labels: columns, isOrdered: false),
      rows: Side(title: "True class", labels: classes, isOrdered: false), values: values,
      texts: counts.map { $0.map(String.init) }, colorTitle: "Share of the true class", range: 0...1,
      isSquare: true)
  }

  /// A confusion matrix from a CSV file: a header `label` and the predicted classes' names, then a line for every true
  /// class with its name and its counts.
  ///
  /// - Throws: `FileError` if the file cannot be read, `TableError` with line and character, ``ChartError``.
  public init(contentsOfConfusionCSV path: String, title: String = "Confusion matrix") throws {
    var reader = CSVReader(try WholeFile.read(path), file: path)
    guard let header = try reader.next(limit: 100_000), header[0].text == "label", header.count > 1 else {
      throw reader.error(
        .wrongHeader, at: 0, found: "another header",
        expected: "label, then the names of the predicted classes")
    }
    var classes: [String] = []
    var counts: [[Int]] = []
    while let fields = try reader.next(limit: header.count) {
      guard fields.count == header.count else {
        throw reader.error(
          .raggedRow, at: fields[0].offset, found: "\(fields.count) fields",
          expected: "\(header.count) fields, as in the header")
      }
      classes.append(fields[0].text)
      var row: [Int] = []
      for (field, name) in zip(fields, header).dropFirst() {
        guard let count = Int(field.text), count >= 0 else {
          throw reader.error(
            .badValue, at: field.offset, field: name.text, found: "\"\(field.text.prefix(40))\"",
            expected: "a count of samples")
        }
        row.append(count)
      }
      counts.append(row)
    }
    try self.init(
      confusion: counts, classes: classes, predicted: header.dropFirst().map(\.text), title: title)
  }

  /// Whether a CSV file is a confusion matrix, told by the first field of its header. What comes through a pipe is none:
  /// it could not be read again.
  ///
  /// - Throws: `FileError` if the file cannot be read.
  public static func isConfusionCSV(_ path: String) throws -> Bool {
    guard FileTree.isFile(path) else { return false }
    let start = try WholeFile.read(path).prefix(16)
    let text = String(
      decoding: start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start, as: UTF8.self)
    return ["label,", "\"label\","].contains(where: text.hasPrefix)
  }
}
