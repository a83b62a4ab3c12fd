import CKernels
import LinearAlgebra

/// A linear classifier: the class of the highest logit, of equals the first.
public struct LinearClassifier: Sendable, Hashable {
  /// What is taken off every dimension first.
  public let mean: [Double]
  /// What every dimension is then multiplied by; nil for 1.
  public let factors: [Double]?
  /// Classes x dimensions.
  public let weights: DoubleMatrix
  /// A number a class.
  public let bias: [Double]

  public var classes: Int { weights.rows }
  public var dimensions: Int { weights.columns }

  /// Tests the classifier.
  ///
  /// Rows are read in blocks; no more of them is in memory than each thread works on.
  ///
  /// - Returns: The report, and the mean cross-entropy of the softmax of the logits.
  /// - Throws: ``ProbeError`` for features that are not finite or of other dimensions.
  public func test(_ set: ProbeSet, threads: Threads = .all) throws -> (
    report: ClassificationReport, loss: Double
  ) {
    guard set.rows.dimensions == dimensions else {
      throw ProbeError(
        .dimensionsDiffer,
        "the classifier has \(dimensions) dimensions, the features \(set.rows.dimensions)")
    }
    let rows = set.rows
    let blocks = Tiling(set.count, by: TrainingRows.blockSize)
    let (w, b) = (weights.elements.map(Float.init), bias.map(Float.init))
    let workspaces = (0..<threads.count).map { _ in
      (rows: Workspace<Float>(blocks.size * dimensions), logits: Workspace<Float>(blocks.size * classes))
    }
    var ranks = [UInt32](repeating: 0, count: set.count)
    var predictions = [UInt32](repeating: 0, count: set.count)
    var losses = [Double](repeating: 0, count: blocks.tiles)
    try ranks.withUnsafeMutableBufferPointer { ranks in
      try predictions.withUnsafeMutableBufferPointer { predictions in
        try losses.withUnsafeMutableBufferPointer { losses in
          guard blocks.tiles > 0 else { return }
          let ranks = UncheckedPointer(ranks.baseAddress!)
          let predictions = UncheckedPointer(predictions.baseAddress!)
          let losses = UncheckedPointer(losses.baseAddress!)
          try parallelLoop(blocks.tiles, threads: threads) { block, worker in
            let range = blocks[block]
            let (x, z) = (workspaces[worker].rows.base, workspaces[worker].logits.base)
            try rows.copy(range, into: x)
            try rows.checkFinite(range, x)
            for row in 0..<range.count {
              let place = x + row * dimensions
              if let factors {
                repscope_standardise(place, mean, factors, place, dimensions)
              } else {
                repscope_standardise(place, mean, nil, place, dimensions)
              }
            }
            BLAS.multiplyTransposed(
              m: range.count, n: classes, k: dimensions, x, dimensions, w, dimensions, into: z, classes)
            set.labels.withUnsafeBufferPointer { labels in
              repscope_rank_labels(
                z, classes, range.count, classes, b, labels.baseAddress! + range.lowerBound,
                ranks.pointer + range.lowerBound, predictions.pointer + range.lowerBound,
                losses.pointer + block)
            }
          }
        }
      }
    }
    let report = ClassificationReport(
      labels: set.labels, predictions: predictions.map(Int32.init), ranks: ranks.map(Int.init),
      classes: classes)
    return (report, losses.reduce(0, +) / Double(max(1, set.count)))
  }
}
