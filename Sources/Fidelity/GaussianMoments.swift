import LinearAlgebra

/// Mean and covariance of features, factorised: what the Frechet distance needs of one side.
///
/// The covariance is kept as a factor f of as many rows as it has rank, with covariance fᵀ f: of fewer samples than
/// dimensions these are the centred samples themselves, else the eigenvectors times the roots of their eigenvalues, where
/// eigenvalues that are nothing but rounding count as zero. So a covariance without full rank is no special case.
public struct GaussianMoments: Sendable {
  /// The mean of every dimension.
  public let mean: [Double]
  /// The sum of the variances.
  public let trace: Double
  /// How many samples the moments were computed from; nil where that is not known.
  public let samples: Int?
  /// r x D, with covariance factorᵀ factor.
  let factor: DoubleMatrix

  /// The number of dimensions.
  public var dimensions: Int { mean.count }

  /// The moments of N samples by D dimensions, in Double, with the divisor N - 1.
  ///
  /// - Throws: ``FidelityError`` if there are fewer than two samples, or NaN or infinity among the features.
  /// - Complexity: O(min(N, D) N D) operations in Double, O(D³) for the eigenvectors where N > D; O(min(N, D) D) memory.
  public init(of features: Matrix, threads: Threads = .all) throws {
    try features.checkFinite(threads: threads)
    guard features.rows > 1 else {
      throw FidelityError(
        .tooFewSamples, "\(features.rows) samples have no covariance; at least 2 are needed")
    }
    let mean = try Covariance.mean(of: features, threads: threads)
    if features.rows <= features.columns {
      let factor = Covariance.centredRows(of: features, mean: mean)
      self.init(
        mean: mean, trace: factor.elements.reduce(0) { $0 + $1 * $1 }, factor: factor, samples: features.rows)
    } else {
      let covariance = try Covariance.matrix(of: features, mean: mean, threads: threads)
      try self.init(mean: mean, lowerTriangle: covariance, samples: features.rows, tolerance: 1e-9)
    }
  }

  /// Moments computed elsewhere, such as `mu` and `sigma` of the usual evaluators.
  ///
  /// - Throws: ``FidelityError`` if the covariance is not D x D, not finite, not symmetric to 1e-5 of its largest element,
  ///   or has an eigenvalue below -1e-4 of the largest: what is less is the rounding of Float32.
  public init(mean: [Double], covariance: DoubleMatrix, samples: Int? = nil) throws {
    guard !mean.isEmpty else { throw FidelityError(.dimensionsDiffer, "the mean has no dimensions") }
    guard covariance.rows == mean.count, covariance.columns == mean.count else {
      throw FidelityError(
        .dimensionsDiffer,
        "the mean has \(mean.count) dimensions, the covariance is \(covariance.rows) x \(covariance.columns); expected "
          + "\(mean.count) x \(mean.count)")
    }
    if let place = mean.firstIndex(where: { !$0.isFinite }) {
      throw FidelityError(
        .notFinite, "the mean has \(mean[place]) in dimension \(place); expected finite numbers")
    }
    if let place = covariance.elements.firstIndex(where: { !$0.isFinite }) {
      throw FidelityError(
        .notFinite,
        "the covariance has \(covariance.elements[place]) in row \(place / mean.count), column \(place % mean.count); "
          + "expected finite numbers")
    }
    let largest = covariance.elements.reduce(0) { max($0, $1.magnitude) }
    var symmetric = covariance
    for row in mean.indices {
      for column in 0..<row {
        let (lower, upper) = (covariance[row, column], covariance[column, row])
        guard (lower - upper).magnitude <= 1e-5 * largest else {
          throw FidelityError(
            .notACovariance,
            "the covariance is not symmetric: found \(lower) in row \(row), column \(column), and \(upper) opposite"
          )
        }
        symmetric[row, column] = lower / 2 + upper / 2
      }
    }
    try self.init(mean: mean, lowerTriangle: symmetric, samples: samples, tolerance: 1e-4)
  }

  private init(mean: [Double], trace: Double, factor: DoubleMatrix, samples: Int?) {
    self.mean = mean
    self.trace = trace
    self.factor = factor
    self.samples = samples
  }

  private init(
    mean: [Double], lowerTriangle: DoubleMatrix, samples: Int?, tolerance: Double
  ) throws {
    let dimensions = mean.count
    let trace = (0..<dimensions).reduce(0) { $0 + lowerTriangle[$1, $1] }
    let (values, found) = try LAPACK.symmetricEigen(lowerTriangle)
    guard let vectors = found, let least = values.first, let greatest = values.last else {
      throw FidelityError(.dimensionsDiffer, "the covariance has no dimensions")
    }
    guard least >= -tolerance * max(greatest, 0), greatest >= 0 else {
      throw FidelityError(
        .notACovariance,
        "the covariance has the eigenvalue \(least) beside the largest, \(greatest); expected none below zero"
      )
    }
    // LAPACK's eigenvalues are off by no more than this; what lies below may as well be zero, and its root would be large.
    let rounding = Double(dimensions) * 0x1p-52 * greatest
    let kept = values.indices.filter { values[$0] > rounding }
    var factor = DoubleMatrix(rows: kept.count, columns: dimensions)
    for (row, place) in kept.enumerated() {
      let root = values[place].squareRoot()
      for column in 0..<dimensions {
        factor.elements[row * dimensions + column] = vectors.elements[place * dimensions + column] * root
      }
    }
    self.init(mean: mean, trace: trace, factor: factor, samples: samples)
  }
}

extension Matrix {
  /// - Throws: ``FidelityError`` with the first row and dimension that is NaN or infinite, or if there are no dimensions.
  func checkFinite(threads: Threads) throws {
    guard columns > 0 else {
      throw FidelityError(.dimensionsDiffer, "the features have no dimensions (\(rows) x 0)")
    }
    if rows > 0, let (row, column) = try firstNonFinite(threads: threads) {
      throw FidelityError(
        .notFinite, row: row,
        "has \(self[row, column]) in dimension \(column); all features must be finite numbers")
    }
  }
}
