import CKernels
import LinearAlgebra

/// Products of the centred features with themselves: Float32 within a block of samples, Double over blocks.
enum CrossMoments {
  /// The side of a tile of the D x D product.
  private static let tileSize = 384
  /// Samples of one product.
  private static let blockSize = 2048

  /// XᵀX of all rows, or of every so-manyth block, scaled up to all.
  static func estimate(_ rows: CentredRows, most: Int, threads: Threads) throws -> DoubleMatrix {
    guard rows.count > most else { return try exact(rows, Array(0..<rows.count), threads: threads) }
    // Evenly spread, since files are often sorted by class.
    let chosen = (0..<most).map { $0 * rows.count / most }
    var moments = try exact(rows, chosen, threads: threads)
    let scale = Double(rows.count) / Double(most)
    for index in moments.elements.indices { moments.elements[index] *= scale }
    return moments
  }

  /// XᵀX over all rows.
  ///
  /// - Complexity: N D² products, half of them saved by symmetry; O(D²) memory beside a block of rows.
  static func all(_ rows: CentredRows, threads: Threads) throws -> DoubleMatrix {
    try exact(rows, nil, threads: threads)
  }

  private static func exact(_ rows: CentredRows, _ chosen: [Int]?, threads: Threads) throws -> DoubleMatrix {
    let dimensions = rows.dimensions
    let count = chosen?.count ?? rows.count
    let tiles = Tiling(dimensions, by: tileSize)
    let pairs = (0..<tiles.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let blocks = Tiling(count, by: blockSize)
    let buffer = Workspace<Float>(blockSize * dimensions)
    let products = (0..<threads.count).map { _ in Workspace<Float>(tileSize * tileSize) }
    var moments = DoubleMatrix(rows: dimensions, columns: dimensions)
    for block in 0..<blocks.tiles {
      let range = blocks[block]
      let base: UnsafePointer<Float>
      if let chosen {
        let target = UncheckedPointer(buffer.base)
        let parts = Tiling(range.count, by: 64)
        try parallelLoop(parts.tiles, threads: threads) { part, _ in
          let places = parts[part]
          let first = range.lowerBound + places.lowerBound
          try rows.gather(
            chosen[first..<first + places.count], into: target.pointer + places.lowerBound * dimensions)
        }
        base = UnsafePointer(buffer.base)
      } else {
        base = try rows.block(range, buffer.base)
      }
      let source = UncheckedPointer(UnsafeMutablePointer(mutating: base))
      try moments.elements.withUnsafeMutableBufferPointer { elements in
        let target = UncheckedPointer(elements.baseAddress!)
        try parallelLoop(pairs.count, threads: threads) { index, worker in
          let (left, right) = (tiles[pairs[index].0], tiles[pairs[index].1])
          BLAS.transposedMultiply(
            m: left.count, n: right.count, k: range.count, source.pointer + left.lowerBound, dimensions,
            source.pointer + right.lowerBound, dimensions, into: products[worker].base, right.count)
          repscope_accumulate_rows(
            products[worker].base, left.count, right.count,
            target.pointer + left.lowerBound * dimensions + right.lowerBound, dimensions)
        }
      }
    }
    for row in 0..<dimensions {
      for column in 0..<row { moments[column, row] = moments[row, column] }
    }
    return moments
  }
}
