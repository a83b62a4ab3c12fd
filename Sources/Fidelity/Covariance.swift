import CKernels
import LinearAlgebra

/// Mean and covariance of the rows of features, all in Double.
///
/// The Frechet distance is a small difference of large traces: Float32 products would leave it four digits or so.
enum Covariance {
  private static let tileSize = 512
  private static let blockSize = 1024

  /// The mean row.
  ///
  /// - Complexity: O(N D); the same bits for any number of threads.
  static func mean(of features: Matrix, threads: Threads) throws -> [Double] {
    let blocks = Tiling(features.rows, by: 512)
    let dimensions = features.columns
    let partial = Workspace<Double>(blocks.tiles * dimensions)
    partial.base.initialize(repeating: 0, count: partial.count)
    let target = UncheckedPointer(partial.base)
    try features.withUnsafeBufferPointer { x in
      try parallelLoop(blocks.tiles, threads: threads) { block, _ in
        for row in blocks[block] {
          repscope_accumulate(
            x.baseAddress! + row * dimensions, target.pointer + block * dimensions, dimensions)
        }
      }
    }
    var sums = [Double](repeating: 0, count: dimensions)
    for block in 0..<blocks.tiles {
      for column in 0..<dimensions { sums[column] += partial.base[block * dimensions + column] }
    }
    return sums.map { $0 / Double(features.rows) }
  }

  /// The rows less their mean, over the root of N - 1: a matrix f with covariance fᵀ f.
  static func centredRows(of features: Matrix, mean: [Double]) -> DoubleMatrix {
    let scale = 1 / Double(features.rows - 1).squareRoot()
    var result = DoubleMatrix(rows: features.rows, columns: features.columns)
    features.withUnsafeBufferPointer { x in
      result.elements.withUnsafeMutableBufferPointer { out in
        for row in 0..<features.rows {
          let start = row * features.columns
          repscope_widen_shift(
            x.baseAddress! + start, 1, 0, mean, out.baseAddress! + start, features.columns)
        }
        for place in out.indices { out[place] *= scale }
      }
    }
    return result
  }

  /// The covariance with the divisor N - 1, as numpy's `cov` has it; only its lower triangle is filled.
  ///
  /// - Complexity: O(N D²) operations in Double, half of them saved by symmetry; memory for the result and a few tiles a
  ///   thread. The same bits for any number of threads.
  static func lowerTriangle(of features: Matrix, mean: [Double], threads: Threads) throws -> DoubleMatrix {
    let (samples, dimensions) = (features.rows, features.columns)
    let tiling = Tiling(dimensions, by: tileSize)
    let blocks = Tiling(samples, by: blockSize)
    let tiles = (0..<tiling.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let workspaces = (0..<threads.count).map { _ in
      (left: Workspace<Double>(blockSize * tileSize), right: Workspace<Double>(blockSize * tileSize))
    }
    var result = DoubleMatrix(rows: dimensions, columns: dimensions)
    try features.withUnsafeBufferPointer { x in
      try mean.withUnsafeBufferPointer { mean in
        try result.elements.withUnsafeMutableBufferPointer { out in
          let (source, center) = (x.baseAddress!, mean.baseAddress!)
          let target = UncheckedPointer(out.baseAddress!)
          try parallelLoop(tiles.count, threads: threads) { index, worker in
            let (i, j) = tiles[index]
            let (rows, columns) = (tiling[i], tiling[j])
            let (left, right) = workspaces[worker]
            let tile = target.pointer + rows.lowerBound * dimensions + columns.lowerBound
            func widen(_ block: Range<Int>, _ part: Range<Int>, into out: UnsafeMutablePointer<Double>) {
              for (place, sample) in block.enumerated() {
                repscope_widen_shift(
                  source + sample * dimensions + part.lowerBound, 1, 0, center + part.lowerBound,
                  out + place * part.count, part.count)
              }
            }
            for block in 0..<blocks.tiles {
              let range = blocks[block]
              widen(range, rows, into: left.base)
              if i != j { widen(range, columns, into: right.base) }
              BLAS.addTransposedMultiply(
                m: rows.count, n: columns.count, k: range.count, left.base, rows.count,
                i == j ? left.base : right.base, columns.count, into: tile, dimensions)
            }
          }
          let scale = 1 / Double(samples - 1)
          for place in out.indices { out[place] *= scale }
        }
      }
    }
    return result
  }
}
