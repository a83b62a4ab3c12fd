import CKernels
import LinearAlgebra

/// Features as their Euclidean distances are first estimated: less a common mean, in Float32's comfortable range.
///
/// Rows are centred where they are used, so that no copy of the features is held. The estimate of a pair is half the squared
/// distance, negated: x·y - |x|²/2 - |y|²/2 in Float32, with a bound of what rounding can have done to it.
package struct CentredFeatures: Sendable {
  let features: Matrix
  /// What rows are multiplied with before anything else; nil for nothing.
  private let factors: [Double]?
  /// What squared distances of the features are multiplied with: a power of four.
  package let squareUnit: Double
  /// Half the squared norm of every centred row.
  package let halves: [Float]
  /// The most that an estimate is off: that of rows i and j by less than `slack[i] + slack[j]`.
  package let slack: [Double]
  private let scale: Double
  private let shift: [Double]

  package var samples: Int { features.rows }
  package var dimensions: Int { features.columns }

  /// - Parameters:
  ///   - factors: What rows are multiplied with before anything else.
  ///   - mean: What is taken off; the same for both sides.
  ///   - largest: The largest distance of a sample of either side from the mean.
  package init(
    _ features: Matrix, factors: [Double]? = nil, mean: [Double], largest: Double, threads: Threads
  ) throws {
    self.features = features
    self.factors = factors
    let exponent = largest > 0 ? largest.exponent : 0
    let scale = Double(sign: .plus, exponent: -exponent, significand: 1)
    self.scale = scale
    squareUnit = scale * scale
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
          source + row * dimensions, scale * (factors?[row] ?? 1), shift, spare[worker].base, dimensions)
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
  package func fill(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    features.withUnsafeBufferPointer { x in
      for (place, row) in range.enumerated() {
        _ = repscope_centred_row(
          x.baseAddress! + row * dimensions, scale * (factors?[row] ?? 1), shift, out + place * dimensions,
          dimensions)
      }
    }
  }

  /// The exact squared distances of a row to rows of another side, unscaled.
  package func squaredDistances(
    of row: Int, to others: [UInt32], of side: CentredFeatures, into distances: inout [Double]
  ) {
    precondition(factors == nil && side.factors == nil, "distances between two sets know no factors")
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

  /// The largest distance of a row from the mean, but for rounding.
  package static func farthest(
    _ features: Matrix, factors: [Double]? = nil, from mean: [Double], threads: Threads
  ) throws -> Double {
    let squares = try features.withUnsafeBufferPointer { x in
      try parallelMap(features.rows, threads: threads) { row in
        let factor = factors?[row] ?? 1
        var sum = 0.0
        for column in 0..<features.columns {
          let difference = Double(x[row * features.columns + column]) * factor - mean[column]
          sum += difference * difference
        }
        return sum
      }
    }
    return (squares.max() ?? 0).squareRoot()
  }
}

/// The smaller the squared distance, the more similar.
extension CentredFeatures: SampleSimilarities {
  package var offsets: [Float]? { halves.map { -$0 } }
  package var errorBounds: [Double] {
    let greatest = slack.max() ?? 0
    return slack.map { $0 + greatest }
  }
  package var unit: Double { squareUnit / 2 }
  package var makesRows: Bool { true }

  package func withRows<Value>(
    _ range: Range<Int>, _ memory: UnsafeMutablePointer<Float>, _ body: (UnsafePointer<Float>) -> Value
  ) -> Value {
    fill(range, into: memory)
    return body(memory)
  }

  package func exact(of sample: Int, with others: [UInt32], into out: UnsafeMutablePointer<Double>) {
    features.withUnsafeBufferPointer { x in
      let (base, row) = (x.baseAddress!, x.baseAddress! + sample * dimensions)
      if let factors {
        for (place, other) in others.enumerated() {
          out[place] = -repscope_squared_distance(
            row, factors[sample], base + Int(other) * dimensions, factors[Int(other)], dimensions)
        }
      } else {
        repscope_squared_distances(row, base, dimensions, others, others.count, out)
        for place in others.indices { out[place] = -out[place] }
      }
    }
  }
}
