import Features
import Files
import TensorFiles

extension InputSamples {
  /// Takes labels from a file: CSV with a column `label` and a column `index` (from 0) or `path`, or an array of N whole
  /// numbers (npy, or another tensor file with one such tensor).
  ///
  /// - Throws: ``ExtractionError``, `TableError` or `TensorFileError`, naming the file and place.
  public mutating func read(labels file: String) throws {
    if file.lowercased().hasSuffix(".csv") {
      labels = try labels(csv: file)
      return
    }
    let (path, name) = FeaturePath.split(file)
    let tensors = try TensorFile.open(path).tensors
    let fitting = tensors.filter {
      $0.shape == [count] && !$0.elementType.isFloatingPoint && (name == nil || $0.name == name)
    }
    guard let tensor = fitting.first, fitting.count == 1 else {
      let shown = tensors.prefix(8).map { "\($0.name) \($0.elementType) \($0.shape)" }.joined(separator: ", ")
      throw ExtractionError(
        .badLabels, path: path,
        "it holds no single array of \(count) whole numbers, one for each of the \(kind); it holds \(shown)")
    }
    labels = try tensor.integers()
  }

  private func labels(csv file: String) throws -> [Int?] {
    var reader = CSVReader(try WholeFile.read(file), file: file)
    let expected = "label and \(names == nil ? "index; these \(kind) have no names" : "path or index")"
    let columns = try reader.header(expected: expected)
    guard let labelColumn = columns.firstIndex(of: "label"),
      let keyColumn = columns.firstIndex(of: names == nil ? "index" : "path")
        ?? columns.firstIndex(of: "index")
    else {
      throw reader.wrongHeader(columns, expected: expected)
    }
    let isByName = columns[keyColumn] == "path"
    let places = isByName ? placesByName() : [:]
    var labels = [Int?](repeating: nil, count: count)
    while let record = try reader.row(of: columns.count) {
      let key = record[keyColumn]
      // As an archive's own list has it: this sample has none.
      if record[labelColumn].text.isEmpty { continue }
      guard let label = Int(record[labelColumn].text) else {
        throw reader.error(
          .badValue, at: record[labelColumn].offset, field: "label", found: record[labelColumn].text,
          expected: "a whole number")
      }
      // A list may name more samples than there are; what is missing shows where a label is needed.
      let found: [Int]
      if isByName {
        found = places[key.text] ?? []
      } else {
        guard let index = Int(key.text), index >= 0 else {
          throw reader.error(
            .badValue, at: key.offset, field: "index", found: key.text, expected: "a whole number from 0")
        }
        found = index < count ? [index] : []
      }
      for place in found {
        if let other = labels[place], other != label {
          throw reader.error(
            .badValue, at: record[labelColumn].offset, field: "label",
            found: "\(label) for \(key.text), which has the label \(other) already",
            expected: "one for each sample")
        }
        labels[place] = label
      }
    }
    guard labels.contains(where: { $0 != nil }) else {
      throw ExtractionError(
        .badLabels, path: file,
        "none of its rows is one of the \(kind) of \(path)\(names.map { ", such as \($0[0])" } ?? "")")
    }
    return labels
  }

  /// A list may name a sample twice.
  private func placesByName() -> [String: [Int]] {
    let names = names ?? []
    return Dictionary(grouping: names.indices) { names[$0] }
  }
}
