import CKernels
import LinearAlgebra

/// The inverse of a cheap stand-in for the Hessian of multinomial logistic regression: the same for every class,
/// strength · XᵀX + 1 for weights and strength · N for biases.
///
/// The true Hessian is a sum over samples of (diag(p) - p pᵀ) ⊗ x xᵀ; `strength` stands for the mean of its first factor.
/// Hidden states vary by orders of magnitude more in some directions than in others, and it is this that makes plain
/// L-BFGS slow. Only the speed depends on it: neither function nor minimum do.
struct CurvaturePreconditioner {
  private let dimensions: Int
  private let classes: Int
  private let samples: Int
  private let threads: Threads
  /// XᵀX of the centred rows, estimated from some of them; nil where dimensions are too many to factorise.
  private let moments: DoubleMatrix?
  private let diagonal: [Double]
  private var factor: DoubleMatrix?
  private(set) var strength = 0.0

  private static let maximumDimensions = 4096

  init(_ rows: TrainingRows, classes: Int, threads: Threads) throws {
    dimensions = rows.dimensions
    self.classes = classes
    self.threads = threads
    samples = rows.count
    let n = Double(rows.count)
    let deviations = rows.deviations
    diagonal = rows.variances.enumerated().map { place, variance in
      let deviation = deviations?[place] ?? 1
      return n * variance / (deviation * deviation)
    }
    moments =
      dimensions <= Self.maximumDimensions
      ? try CrossMoments.estimate(rows, most: max(8192, 4 * dimensions), threads: threads) : nil
  }

  /// Factorises for another strength.
  mutating func prepare(strength: Double) throws {
    self.strength = strength
    guard var matrix = moments else { return }
    for index in matrix.elements.indices { matrix.elements[index] *= strength }
    for index in 0..<dimensions { matrix[index, index] += 1 }
    factor = try LAPACK.choleskyFactor(&matrix) ? matrix : nil
  }

  /// Applies it to weights (classes x dimensions) followed by biases.
  func apply(_ vector: inout [Double]) throws {
    let biasStrength = max(strength * Double(samples), .leastNormalMagnitude)
    for label in 0..<classes { vector[classes * dimensions + label] /= biasStrength }
    guard let factor else {
      for label in 0..<classes {
        for column in 0..<dimensions {
          vector[label * dimensions + column] /= strength * diagonal[column] + 1
        }
      }
      return
    }
    let parts = Tiling(classes, by: max(1, (classes + 7) / 8))
    try vector.withUnsafeMutableBufferPointer { elements in
      let base = UncheckedPointer(elements.baseAddress!)
      try parallelLoop(parts.tiles, threads: threads) { part, _ in
        let range = parts[part]
        let start = base.pointer + range.lowerBound * dimensions
        let count = range.count * dimensions
        var sides = DoubleMatrix(
          rows: range.count, columns: dimensions,
          elements: Array(UnsafeBufferPointer(start: start, count: count)))
        try LAPACK.choleskySolve(factor, &sides)
        sides.elements.withUnsafeBufferPointer { start.update(from: $0.baseAddress!, count: count) }
      }
    }
  }
}
