import CKernels
import LinearAlgebra

/// What linear CKA needs of one representation: the centred rows and their second moments.
///
/// Rows are normalised, the mean row is taken off in Double, and the difference is rounded once. Both estimators are
/// unchanged by that shift, and features with a large mean lose no digits to it.
public struct Moments: Sendable {
  /// N samples by D dimensions, mean 0 in every dimension.
  let centred: Matrix
  /// Of every centred row, the inner product with itself: the diagonal of the centred Gram matrix.
  let squaredNorms: [Double]
  /// The squared Frobenius norm of centredᵀ centred.
  let squaredFrobenius: Double

  /// - Complexity: O(N D² / 2) products in Float32, sums over samples in Double; O(N D) memory.
  public init(of representation: Representation, threads: Threads = .all) throws {
    let (samples, dimensions) = (representation.samples, representation.dimensions)
    let mean = try representation.columnSums(threads: threads).map { $0 / Double(samples) }
    centred = try Matrix(rows: samples, columns: dimensions) { out in
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
    squaredNorms = try centred.squaredRowNorms(threads: threads)
    squaredFrobenius = try Moments.squaredFrobenius(centred, centred, threads: threads)
  }

  private init(centred: Matrix, squaredNorms: [Double], squaredFrobenius: Double) {
    self.centred = centred
    self.squaredNorms = squaredNorms
    self.squaredFrobenius = squaredFrobenius
  }

  /// The same samples in another order.
  ///
  /// - Parameter rows: Every sample once: the mean and the second moments are those of all.
  func gathering(rows: [Int]) -> Moments {
    precondition(rows.count == centred.rows, "moments of \(rows.count) of \(centred.rows) samples")
    return Moments(
      centred: centred.gathering(rows: rows), squaredNorms: rows.map { squaredNorms[$0] },
      squaredFrobenius: squaredFrobenius)
  }

  /// The squared Frobenius norm of xᵀ y, for the centred rows x and y of two representations.
  func squaredFrobenius(with other: Moments, threads: Threads) throws -> Double {
    try Moments.squaredFrobenius(centred, other.centred, threads: threads)
  }

  // The D x D product is never held as a whole: a tile is summed over all samples, squared, and forgotten.
  private static func squaredFrobenius(_ x: Matrix, _ y: Matrix, threads: Threads) throws -> Double {
    precondition(x.rows == y.rows, "moments of \(x.rows) and \(y.rows) samples")
    let (xTiles, yTiles) = (Tiling(x.columns, by: 384), Tiling(y.columns, by: 384))
    let sampleBlocks = Tiling(x.rows, by: 2048)
    return try x.withUnsafeBufferPointer { xElements in
      try y.withUnsafeBufferPointer { yElements in
        let (xBase, yBase) = (xElements.baseAddress!, yElements.baseAddress!)
        let isSymmetric = xBase == yBase && x.columns == y.columns
        let tiles = (0..<xTiles.tiles).flatMap { i in
          (0..<(isSymmetric ? i + 1 : yTiles.tiles)).map { (i, $0) }
        }
        let workspaces = (0..<threads.count).map { _ in
          (product: Workspace<Float>(384 * 384), sum: Workspace<Double>(384 * 384))
        }
        let squares = Workspace<Double>(tiles.count)
        let result = UncheckedPointer(squares.base)
        let (xStart, yStart) = (
          UncheckedPointer(UnsafeMutablePointer(mutating: xBase)),
          UncheckedPointer(UnsafeMutablePointer(mutating: yBase))
        )
        try parallelLoop(tiles.count, threads: threads) { index, worker in
          let (i, j) = tiles[index]
          let (left, right) = (xTiles[i], yTiles[j])
          let (product, sum) = workspaces[worker]
          let count = left.count * right.count
          sum.base.initialize(repeating: 0, count: count)
          for block in 0..<sampleBlocks.tiles {
            let range = sampleBlocks[block]
            BLAS.transposedMultiply(
              m: left.count, n: right.count, k: range.count,
              xStart.pointer + range.lowerBound * x.columns + left.lowerBound, x.columns,
              yStart.pointer + range.lowerBound * y.columns + right.lowerBound, y.columns,
              into: product.base, right.count)
            repscope_accumulate(product.base, sum.base, count)
          }
          let square = repscope_sum_of_squares(sum.base, count)
          // Of a symmetric product only the tiles on and below the diagonal are computed.
          result.pointer[index] = isSymmetric && i != j ? 2 * square : square
        }
        return (0..<tiles.count).reduce(0) { $0 + squares.base[$1] }
      }
    }
  }
}
