import Files
import TensorFiles

/// A file of labels: a CSV with a column `label` and a column `path` or `index`, optionally a column `split`; or an array
/// of whole numbers, one a sample.
public struct LabelFile: Sendable {
  public let path: String
  private let contents: Contents

  private enum Contents: Sendable {
    /// One a sample, in the order of the rows.
    case array([SampleLabels.Entry])
    /// By the row of the features, from 0.
    case byRow([Int: SampleLabels.Entry?], hasSplits: Bool)
    case byPath([String: SampleLabels.Entry?], hasSplits: Bool)
  }

  /// Reads `FILE`, or `FILE#NAME` of a file with several arrays.
  ///
  /// - Throws: `TableError` with line and column, ``FeatureError``, `FileError` or `TensorFileError`.
  public init(_ specification: String) throws {
    if specification.lowercased().hasSuffix(".csv") {
      path = specification
      contents = try Self.table(specification)
    } else {
      let (file, name) = FeaturePath.split(specification)
      path = file
      contents = .array(try Self.array(file, name).map { SampleLabels.Entry(name: String($0)) })
    }
  }

  // MARK: Reading

  private static func array(_ path: String, _ name: String?) throws -> [Int] {
    let tensors = try TensorFile.open(path).tensors.filter { name == nil || $0.name == name }
    func shown(_ tensor: Tensor) -> String { "\(tensor.name) \(tensor.elementType) \(tensor.shape)" }
    let lists = tensors.filter { $0.shape.count == 1 }
    guard let tensor = lists.first, lists.count == 1 else {
      throw FeatureError(
        .badLabels, path: path,
        "expected one array [samples] of whole numbers, found \(tensors.isEmpty ? "nothing" : tensors.prefix(8).map(shown).joined(separator: ", "))"
          + (lists.count > 1 ? "; pick one with FILE#NAME" : ""))
    }
    guard !tensor.elementType.isFloatingPoint else {
      throw FeatureError(
        .badLabels, path: path, "\(shown(tensor)) are no whole numbers, as labels are; save them as integers")
    }
    let labels = try tensor.integers()
    if let row = labels.firstIndex(where: { $0 < 0 }) {
      throw FeatureError(
        .badLabels, path: path, "row \(row) is \(labels[row]); classes have numbers from 0")
    }
    return labels
  }

  private static func table(_ path: String) throws -> Contents {
    var reader = CSVReader(try WholeFile.read(path), file: path)
    let expected = "a column label, and path or index"
    let columns = try reader.header(expected: expected)
    guard let label = columns.firstIndex(of: "label"),
      let key = columns.firstIndex(of: "path") ?? columns.firstIndex(of: "name")
        ?? columns.firstIndex(of: "index")
    else {
      throw reader.wrongHeader(columns, expected: expected)
    }
    // An archive's own list of samples has a column path even where they have no names.
    let index = columns.firstIndex(of: "index")
    let split = columns.firstIndex(of: "split")
    var byPath: [String: SampleLabels.Entry?] = [:]
    var byRow: [Int: SampleLabels.Entry?] = [:]
    while let record = try reader.row(of: columns.count) {
      let entry = try entry(label: record[label], split: split.map { record[$0] }, reader)
      var field = record[key]
      if field.text.isEmpty, let index { field = record[index] }
      if columns[key] == "index" || record[key].text.isEmpty {
        guard let row = Int(field.text), row >= 0 else {
          throw reader.error(
            .badValue, at: field.offset, field: "index", found: field.text.isEmpty ? "nothing" : field.text,
            expected: "a whole number from 0")
        }
        guard byRow.updateValue(entry, forKey: row) == nil else {
          throw reader.error(
            .badValue, at: field.offset, field: "index", found: "\(row) a second time",
            expected: "every row once")
        }
      } else if byPath.updateValue(entry, forKey: field.text) != nil {
        throw reader.error(
          .badValue, at: field.offset, field: columns[key], found: "\(field.text) a second time",
          expected: "every sample once")
      }
    }
    guard byPath.isEmpty || byRow.isEmpty else {
      throw FeatureError(.badLabels, path: path, "some of its lines have a path and others none")
    }
    return byRow.isEmpty
      ? .byPath(byPath, hasSplits: split != nil) : .byRow(byRow, hasSplits: split != nil)
  }

