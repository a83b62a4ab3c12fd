import CKernels
import LinearAlgebra

/// The normalised rows of a representation, less their mean.
///
/// The mean is taken off in Double, and the difference is rounded once: features with a large mean lose no digits to it.
struct CentredRows: Sendable {
  /// N samples by D dimensions, mean 0 in every dimension.
  let rows: Matrix
  /// Of every row, the inner product with itself: the diagonal of the centred Gram matrix.
  let squaredNorms: [Double]
  /// What was taken off.
  let mean: [Double]

  /// - Complexity: O(N D).
  init(_ representation: Representation, threads: Threads) throws {
    let (samples, dimensions) = (representation.samples, representation.dimensions)
    let mean = try representation.mean(threads: threads)
    rows = try Matrix(rows: samples, columns: dimensions) { out in
      let target = UncheckedPointer(out.baseAddress!)
      try representation.features.withUnsafeBufferPointer { x in
        let source = UncheckedPointer(UnsafeMutablePointer(mutating: x.baseAddress!))
        try parallelLoop(samples, threads: threads) { row, _ in
          repscope_scale_shift(
            source.pointer + row * dimensions, representation.factor(row), mean,
            target.pointer + row * dimensions, dimensions)
        }
      }
    }
    squaredNorms = try rows.squaredRowNorms(threads: threads)
    self.mean = mean
  }

  private init(rows: Matrix, squaredNorms: [Double], mean: [Double]) {
    self.rows = rows
    self.squaredNorms = squaredNorms
    self.mean = mean
  }

  /// The same samples in another order.
  ///
  /// - Parameter order: Every sample once: the mean is that of all.
  func gathering(rows order: [Int]) -> CentredRows {
    precondition(order.count == rows.rows, "centred rows of \(order.count) of \(rows.rows) samples")
    return CentredRows(
      rows: rows.gathering(rows: order), squaredNorms: order.map { squaredNorms[$0] }, mean: mean)
  }
}
