import CKernels
import LinearAlgebra

/// Rows whose numbers are wanted in Double, block by block, so that no copy of all of them need exist.
package protocol DoubleRowSource: Sendable {
  var rows: Int { get }
  var columns: Int { get }
  /// Writes the block of these rows and columns, row-major.
  func fill(_ block: UnsafeMutablePointer<Double>, rows: Range<Int>, columns: Range<Int>)
}

/// The rows of a representation as x(i,j) scale(i) - offset(i) - shift(j), computed in Double where they are needed.
package struct DoubleRows: DoubleRowSource {
  let features: Matrix
  private let scales: [Double]?
  private let offsets: [Double]?
  private let shifts: [Double]?

  package var rows: Int { features.rows }
  package var columns: Int { features.columns }

  private init(features: Matrix, scales: [Double]?, offsets: [Double]?, shifts: [Double]?) {
    self.features = features
    self.scales = scales
    self.offsets = offsets
    self.shifts = shifts
  }

  /// Rows as they are, less a mean.
  package init(_ features: Matrix, lessMean mean: [Double]) {
    self.init(features: features, scales: nil, offsets: nil, shifts: mean)
  }

  /// The normalised rows less their mean: every column sums to zero.
  ///
  /// - Complexity: O(N D).
  static func centred(_ representation: Representation, threads: Threads) throws -> DoubleRows {
    DoubleRows(
      features: representation.features, scales: representation.rowFactors, offsets: nil,
      shifts: try representation.mean(threads: threads))
  }

  /// The same for what divides by their variance.
  ///
  /// - Throws: ``AlignmentError`` where all samples are alike, up to what the rounding of their mean leaves of them.
  /// - Complexity: O(N D).
  static func varied(_ representation: Representation, threads: Threads) throws -> DoubleRows {
    let rows = try centred(representation, threads: threads)
    let rounding = Double(representation.samples) * 0x1p-53
    let spread = try rows.squaredNorms(threads: threads).reduce(0, +)
    // Not `<=`: sums that overflow are somebody else's error.
    if !(spread > rounding * rounding * representation.selfSimilarities.reduce(0, +)), !spread.isNaN {
      throw AlignmentError(.undefined, "all samples are alike: there is no variance to decompose")
    }
    return rows
  }

  /// Every row less its own mean, and of length 1: the inner product of two is the rows' Pearson correlation.
  ///
  /// - Throws: ``AlignmentError`` naming the first row that is the same number in all dimensions.
  /// - Complexity: O(N D).
  static func standardised(_ representation: Representation, threads: Threads) throws -> DoubleRows {
    let (features, dimensions) = (representation.features, representation.dimensions)
    let ones = [Float](repeating: 1, count: dimensions)
    // A row's own normalisation changes nothing in its correlations, and is left out.
    let means = try features.withUnsafeBufferPointer { x in
      try parallelMap(features.rows, threads: threads) { row in
        repscope_dot(x.baseAddress! + row * dimensions, ones, dimensions) / Double(dimensions)
      }
    }
    let zero: [Float] = [Float](repeating: 0, count: dimensions)
    let scales = try features.withUnsafeBufferPointer { x in
      try parallelMap(features.rows, threads: threads) { row -> Double in
        let square = withUnsafeTemporaryAllocation(of: Double.self, capacity: dimensions) { centred in
          repscope_widen_shift(
            x.baseAddress! + row * dimensions, 1, means[row], nil, centred.baseAddress!, dimensions)
          return repscope_sum_of_squares(centred.baseAddress!, dimensions)
        }
        // Rounding of the mean leaves something where nothing is.
        let whole = repscope_squared_distance(x.baseAddress! + row * dimensions, 1, zero, 1, dimensions)
        return square > 1e-28 * whole ? 1 / square.squareRoot() : 0
      }
    }
    if let row = scales.firstIndex(of: 0) {
      throw AlignmentError(
        .undefined, row: row,
        "is the same number in all dimensions and has no correlation with other rows; leave that sample out")
    }
    return DoubleRows(
      features: features, scales: scales, offsets: zip(means, scales).map { $0 * $1 }, shifts: nil)
  }

  package func fill(_ block: UnsafeMutablePointer<Double>, rows: Range<Int>, columns: Range<Int>) {
    features.withUnsafeBufferPointer { x in
      func fill(_ shift: UnsafePointer<Double>?) {
        for (place, row) in rows.enumerated() {
          repscope_widen_shift(
            x.baseAddress! + row * self.columns + columns.lowerBound, scales?[row] ?? 1, offsets?[row] ?? 0,
            shift, block + place * columns.count, columns.count)
        }
      }
      if let shifts {
        shifts.withUnsafeBufferPointer { fill($0.baseAddress! + columns.lowerBound) }
      } else {
        fill(nil)
      }
    }
  }

  /// Of every row, the inner product with itself.
  func squaredNorms(threads: Threads) throws -> [Double] {
    try parallelMap(rows, threads: threads) { row in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { values in
        fill(values.baseAddress!, rows: row..<row + 1, columns: 0..<columns)
        return repscope_sum_of_squares(values.baseAddress!, columns)
      }
    }
  }

  /// The sum of all rows. Blocks of samples are summed side by side, then in order.
  func sum(threads: Threads) throws -> [Double] {
    let blocks = Tiling(rows, by: 512)
    let partial = Workspace<Double>(blocks.tiles * columns)
    partial.base.initialize(repeating: 0, count: partial.count)
    let target = UncheckedPointer(partial.base)
    try parallelLoop(blocks.tiles, threads: threads) { block, _ in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { values in
        let sum = target.pointer + block * columns
        for row in blocks[block] {
          fill(values.baseAddress!, rows: row..<row + 1, columns: 0..<columns)
          for column in 0..<columns { sum[column] += values[column] }
        }
      }
    }
    return (0..<columns).map { column in
      (0..<blocks.tiles).reduce(0) { $0 + partial.base[$1 * columns + column] }
    }
  }
}

extension DoubleMatrix: DoubleRowSource {
  package func fill(_ block: UnsafeMutablePointer<Double>, rows: Range<Int>, columns: Range<Int>) {
    elements.withUnsafeBufferPointer { x in
      for (place, row) in rows.enumerated() {
        (block + place * columns.count).update(
          from: x.baseAddress! + row * self.columns + columns.lowerBound, count: columns.count)
      }
    }
  }
}
