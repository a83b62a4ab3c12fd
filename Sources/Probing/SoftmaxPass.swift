import CKernels
import LinearAlgebra

/// One pass over samples: the cross-entropy of a linear classifier and its gradient.
///
/// Logits and gradients of a block are Float32 products; over blocks they are added in Double, in lanes whose number
/// depends on nothing but the samples', so that threads do not change a bit.
final class SoftmaxPass {
  let dimensions: Int
  let classes: Int
  /// The gradient by the weights (classes x dimensions), summed over samples.
  private(set) var weightGradient: [Double]
  /// The gradient by the biases.
  private(set) var biasGradient: [Double]

  private let threads: Threads
  private let lanes: [Workspace<Double>]
  private let logits: [Workspace<Float>]
  private let products: [Workspace<Float>]

  private static let maximumLanes = 16

  /// - Parameter samples: The most that a pass will have.
  init(samples: Int, dimensions: Int, classes: Int, threads: Threads) {
    self.dimensions = dimensions
    self.classes = classes
    self.threads = threads
    let (parameters, blockSize) = (classes * (dimensions + 1), TrainingRows.blockSize)
    let blocks = Tiling(samples, by: blockSize).tiles
    weightGradient = [Double](repeating: 0, count: classes * dimensions)
    biasGradient = [Double](repeating: 0, count: classes)
    lanes = (0..<min(Self.maximumLanes, max(1, blocks))).map { _ in Workspace(parameters) }
    let workers = min(threads.count, lanes.count)
    logits = (0..<workers).map { _ in Workspace(blockSize * classes) }
    products = (0..<workers).map { _ in Workspace(classes * dimensions) }
  }

  /// Bytes that passes of this size work in, for plans of memory.
  static func bytes(samples: Int, dimensions: Int, classes: Int, threads: Threads) -> Int {
    let lanes = min(maximumLanes, Tiling(samples, by: TrainingRows.blockSize).tiles)
    return lanes * classes * (dimensions + 1) * 8
      + min(threads.count, lanes) * classes * (TrainingRows.blockSize + dimensions) * 4
  }

  /// Computes loss and gradient, both summed over samples.
  ///
  /// - Parameters:
  ///   - count: The number of samples.
  ///   - rows: The address of a block's features, for the block's range and the worker that asks.
  func run(
    _ count: Int, labels: [Int32], weights: [Float], bias: [Float],
    rows: (Range<Int>, Int) throws -> UnsafePointer<Float>
  ) throws -> repscope_softmax_sums {
    let blocks = Tiling(count, by: TrainingRows.blockSize)
    let used = min(lanes.count, blocks.tiles)
    var laneSums = [repscope_softmax_sums](repeating: repscope_softmax_sums(), count: used)
    try laneSums.withUnsafeMutableBufferPointer { sums in
      let sums = UncheckedPointer(sums.baseAddress!)
      try parallelLoop(used, threads: threads) { lane, worker in
        let total = lanes[lane].base
        total.initialize(repeating: 0, count: lanes[lane].count)
        for block in blocks.tiles * lane / used..<blocks.tiles * (lane + 1) / used {
          let range = blocks[block]
          let x = try rows(range, worker)
          let (z, product) = (logits[worker].base, products[worker].base)
          BLAS.multiplyTransposed(
            m: range.count, n: classes, k: dimensions, x, dimensions, weights, dimensions, into: z, classes)
          labels.withUnsafeBufferPointer { labels in
            repscope_softmax_loss(
              z, classes, range.count, classes, bias, labels.baseAddress! + range.lowerBound,
              total + classes * dimensions, sums.pointer + lane)
          }
          BLAS.transposedMultiply(
            m: classes, n: dimensions, k: range.count, z, classes, x, dimensions, into: product, dimensions)
          repscope_accumulate(product, total, classes * dimensions)
        }
      }
    }
    try addLanes(used)
    return laneSums.reduce(into: repscope_softmax_sums()) {
      $0.loss += $1.loss
      $0.curvature += $1.curvature
      $0.correct += $1.correct
    }
  }

  private func addLanes(_ used: Int) throws {
    let rows = Tiling(classes, by: 16)
    try weightGradient.withUnsafeMutableBufferPointer { gradient in
      let target = UncheckedPointer(gradient.baseAddress!)
      try parallelLoop(rows.tiles, threads: threads) { tile, _ in
        let (start, count) = (rows[tile].lowerBound * dimensions, rows[tile].count * dimensions)
        (target.pointer + start).update(from: lanes[0].base + start, count: count)
        for lane in 1..<max(1, used) {
          repscope_double_add(lanes[lane].base + start, 1, target.pointer + start, count)
        }
      }
    }
    for label in 0..<classes {
      biasGradient[label] = (0..<used).reduce(0) { $0 + lanes[$1].base[classes * dimensions + label] }
    }
  }
}
