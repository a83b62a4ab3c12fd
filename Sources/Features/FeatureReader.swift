import LinearAlgebra

/// A representation that is read in parts, so that one larger than memory can be used.
public struct FeatureReader: Sendable {
  /// Writes some rows, row-major, to a place of as many numbers. May be called from several threads at once.
  public typealias Copy =
    @Sendable (_ rows: Range<Int>, _ target: UnsafeMutableBufferPointer<Float>) throws -> Void

  /// The number of samples.
  public let rows: Int
  /// The numbers of one sample; all of its tokens' where they are kept.
  public let columns: Int
  /// Copies rows of ``rows``, each of ``columns`` numbers.
  public let copy: Copy

  /// A reader of so many rows and columns, by a function that copies some of them.
  public init(rows: Int, columns: Int, copy: @escaping Copy) {
    self.rows = rows
    self.columns = columns
    self.copy = copy
  }

  /// A reader of a matrix in memory.
  public init(_ matrix: Matrix) {
    self.init(rows: matrix.rows, columns: matrix.columns) { rows, target in
      matrix.withUnsafeBufferPointer { elements in
        _ = target.update(
          from: elements[rows.lowerBound * matrix.columns..<rows.upperBound * matrix.columns])
      }
    }
  }
}

extension FeatureSource {
  public func reader(_ key: FeatureKey) throws -> FeatureReader {
    FeatureReader(try features(key))
  }
}