  /// Nil for a sample whose split is empty: it is left out.
  private static func entry(label: CSVField, split: CSVField?, _ reader: CSVReader) throws(TableError)
    -> SampleLabels.Entry?
  {
    if let split, split.text.isEmpty { return nil }
    guard !label.text.isEmpty else {
      throw reader.error(
        .badValue, at: label.offset, field: "label", found: "nothing",
        expected: split == nil ? "a class" : "a class, or an empty split for a sample that is left out")
    }
    guard let split else { return SampleLabels.Entry(name: label.text) }
    guard let known = SampleLabels.Split(word: split.text) else {
      throw reader.error(
        .badValue, at: split.offset, field: "split", found: split.text,
        expected: "train, val or nothing")
    }
    return SampleLabels.Entry(name: label.text, split: known)
  }

  // MARK: Whose labels they are

  /// The labels of a model's samples.
  ///
  /// Paths that differ from the samples' names only in folders above are the same samples. The file may list more samples
  /// by path than there are.
  ///
  /// - Throws: ``FeatureError`` where a sample has none, or the file is about other samples.
  public func labels(of source: any FeatureSource) throws -> SampleLabels {
    let count = source.sampleCount
    switch contents {
    case .array(let entries):
      guard entries.count == count else {
        throw FeatureError(
          .badLabels, path: path,
          "it has \(entries.count) labels, but there are \(count) samples in \(source.path)")
      }
      return SampleLabels(entries, hasSplits: false)
    case .byRow(let entries, let hasSplits):
      if let row = entries.keys.max(), row >= count {
        throw FeatureError(
          .badLabels, path: path,
          "it has a label for row \(row), but there are \(count) samples in \(source.path) (rows count from 0)"
        )
      }
      return SampleLabels(
        try (0..<count).map { row in
          guard let entry = entries[row] else { throw missing("row \(row)", of: source) }
          return entry
        }, hasSplits: hasSplits)
    case .byPath(let entries, let hasSplits):
      guard let names = source.samples?.names else {
        throw FeatureError(
          .badLabels, path: path,
          "it names samples by path, but the samples of \(source.path) have no names; use a column index, or put a "
            + "samples.csv with a column path beside the features")
      }
      let found = try Self.matching(entries, names) ?? { throw unrelated(names, entries, source) }()
      return SampleLabels(
        try names.enumerated().map { row, name in
          guard let entry = found[row] else { throw missing("row \(row), \(name),", of: source) }
          return entry
        }, hasSplits: hasSplits)
    }
  }

  /// The entries of the names, tried as they are, then without the folders that all paths share; nil where none fits.
  private static func matching(
    _ entries: [String: SampleLabels.Entry?], _ names: [String]
  ) -> [SampleLabels.Entry??]? {
    func isFitting(_ entries: [String: SampleLabels.Entry?], _ names: [String]) -> Bool {
      names.contains { entries[$0] != nil }
    }
    if isFitting(entries, names) { return names.map { entries[$0] } }
    let keys = Array(entries.keys)
    let bare = Dictionary(
      zip(withoutSharedFolders(keys), keys.map { entries[$0]! }), uniquingKeysWith: { first, _ in first })
    let bareNames = withoutSharedFolders(names)
    if isFitting(bare, names) { return names.map { bare[$0] } }
    if isFitting(entries, bareNames) { return bareNames.map { entries[$0] } }
    return isFitting(bare, bareNames) ? bareNames.map { bare[$0] } : nil
  }

  private static func withoutSharedFolders(_ paths: [String]) -> [String] {
    let parts = paths.map { $0.split(separator: "/").map(String.init) }
    let shared = SampleLabels.sharedFolders(parts.map { Array($0.dropLast()) })
    return parts.map { $0.dropFirst(shared).joined(separator: "/") }
  }

  private func missing(_ sample: String, of source: any FeatureSource) -> FeatureError {
    FeatureError(
      .badLabels, path: path,
      "\(sample) of \(source.path) has no label in it; samples to leave out need a line with an empty split")
  }

  private func unrelated(
    _ names: [String], _ entries: [String: SampleLabels.Entry?], _ source: any FeatureSource
  ) -> FeatureError {
    FeatureError(
      .badLabels, path: path,
      "none of its samples is one of \(source.path): it has \(entries.keys.min() ?? "none"), there is "
        + "\(names.first ?? "none")")
  }
}
