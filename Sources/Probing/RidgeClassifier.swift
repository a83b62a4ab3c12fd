import CKernels
import LinearAlgebra

/// Ridge regression on one-hot labels: the class of the highest prediction.
///
/// Minimises |Y - X W - 1 bᵀ|² + lambda |W|² in closed form; all lambdas share one eigendecomposition, of XᵀX or, where
/// samples are fewer than dimensions, of X Xᵀ. It gives the leave-one-out predictions too, which choose lambda:
/// without sample i its prediction is (ŷᵢ - hᵢ yᵢ) / (1 - hᵢ), hᵢ its leverage.
///
/// Weights come from centred Float32 features by products and sums in Double; leave-one-out predictions from Float32
/// products with them.
///
/// - SeeAlso: Golub, Heath, Wahba: Generalized cross-validation, Technometrics 21 (1979); scikit-learn's
///   `RidgeClassifier`, whose labels of plus and minus one lead to the same classes.
public struct RidgeClassifier: Sendable, Hashable {
  /// The weights of the penalty; of several the one with the best leave-one-out accuracy is taken.
  public var lambdas: [Double]
  /// Divide every dimension by its standard deviation over the training samples.
  public var standardize: Bool

  public init(lambdas: [Double] = Self.decades, standardize: Bool = false) {
    self.lambdas = lambdas
    self.standardize = standardize
  }

  /// 0.001 to 100,000 in steps of ten.
  public static let decades: [Double] = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000]

  /// One lambda of a path.
  public struct Fit: Sendable, Hashable {
    public let lambda: Double
    /// The share of training samples that are recognised by a classifier trained on all others.
    public let leaveOneOutAccuracy: Double
    public let classifier: LinearClassifier
  }

  /// Trains for every lambda, in rising order.
  ///
  /// - Throws: ``ProbeError`` for a setting out of range or features that are not finite.
  /// - Complexity: N D² / 2 products for the moments, N D² for the leverages, 9 D³ operations in Double for the
  ///   eigenvectors; N D K for each lambda.
  public func path(_ train: ProbeSet, memory: Int = .max, threads: Threads = .all) throws -> [Fit] {
    guard !lambdas.isEmpty else { throw ProbeError(.invalidSetting, "there is no lambda to train with") }
    for lambda in lambdas where !(lambda > 0 && lambda.isFinite) {
      throw ProbeError(.invalidSetting, "lambda is \(lambda); it must be positive")
    }
    let dimensions = train.rows.dimensions
    // Moments, eigenvectors and their workspace, class sums.
    let overhead = 5 * dimensions * dimensions * 8 + 16 * train.classes * dimensions * 8
    let rows = try TrainingRows(
      train.rows, standardize: standardize, memory: max(0, memory - min(memory, overhead)), threads: threads)
    let solution: any RidgeSolution =
      train.count < dimensions
      ? try DualRidge(rows, train) : try PrimalRidge(rows, train, threads: threads)
    let shares = train.classSizes.map { Double($0) / Double(train.count) }
    let sorted = lambdas.sorted()
    let correct = try solution.leaveOneOut(sorted)
    return zip(sorted, correct).map { lambda, correct in
      Fit(
        lambda: lambda, leaveOneOutAccuracy: Double(correct) / Double(train.count),
        classifier: LinearClassifier(
          mean: rows.mean, factors: rows.deviations?.map { 1 / $0 }, weights: solution.weights(lambda),
          bias: shares))
    }
  }

  /// The lambda with the best leave-one-out accuracy, of equals the largest, and the whole path.
  ///
  /// - Throws: as ``path(_:memory:threads:)``
  public func fit(_ train: ProbeSet, memory: Int = .max, threads: Threads = .all) throws -> (
    best: Fit, path: [Fit]
  ) {
    let path = try path(train, memory: memory, threads: threads)
    let best = path.max { ($0.leaveOneOutAccuracy, $0.lambda) < ($1.leaveOneOutAccuracy, $1.lambda) }!
    return (best, path)
  }
}

/// A factorised problem, ready for any lambda.
protocol RidgeSolution {
  /// Classes x dimensions.
  func weights(_ lambda: Double) -> DoubleMatrix
  /// For every lambda, how many samples are recognised when they are left out.
  func leaveOneOut(_ lambdas: [Double]) throws -> [Int]
}
