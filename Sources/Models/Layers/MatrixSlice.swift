import CKernels

/// A part of a row-major matrix in working memory: rows that are `stride` elements apart.
struct MatrixSlice {
  let base: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let stride: Int

  init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
  }

  /// Some of the columns, in place.
  func columns(_ range: Range<Int>) -> MatrixSlice {
    MatrixSlice(base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// Some of the rows, in place.
  func rows(_ range: Range<Int>) -> MatrixSlice {
    MatrixSlice(base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// The elements of a slice whose rows follow one another without gaps.
  var elements: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: rows * columns)
  }
}

extension MatrixSlice {
  /// Throws a ``ModelError`` that names the first NaN or infinity of a slice whose rows follow one another without gaps.
  func checkFinite(_ place: String, of path: String) throws {
    let count = rows * columns
    let finite = repscope_finite_prefix(base, count)
    guard finite < count else { return }
    throw ModelError(
      .notFinite, path: path,
      "\(place) produced \(base[finite].isNaN ? "NaN" : "infinity"), first in token \(finite / columns), dimension "
        + "\(finite % columns); look for NaN in its weights, or for an input far beyond the usual range")
  }
}
