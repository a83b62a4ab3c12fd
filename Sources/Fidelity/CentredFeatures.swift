import CKernels
import LinearAlgebra

/// Features as their Euclidean distances are first estimated: less a common mean, in Float32's comfortable range.
///
/// Rows are centred where they are used, so that no copy of the features is held. The estimate of a pair is half the squared
/// distance, negated: x·y - |x|²/2 - |y|²/2 in Float32, with a bound of what rounding can have done to it.
struct CentredFeatures: Sendable {
  let features: Matrix
  /// What squared distances of the features are multiplied with: a power of four.
  let unit: Double
  /// Half the squared norm of every centred row.
  let halves: [Float]
  /// The most that an estimate is off: that of rows i and j by less than `slack[i] + slack[j]`.
  let slack: [Double]
  private let scale: Double
  private let shift: [Double]

  var samples: Int { features.rows }
  var dimensions: Int { features.columns }

  /// - Parameters:
  ///   - mean: What is taken off; the same for both sides.
  ///   - largest: The largest distance of a sample of either side from the mean.
  init(_ features: Matrix, mean: [Double], largest: Double, threads: Threads) throws {
    self.features = features
    let exponent = largest > 0 ? largest.exponent : 0
    let scale = Double(sign: .plus, exponent: -exponent, significand: 1)
    self.scale = scale
    unit = scale * scale
    let shift = mean.map { $0 * scale }
    self.shift = shift
    let dimensions = features.columns
    let spare = (0..<threads.count).map { _ in Workspace<Float>(dimensions) }
    let squares = Workspace<Double>(features.rows)
    let target = UncheckedPointer(squares.base)
    try features.withUnsafeBufferPointer { x in
      let source = x.baseAddress!
      try parallelLoop(features.rows, threads: threads) { row, worker in
        target.pointer[row] = repscope_centred_row(
          source + row * dimensions, scale, shift, spare[worker].base, dimensions)
      }
    }
    // Higham's gamma bound for the inner product, |x||y| <= (|x|² + |y|²) / 2; the rest is for the rounding of centred
    // rows (twice), of the norms and of the sums of three, each at most a few times 2^-24 (|x|² + |y|²), and for what
    // is compared with the estimate.
    let roundings = (Double(dimensions) / 2 + 16) * 0x1p-24
    let gamma = roundings < 0.25 ? roundings / (1 - 2 * roundings) : .infinity
    let underflow = Double(dimensions) * 0x1p-130
    halves = (0..<features.rows).map { Float(squares.base[$0] / 2) }
    slack = (0..<features.rows).map { gamma * squares.base[$0] + underflow }
  }

  /// The centred rows of a range, for one product.
  func fill(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    features.withUnsafeBufferPointer { x in
      for (place, row) in range.enumerated() {
        _ = repscope_centred_row(
          x.baseAddress! + row * dimensions, scale, shift, out + place * dimensions, dimensions)
      }
    }
  }

  /// The exact squared distances of a row to rows of another side, unscaled.
  func squaredDistances(
    of row: Int, to others: [UInt32], of side: CentredFeatures, into distances: inout [Double]
  ) {
    if distances.count < others.count {
      distances += [Double](repeating: 0, count: others.count - distances.count)
    }
    features.withUnsafeBufferPointer { x in
      side.features.withUnsafeBufferPointer { y in
        repscope_squared_distances(
          x.baseAddress! + row * dimensions, y.baseAddress!, dimensions, others, others.count, &distances)
      }
    }
  }

  /// Both sides less the mean of the second.
  static func pair(
    _ x: Matrix, _ y: Matrix, threads: Threads
  ) throws -> (x: CentredFeatures, y: CentredFeatures) {
    let mean = try Covariance.mean(of: y, threads: threads)
    let largest = try [x, y].map { try farthest($0, from: mean, threads: threads) }.max() ?? 0
    return (
      try CentredFeatures(x, mean: mean, largest: largest, threads: threads),
      try CentredFeatures(y, mean: mean, largest: largest, threads: threads)
    )
  }

  /// The largest distance of a row from the mean, but for rounding.
  private static func farthest(_ features: Matrix, from mean: [Double], threads: Threads) throws -> Double {
    let squares = try features.withUnsafeBufferPointer { x in
      try parallelMap(features.rows, threads: threads) { row in
        var sum = 0.0
        for column in 0..<features.columns {
          let difference = Double(x[row * features.columns + column]) - mean[column]
          sum += difference * difference
        }
        return sum
      }
    }
    return (squares.max() ?? 0).squareRoot()
  }
}
