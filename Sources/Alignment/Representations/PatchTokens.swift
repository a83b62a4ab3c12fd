import CKernels
import LinearAlgebra

/// The patch tokens of one representation, checked: T of them a sample, of D dimensions each.
///
/// The tokens are not copied. Metrics on tokens always normalise them; the factor is kept.
public struct PatchTokens: Sendable {
  /// N T tokens by D dimensions: a sample's T tokens are consecutive rows.
  public let tokens: Matrix
  /// T, the number of tokens that a sample has.
  public let perSample: Int
  /// For every token, 1 / max(its length, 1e-12), PyTorch's `normalize`: a token of zeros stays one.
  let factors: [Double]

  public var count: Int { tokens.rows }
  public var dimensions: Int { tokens.columns }
  var samples: Int { count / perSample }

  /// - Parameters:
  ///   - features: One row a sample, its tokens one after another.
  ///   - perSample: T, the tokens of a sample.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``AlignmentError`` where rows are not `perSample` tokens of equal dimensions, and naming the first token
  ///   with NaN or infinity.
  /// - Complexity: O(N T D).
  public init(_ features: Matrix, perSample: Int, threads: Threads = .all) throws {
    guard perSample > 0, features.columns >= perSample, features.columns % perSample == 0 else {
      throw AlignmentError(
        .invalidSetting,
        "a row of \(features.columns) numbers cannot be \(perSample) tokens of equal dimensions")
    }
    tokens = features.reshaped(rows: features.rows * perSample, columns: features.columns / perSample)
    self.perSample = perSample
    let squaredNorms = try tokens.squaredRowNorms(threads: threads)
    if !squaredNorms.allSatisfy(\.isFinite), let (row, column) = try tokens.firstNonFinite(threads: threads) {
      throw AlignmentError(
        .notFinite,
        "row \(row / perSample) has \(tokens[row, column]) in dimension \(column) of token \(row % perSample); all features "
          + "must be finite numbers")
    }
    factors = squaredNorms.map { 1 / max($0.squareRoot(), 1e-12) }
  }

  private init(tokens: Matrix, perSample: Int, factors: [Double]) {
    self.tokens = tokens
    self.perSample = perSample
    self.factors = factors
  }

  /// The tokens of some of the samples.
  func gathering(samples: [Int]) -> PatchTokens {
    let rows = tokens.reshaped(rows: self.samples, columns: perSample * dimensions).gathering(rows: samples)
    return PatchTokens(
      tokens: rows.reshaped(rows: samples.count * perSample, columns: dimensions), perSample: perSample,
      factors: samples.flatMap { factors[$0 * perSample..<($0 + 1) * perSample] })
  }

  /// Whether token i of either side is the same place of the same sample, in a space of as many dimensions.
  func hasShape(of other: PatchTokens) -> Bool {
    count == other.count && perSample == other.perSample && dimensions == other.dimensions
  }

  /// Of every sample the mean of its tokens: summed in Double, in the tokens' order, and rounded once.
  ///
  /// - Complexity: O(N T D).
  package func means(threads: Threads) throws -> Matrix {
    let sums = (0..<threads.count).map { _ in Workspace<Double>(dimensions) }
    return try tokens.withUnsafeBufferPointer { x in
      try Matrix(rows: samples, columns: dimensions) { out in
        let target = UncheckedPointer(out.baseAddress!)
        try parallelLoop(samples, threads: threads) { sample, worker in
          let sum = sums[worker].base
          sum.initialize(repeating: 0, count: dimensions)
          for token in sample * perSample..<(sample + 1) * perSample {
            repscope_accumulate(x.baseAddress! + token * dimensions, sum, dimensions)
          }
          let mean = target.pointer + sample * dimensions
          for column in 0..<dimensions {
            (mean + column).initialize(to: Float(sum[column] / Double(perSample)))
          }
        }
      }
    }
  }
}
