import CKernels
import LinearAlgebra

/// What linear CKA needs of one representation: the centred rows and their second moments.
///
/// Both estimators are unchanged when the mean is taken off.
public struct Moments: Sendable {
  let centred: CentredRows
  /// The squared Frobenius norm of centredᵀ centred, which is that of the centred Gram matrix.
  let squaredFrobenius: Double

  /// - Complexity: O(N D² / 2) products in Float32, sums over samples in Double; O(N D) memory.
  public init(of representation: Representation, threads: Threads = .all) throws {
    let centred = try CentredRows(representation, threads: threads)
    self.init(
      centred,
      squaredFrobenius: try Moments.squaredFrobenius(centred.rows, centred.rows, threads: threads))
  }

  init(_ centred: CentredRows, squaredFrobenius: Double) {
    self.centred = centred
    self.squaredFrobenius = squaredFrobenius
  }

  /// The same samples in another order.
  ///
  /// - Parameter rows: Every sample once.
  func gathering(rows: [Int]) -> Moments {
    Moments(centred.gathering(rows: rows), squaredFrobenius: squaredFrobenius)
  }

  /// The squared Frobenius norm of xᵀ y, for the centred rows x and y of two representations.
  func squaredFrobenius(with other: Moments, threads: Threads) throws -> Double {
    try Moments.squaredFrobenius(centred.rows, other.centred.rows, threads: threads)
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
