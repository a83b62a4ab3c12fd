import LinearAlgebra

/// The rows of a representation as BLAS multiplies them: normalised, or scaled by a power of two into Float32's
/// comfortable range.
struct ComparableRows {
  let rows: Matrix
  /// The Euclidean lengths of `rows`.
  let norms: [Double]
  /// What `rows` are to the representation's: a similarity with another set is off by both their scales.
  let scale: Double
  /// Where the rows are centred: added for both samples, they make the representation's similarity of that of two rows.
  let offsets: [Float]?

  /// The centred rows of a representation under L2 normalisation, which with their offsets stand for its rows.
  ///
  /// For any vector m, x·y = (x - m)·(y - m) + (x·m - m·m / 2) + (y·m - m·m / 2).
  init(_ representation: Representation, centred: CentredRows, threads: Threads) throws {
    let half = centred.mean.reduce(0) { $0 + $1 * $1 } / 2
    offsets = try representation.similarities(to: centred.mean, threads: threads).map { Float($0 - half) }
    rows = centred.rows
    norms = centred.squaredNorms.map { $0.squareRoot() }
    scale = 1
  }

  init(_ representation: Representation, threads: Threads) throws {
    offsets = nil
    let given = representation.squaredNorms.map { $0.squareRoot() }
    if let factors = representation.rowFactors {
      rows = try representation.features.scalingRows(by: factors, threads: threads)
      norms = zip(given, factors).map { $0 * $1 }
      scale = 1
      return
    }
    let largest = given.max() ?? 0
    let exponent = largest > 0 ? largest.exponent : 0
    guard abs(exponent) >= 40 else {
      rows = representation.features
      norms = given
      scale = 1
      return
    }
    let scale = Double(sign: .plus, exponent: -exponent, significand: 1)
    rows = try representation.features.scalingRows(
      by: [Double](repeating: scale, count: representation.samples), threads: threads)
    norms = given.map { $0 * scale }
    self.scale = scale
  }

  /// For each of these rows, the most that its Float32 product with a row of the other set, offsets added, can be off.
  ///
  /// - SeeAlso: Higham, Accuracy and Stability of Numerical Algorithms, 3.1: |fl(xᵀy) - xᵀy| <= gamma_n |x| |y| in any
  ///   order of summation, here with the rounding of both factors added; the last term covers underflow.
  func errorBounds(against other: ComparableRows) -> [Double] {
    let roundings = Double(rows.columns + 4) * 0x1p-24
    let gamma = roundings < 0.5 ? roundings / (1 - roundings) : .infinity
    let largest = other.norms.max() ?? 0
    let underflow = Double(rows.columns) * 0x1p-140
    let bounds = norms.map { gamma * $0 * largest + underflow }
    guard let offsets, let largestOffset = other.offsets?.map({ Double($0.magnitude) }).max() else {
      return bounds
    }
    // Both offsets are rounded, then either sum: of a product, with one offset, with both.
    return bounds.indices.map {
      bounds[$0] + 0x1p-24
        * (3 * norms[$0] * largest + 4 * (Double(offsets[$0].magnitude) + largestOffset))
    }
  }
}
