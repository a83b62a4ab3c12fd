import RepScope

/// Features for the measurements: random, the same in every run, rows L2-normalised.
enum RandomFeatures {
  /// Independent normal features.
  static func independent(samples: Int, dimensions: Int, seed: UInt64) throws -> Matrix {
    try normalised(normal(samples, dimensions, seed: seed))
  }

  /// y = x W + noise: features that share neighbors with `x`, with entries of x W as large as those of the noise.
  static func related(to x: Matrix, dimensions: Int, seed: UInt64) throws -> Matrix {
    let weights = try normal(dimensions, x.columns, seed: seed &+ 1)
    var y = try normal(x.rows, dimensions, seed: seed)
    let blocks = Tiling(x.rows, by: 512)
    let products = (0..<Threads.all.count).map { _ in Workspace<Float>(blocks.size * dimensions) }
    try x.withUnsafeBufferPointer { source in
      try weights.withUnsafeBufferPointer { factors in
        try y.withUnsafeMutableBufferPointer { target in
          let (source, factors) = (constant(source), constant(factors))
          let target = UncheckedPointer(target.baseAddress!)
          try parallelLoop(blocks.tiles, threads: .all) { block, worker in
            let (range, product) = (blocks[block], products[worker].base)
            BLAS.multiplyTransposed(
              m: range.count, n: dimensions, k: x.columns, source.pointer + range.lowerBound * x.columns,
              x.columns, factors.pointer, x.columns, into: product, dimensions)
            let row = target.pointer + range.lowerBound * dimensions
            for i in 0..<range.count * dimensions { row[i] += product[i] }
          }
        }
      }
    }
    return try normalised(y)
  }

  private static func normal(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix {
    let random = CounterRandom(seed: seed)
    return try Matrix(rows: rows, columns: columns) { elements in
      let target = UncheckedPointer(elements.baseAddress!)
      try parallelLoop(rows, threads: .all) { row, _ in
        // An even number of counters a row keeps Box-Muller pairs together.
        random.fillNormal(
          UnsafeMutableBufferPointer(start: target.pointer + row * columns, count: columns),
          from: UInt64(row * (columns + columns % 2)))
      }
    }
  }

  private static func normalised(_ matrix: Matrix) throws -> Matrix {
    let norms = try matrix.squaredRowNorms(threads: .all)
    return try matrix.scalingRows(by: norms.map { 1 / $0.squareRoot() }, threads: .all)
  }

  private static func constant(_ elements: UnsafeBufferPointer<Float>) -> UncheckedPointer<Float> {
    UncheckedPointer(UnsafeMutablePointer(mutating: elements.baseAddress!))
  }
}
