import LinearAlgebra

/// Rows of features that are read where they are needed: a matrix, or a file that may be larger than memory.
public struct FeatureRows: Sendable {
  /// Writes some neighboring rows, row-major, to the place given. Called from several threads at once.
  public typealias Reader =
    @Sendable (_ rows: Range<Int>, _ target: UnsafeMutableBufferPointer<Float>) throws ->
    Void

  /// The number of rows.
  public let count: Int
  public let dimensions: Int
  /// Where the rows come from, for messages; empty where the caller says it.
  let name: String
  private let read: Reader
  /// Which rows of the source these are; nil for all in their order.
  private let positions: [Int]?

  /// Rows behind a reader.
  ///
  /// - Parameters:
  ///   - count: How many rows there are.
  ///   - dimensions: Numbers in a row.
  ///   - name: Where they come from, for messages about single rows.
  ///   - reader: Writes the rows that it is asked for.
  public init(count: Int, dimensions: Int, name: String = "", reader: @escaping Reader) {
    self.count = count
    self.name = name
    self.dimensions = dimensions
    read = reader
    positions = nil
  }

  /// The rows of a matrix.
  public init(_ matrix: Matrix) {
    self.init(count: matrix.rows, dimensions: matrix.columns) { rows, target in
      matrix.withUnsafeBufferPointer { elements in
        let part = elements[rows.lowerBound * matrix.columns..<rows.upperBound * matrix.columns]
        _ = target.update(from: part)
      }
    }
  }

  private init(_ rows: FeatureRows, positions: [Int]) {
    count = positions.count
    dimensions = rows.dimensions
    read = rows.read
    name = rows.name
    self.positions = positions
  }

  /// The given rows, in the given order.
  ///
  /// - Precondition: every position is that of a row.
  public func selecting(_ rows: [Int]) -> FeatureRows {
    precondition(rows.allSatisfy { $0 >= 0 && $0 < count }, "a row beyond the \(count) there are")
    return FeatureRows(self, positions: rows.map(origin))
  }

  /// The number that a row has in the source, for messages.
  func origin(_ row: Int) -> Int { positions?[row] ?? row }

  /// Copies neighboring rows.
  func copy(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) throws {
    guard positions != nil else {
      try read(range, UnsafeMutableBufferPointer(start: target, count: range.count * dimensions))
      return
    }
    try copy(range.count, into: target) { origin(range.lowerBound + $0) }
  }

  /// Copies rows in any order.
  func copy(_ rows: ArraySlice<Int>, into target: UnsafeMutablePointer<Float>) throws {
    let first = rows.startIndex
    try copy(rows.count, into: target) { origin(rows[first + $0]) }
  }

  /// Copies rows of the source; runs of neighbors are read at once.
  private func copy(_ count: Int, into target: UnsafeMutablePointer<Float>, _ source: (Int) -> Int) throws {
    var place = 0
    while place < count {
      let start = source(place)
      var length = 1
      while place + length < count, source(place + length) == start + length { length += 1 }
      try read(
        start..<start + length,
        UnsafeMutableBufferPointer(start: target + place * dimensions, count: length * dimensions))
      place += length
    }
  }
}
