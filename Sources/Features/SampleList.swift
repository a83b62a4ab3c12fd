import Files

/// The names of the samples, in row order: what tells whether two sides speak of the same images.
public struct SampleList: Sendable, Hashable {
  public let names: [String]

  public init(_ names: [String]) {
    self.names = names
  }

  /// Reads a `samples.csv`: a header with a column `path` (or `name`), one row a sample. A column `index`
  /// says which row of the features each line is about, from 0; without it the lines are in their order.
  ///
  /// - Throws: `TableError` with line and column, `FileError` where the file cannot be read.
  public init(csv path: String) throws {
    var reader = CSVReader(try WholeFile.read(path), file: path)
    let columns = try reader.header(expected: "a header with a column path")
    guard let nameColumn = columns.firstIndex(of: "path") ?? columns.firstIndex(of: "name") else {
      throw reader.wrongHeader(columns, expected: "a column path")
    }
    let indexColumn = columns.firstIndex(of: "index")
    var names: [String] = []
    var indices: [CSVField] = []
    while let record = try reader.row(of: columns.count) {
      if let indexColumn { indices.append(record[indexColumn]) }
      names.append(record[nameColumn].text)
    }
    self.names = indexColumn == nil ? names : try Self.ordered(names, by: indices, reader)
  }

  /// The names in the order of their indices, which must be all numbers from 0.
  private static func ordered(_ names: [String], by indices: [CSVField], _ reader: CSVReader)
    throws(TableError)
    -> [String]
  {
    var ordered = [String?](repeating: nil, count: names.count)
    for (name, field) in zip(names, indices) {
      guard let index = Int(field.text), ordered.indices.contains(index), ordered[index] == nil else {
        throw reader.error(
          .badValue, at: field.offset, field: "index", found: field.text,
          expected: "every number from 0 to \(names.count - 1) once")
      }
      ordered[index] = name
    }
    return ordered.compactMap(\.self)
  }

  /// Where each of these samples is in another list, for reading the other side in this order.
  ///
  /// - Throws: ``FeatureError`` naming the first sample that is missing there or named twice.
  public func positions(in other: SampleList, path: String) throws -> [Int] {
    var places: [String: Int] = [:]
    places.reserveCapacity(other.names.count)
    for (place, name) in other.names.enumerated() {
      guard places.updateValue(place, forKey: name) == nil else {
        throw FeatureError(
          .samplesDiffer, path: path, "two samples are named \(name); names must tell them apart")
      }
    }
    return try names.enumerated().map { row, name in
      guard let place = places[name] else {
        throw FeatureError(
          .samplesDiffer, path: path, "there is no sample \(name), which is row \(row) of the other side")
      }
      return place
    }
  }

  /// The first row at which two lists differ, nil where they agree.
  public func firstDifference(from other: SampleList) -> Int? {
    if let row = zip(names, other.names).enumerated().first(where: { $1.0 != $1.1 })?.offset { return row }
    return names.count == other.names.count ? nil : min(names.count, other.names.count)
  }
}
