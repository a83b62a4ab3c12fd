import CKernels
import LinearAlgebra

/// Products of the centred features with themselves, summed over samples.
enum CrossMoments {
  /// The side of a tile of the D x D product.
  private static let tileSize = 384
  /// Samples of one product.
  private static let blockSize = 2048

  /// XᵀX of all rows or of some of them, scaled up to all: Float32 within a block of samples, Double over blocks.
  static func estimate(_ rows: TrainingRows, most: Int, threads: Threads) throws -> DoubleMatrix {
    guard rows.count > most else { return try sum(rows, Array(0..<rows.count), threads: threads) }
    // At random, since files are often sorted by class, or cycle through the classes.
    let chosen = CounterRandom(seed: 0).permutation(of: rows.count).prefix(most).sorted()
    var moments = try sum(rows, chosen, threads: threads)
    let scale = Double(rows.count) / Double(most)
    for index in moments.elements.indices { moments.elements[index] *= scale }
    return moments
  }

  /// XᵀX over all rows, all of it in Double.
  ///
  /// - Complexity: N D² products, half of them saved by symmetry; O(D²) memory beside a block of rows.
  static func all(_ rows: TrainingRows, threads: Threads) throws -> DoubleMatrix {
    let dimensions = rows.dimensions
    let tiles = Tiling(dimensions, by: tileSize)
    let pairs = (0..<tiles.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let blocks = rows.blocks
    let buffer = Workspace<Float>(rows.isResident ? 0 : blocks.size * dimensions)
    let wide = Workspace<Double>(blocks.size * dimensions)
    let products = (0..<threads.count).map { _ in Workspace<Double>(tileSize * tileSize) }
    var moments = DoubleMatrix(rows: dimensions, columns: dimensions)
    for block in 0..<blocks.tiles {
      let range = blocks[block]
      let x = try rows.block(range, buffer.base)
      repscope_widen(x, 1, wide.base, range.count * dimensions)
      let source = UncheckedPointer(wide.base)
      try moments.elements.withUnsafeMutableBufferPointer { elements in
        let target = UncheckedPointer(elements.baseAddress!)
        try parallelLoop(pairs.count, threads: threads) { index, worker in
          let (left, right) = (tiles[pairs[index].0], tiles[pairs[index].1])
          let product = products[worker].base
          BLAS.multiply(
            m: left.count, n: right.count, k: range.count, source.pointer + left.lowerBound, dimensions,
            transposed: true, source.pointer + right.lowerBound, dimensions, transposed: false, into: product,
            right.count)
          for row in 0..<left.count {
            repscope_double_add(
              product + row * right.count, 1,
              target.pointer + (left.lowerBound + row) * dimensions + right.lowerBound, right.count)
          }
        }
      }
    }
    mirror(&moments)
    return moments
  }

  /// Fills what is above the diagonal.
  private static func mirror(_ moments: inout DoubleMatrix) {
    for row in 0..<moments.rows {
      for column in 0..<row { moments[column, row] = moments[row, column] }
    }
  }

  private static func sum(_ rows: TrainingRows, _ chosen: [Int], threads: Threads) throws -> DoubleMatrix {
    let dimensions = rows.dimensions
    let count = chosen.count
    let tiles = Tiling(dimensions, by: tileSize)
    let pairs = (0..<tiles.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let blocks = Tiling(count, by: blockSize)
    let buffer = Workspace<Float>(blockSize * dimensions)
    let products = (0..<threads.count).map { _ in Workspace<Float>(tileSize * tileSize) }
    var moments = DoubleMatrix(rows: dimensions, columns: dimensions)
    for block in 0..<blocks.tiles {
      let range = blocks[block]
      let source = UncheckedPointer(buffer.base)
      let parts = Tiling(range.count, by: 64)
      try parallelLoop(parts.tiles, threads: threads) { part, _ in
        let places = parts[part]
        let first = range.lowerBound + places.lowerBound
        try rows.gather(
          chosen[first..<first + places.count], into: source.pointer + places.lowerBound * dimensions)
      }
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
    mirror(&moments)
    return moments
  }
}
