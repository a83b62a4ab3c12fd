import CKernels
import LinearAlgebra

/// Ridge regression by the eigenvectors of XᵀX.
struct PrimalRidge: RidgeSolution {
  private let rows: TrainingRows
  private let set: ProbeSet
  private let threads: Threads
  private let values: [Double]
  /// One eigenvector a row.
  private let vectors: DoubleMatrix
  /// The centred labels' products with the features, along the eigenvectors: dimensions x classes.
  private let targets: DoubleMatrix

  init(_ rows: TrainingRows, _ set: ProbeSet, threads: Threads) throws {
    self.rows = rows
    self.set = set
    self.threads = threads
    let eigen = try LAPACK.symmetricEigen(CrossMoments.all(rows, threads: threads))
    // What is negative is rounding.
    values = eigen.values.map { max(0, $0) }
    vectors = eigen.vectors!
    let sums = try Self.classSums(rows, set, threads: threads)
    targets = DoubleMatrix.product(vectors, transposed: false, sums, transposed: true)
  }

  func weights(_ lambda: Double) -> DoubleMatrix {
    DoubleMatrix.product(coefficients(lambda), transposed: true, vectors)
  }

  func leaveOneOut(_ lambdas: [Double]) throws -> [Int] {
    let (dimensions, classes) = (rows.dimensions, set.classes)
    let rotation = vectors.elements.map(Float.init)
    let shares = set.classSizes.map { Float(Double($0) / Double(set.count)) }
    let models = lambdas.map { lambda in
      (
        // Classes x dimensions, along the eigenvectors.
        weights: coefficients(lambda).transposed.elements.map(Float.init),
        shrinkage: values.map { 1 / ($0 + lambda) }
      )
    }
    let blocks = rows.blocks
    let workspaces = (0..<threads.count).map { _ in
      (
        rows: Workspace<Float>(blocks.size * dimensions), rotated: Workspace<Float>(blocks.size * dimensions),
        scores: Workspace<Float>(blocks.size * classes), ranks: Workspace<UInt32>(2 * blocks.size)
      )
    }
    var correct = [Int](repeating: 0, count: blocks.tiles * lambdas.count)
    try correct.withUnsafeMutableBufferPointer { correct in
      let target = UncheckedPointer(correct.baseAddress!)
      try parallelLoop(blocks.tiles, threads: threads) { block, worker in
        let range = blocks[block]
        let work = workspaces[worker]
        let x = try rows.block(range, work.rows.base)
        let z = work.rotated.base
        BLAS.multiplyTransposed(
          m: range.count, n: dimensions, k: dimensions, x, dimensions, rotation, dimensions, into: z,
          dimensions)
        for (place, model) in models.enumerated() {
          let scores = work.scores.base
          BLAS.multiplyTransposed(
            m: range.count, n: classes, k: dimensions, z, dimensions, model.weights, dimensions, into: scores,
            classes)
          for row in 0..<range.count {
            // Up to a factor that all classes share, a sample's own label loses its leverage.
            let leverage =
              1 / Double(set.count)
              + repscope_weighted_squares(z + row * dimensions, model.shrinkage, dimensions)
            scores[row * classes + Int(set.labels[range.lowerBound + row])] -= Float(leverage)
          }
          let ranks = work.ranks.base
          set.labels.withUnsafeBufferPointer { labels in
            repscope_rank_labels(
              scores, classes, range.count, classes, shares, labels.baseAddress! + range.lowerBound, ranks,
              ranks + blocks.size, nil)
          }
          target.pointer[block * models.count + place] = (0..<range.count).count { ranks[$0] == 0 }
        }
      }
    }
    return lambdas.indices.map { place in
      (0..<blocks.tiles).reduce(0) { $0 + correct[$1 * lambdas.count + place] }
    }
  }

  /// Dimensions x classes, along the eigenvectors.
  private func coefficients(_ lambda: Double) -> DoubleMatrix {
    var result = targets
    for (row, value) in values.enumerated() {
      for column in 0..<set.classes { result[row, column] /= value + lambda }
    }
    return result
  }

  /// For every class the sum of its centred rows, less the class's share of the sum of all: (Y - mean)ᵀ X.
  static func classSums(_ rows: TrainingRows, _ set: ProbeSet, threads: Threads) throws -> DoubleMatrix {
    let (dimensions, classes) = (rows.dimensions, set.classes)
    let blocks = rows.blocks
    // As many partial sums for any number of threads.
    let lanes = min(16, blocks.tiles)
    let partial = (0..<lanes).map { _ in Workspace<Double>(classes * dimensions) }
    let buffers = (0..<threads.count).map { _ in
      Workspace<Float>(rows.isResident ? 0 : blocks.size * dimensions)
    }
    try parallelLoop(lanes, threads: threads) { lane, worker in
      let sums = partial[lane].base
      sums.initialize(repeating: 0, count: classes * dimensions)
      for block in blocks.tiles * lane / lanes..<blocks.tiles * (lane + 1) / lanes {
        let range = blocks[block]
        let x = try rows.block(range, buffers[worker].base)
        for row in range {
          repscope_accumulate(
            x + (row - range.lowerBound) * dimensions, sums + Int(set.labels[row]) * dimensions, dimensions)
        }
      }
    }
    var sums = DoubleMatrix(rows: classes, columns: dimensions)
    for lane in partial { repscope_double_add(lane.base, 1, &sums.elements, sums.elements.count) }
    var total = [Double](repeating: 0, count: dimensions)
    for label in 0..<classes {
      for column in 0..<dimensions { total[column] += sums[label, column] }
    }
    for (label, size) in set.classSizes.enumerated() {
      let share = Double(size) / Double(set.count)
      for column in 0..<dimensions { sums[label, column] -= share * total[column] }
    }
    return sums
  }
}
