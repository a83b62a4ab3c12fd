import LinearAlgebra

/// Products in Double of rows that are made block by block, on several threads.
///
/// A tile of the result belongs to one piece of the parallel loop, which goes over the samples in fixed blocks: the bits
/// do not depend on the number of threads, and working memory is three tiles a thread.
package enum BlockProducts {
  private static let tileSize = 384
  private static let sampleBlock = 512

  /// xᵀ y, D1 x D2, for x and y with as many rows.
  ///
  /// - Complexity: 2 N D1 D2 operations in Double.
  static func transposed(_ x: some DoubleRowSource, _ y: some DoubleRowSource, threads: Threads) throws
    -> DoubleMatrix
  {
    precondition(x.rows == y.rows, "products of \(x.rows) and \(y.rows) samples")
    let (left, right) = (Tiling(x.columns, by: tileSize), Tiling(y.columns, by: tileSize))
    let tiles = (0..<left.tiles).flatMap { i in (0..<right.tiles).map { (i, $0) } }
    let blocks = Tiling(x.rows, by: sampleBlock)
    let workspaces = (0..<threads.count).map { _ in Panels(sampleBlock) }
    var result = DoubleMatrix(rows: x.columns, columns: y.columns)
    try result.withUncheckedPointer { target in
      try parallelLoop(tiles.count, threads: threads) { index, worker in
        let (rows, columns) = (left[tiles[index].0], right[tiles[index].1])
        let panels = workspaces[worker]
        let tile = target.pointer + rows.lowerBound * y.columns + columns.lowerBound
        for block in 0..<blocks.tiles {
          let samples = blocks[block]
          x.fill(panels.left.base, rows: samples, columns: rows)
          y.fill(panels.right.base, rows: samples, columns: columns)
          BLAS.addTransposedMultiply(
            m: rows.count, n: columns.count, k: samples.count, panels.left.base, rows.count,
            panels.right.base, columns.count, into: tile, y.columns)
        }
      }
    }
    return result
  }

  /// xᵀ x, D x D and symmetric.
  ///
  /// - Complexity: N D² operations in Double.
  package static func moment(_ x: some DoubleRowSource, threads: Threads) throws -> DoubleMatrix {
    let tiling = Tiling(x.columns, by: tileSize)
    let tiles = (0..<tiling.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let blocks = Tiling(x.rows, by: sampleBlock)
    let workspaces = (0..<threads.count).map { _ in Panels(sampleBlock) }
    var result = DoubleMatrix(rows: x.columns, columns: x.columns)
    try result.withUncheckedPointer { target in
      try parallelLoop(tiles.count, threads: threads) { index, worker in
        let (i, j) = tiles[index]
        let (rows, columns) = (tiling[i], tiling[j])
        let panels = workspaces[worker]
        let tile = target.pointer + rows.lowerBound * x.columns + columns.lowerBound
        for block in 0..<blocks.tiles {
          let samples = blocks[block]
          x.fill(panels.left.base, rows: samples, columns: rows)
          if i == j {
            BLAS.addMomentLowerTriangle(
              n: rows.count, k: samples.count, panels.left.base, rows.count, into: tile, x.columns)
          } else {
            x.fill(panels.right.base, rows: samples, columns: columns)
            BLAS.addTransposedMultiply(
              m: rows.count, n: columns.count, k: samples.count, panels.left.base, rows.count,
              panels.right.base, columns.count, into: tile, x.columns)
          }
        }
      }
    }
    result.mirrorLowerTriangle()
    return result
  }

  /// The tiles on and below the diagonal of x xᵀ, the rows' inner products, one after another.
  ///
  /// - Parameter body: Receives a tile's rows and columns, its elements (row-major, in a tile on the diagonal those
  ///   below the diagonal and on it alone), its number, and the number of the worker.
  /// - Complexity: N² D operations in Double.
  static func forEachGramTile(
    _ x: some DoubleRowSource, size: Int = tileSize, threads: Threads,
    _ body: (GramTile, _ worker: Int) throws -> Void
  ) throws {
    let tiling = Tiling(x.rows, by: size)
    let places = (0..<tiling.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let workspaces = (0..<threads.count).map { _ in GramPanels(size, x.columns) }
    try parallelLoop(places.count, threads: threads) { index, worker in
      let (i, j) = places[index]
      let (rows, columns) = (tiling[i], tiling[j])
      let panels = workspaces[worker]
      x.fill(panels.left.base, rows: rows, columns: 0..<x.columns)
      if i == j {
        BLAS.gramLowerTriangle(
          n: rows.count, k: x.columns, panels.left.base, x.columns, into: panels.tile.base, rows.count)
      } else {
        x.fill(panels.right.base, rows: columns, columns: 0..<x.columns)
        BLAS.multiplyTransposed(
          m: rows.count, n: columns.count, k: x.columns, panels.left.base, x.columns, panels.right.base,
          x.columns, into: panels.tile.base, columns.count)
      }
      try body(
        GramTile(index: index, block: (i, j), rows: rows, columns: columns, values: panels.tile.base), worker)
    }
  }

  /// x xᵀ, N x N and symmetric: for few rows only.
  static func gram(_ x: some DoubleRowSource, threads: Threads) throws -> DoubleMatrix {
    var result = DoubleMatrix(rows: x.rows, columns: x.rows)
    try result.withUncheckedPointer { target in
      try forEachGramTile(x, threads: threads) { tile, _ in
        for (place, row) in tile.rows.enumerated() {
          (target.pointer + row * x.rows + tile.columns.lowerBound).update(
            from: tile.values + place * tile.columns.count, count: tile.columns(of: row))
        }
      }
    }
    result.mirrorLowerTriangle()
    return result
  }

  /// x m, N x r, for x of N x D and m of D x r.
  ///
  /// - Complexity: 2 N D r operations in Double; the result is held.
  static func multiply(_ x: some DoubleRowSource, _ m: DoubleMatrix, threads: Threads) throws -> DoubleMatrix
  {
    precondition(x.columns == m.rows, "a product of \(x.rows) x \(x.columns) and \(m.rows) x \(m.columns)")
    var result = DoubleMatrix(rows: x.rows, columns: m.columns)
    guard m.columns > 0 else { return result }
    let blocks = Tiling(x.rows, by: 256)
    let workspaces = (0..<threads.count).map { _ in Workspace<Double>(256 * x.columns) }
    try result.withUncheckedPointer { target in
      try m.elements.withUnsafeBufferPointer { factor in
        let factor = factor.baseAddress!
        try parallelLoop(blocks.tiles, threads: threads) { block, worker in
          let rows = blocks[block]
          let panel = workspaces[worker].base
          x.fill(panel, rows: rows, columns: 0..<x.columns)
          BLAS.multiply(
            m: rows.count, n: m.columns, k: x.columns, panel, x.columns, transposed: false, factor, m.columns,
            transposed: false, into: target.pointer + rows.lowerBound * m.columns, m.columns)
        }
      }
    }
    return result
  }

  /// Blocks of the two factors, samples by tile.
  private final class Panels {
    let left: Workspace<Double>
    let right: Workspace<Double>

    init(_ samples: Int) {
      left = Workspace(samples * tileSize)
      right = Workspace(samples * tileSize)
    }
  }

  private final class GramPanels {
    let left: Workspace<Double>
    let right: Workspace<Double>
    let tile: Workspace<Double>

    init(_ size: Int, _ dimensions: Int) {
      left = Workspace(size * dimensions)
      right = Workspace(size * dimensions)
      tile = Workspace(size * size)
    }
  }
}

/// One tile of a Gram matrix, on the diagonal or below.
struct GramTile {
  /// Its place among all tiles.
  let index: Int
  /// The numbers of its block of rows and of columns; the latter is not greater.
  let block: (row: Int, column: Int)
  let rows: Range<Int>
  let columns: Range<Int>
  /// `rows.count * columns.count` values, row-major.
  let values: UnsafeMutablePointer<Double>

  /// How many values of a row are meant: all, or in a tile on the diagonal those up to the diagonal.
  func columns(of row: Int) -> Int {
    block.row == block.column ? row - rows.lowerBound + 1 : columns.count
  }

  /// How many values of a row are of pairs of different samples.
  func pairs(of row: Int) -> Int {
    block.row == block.column ? row - rows.lowerBound : columns.count
  }
}

extension DoubleMatrix {
  mutating func withUncheckedPointer(_ body: (UncheckedPointer<Double>) throws -> Void) rethrows {
    try elements.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      try body(UncheckedPointer(base))
    }
  }

  /// Copies what is below the diagonal to above it.
  mutating func mirrorLowerTriangle() {
    elements.withUnsafeMutableBufferPointer { x in
      for row in 0..<rows {
        for column in 0..<row { x[column * columns + row] = x[row * columns + column] }
      }
    }
  }

  /// The sum of the squares of all elements.
  var squaredFrobenius: Double { elements.reduce(0) { $0 + $1 * $1 } }

  /// Some of the rows.
  func rows(_ range: Range<Int>) -> DoubleMatrix {
    DoubleMatrix(
      rows: range.count, columns: columns,
      elements: Array(elements[range.lowerBound * columns..<range.upperBound * columns]))
  }
}

extension BlockProducts {
  /// All rows as they are computed: for few rows only.
  static func rowBlock(of x: some DoubleRowSource) -> DoubleMatrix {
    var result = DoubleMatrix(rows: x.rows, columns: x.columns)
    result.elements.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      x.fill(base, rows: 0..<x.rows, columns: 0..<x.columns)
    }
    return result
  }
}
