import CKernels
import LinearAlgebra

/// Multinomial logistic regression by full-batch L-BFGS.
///
/// Minimises C Σᵢ -log softmax(W xᵢ + b)[yᵢ] + ½ |W|², biases not penalised: scikit-learn's `LogisticRegression` for more
/// than two classes. Two classes have two rows of weights here, where scikit-learn keeps one, whose C is half of this.
/// Parameters and sums over samples are Double, products within a block of samples Float32.
public struct LogisticRegression: Sendable, Hashable {
  /// The weights of the samples against the penalty; of several the best by the held-out share is taken.
  public var cs: [Double]
  /// Divide every dimension by its standard deviation over the training samples.
  public var standardize: Bool
  /// The share of the training samples, of every class alike, that chooses among several C.
  public var holdout: Double
  /// Draws the held-out samples.
  public var seed: UInt64
  /// The decrease of the objective, as a share of it, that one more step must promise to be taken.
  public var tolerance: Double
  public var maximumIterations: Int

  public init(
    cs: [Double] = [1], standardize: Bool = true, holdout: Double = 0.2, seed: UInt64 = 0,
    tolerance: Double = 2e-8, maximumIterations: Int = 1000
  ) {
    self.cs = cs
    self.standardize = standardize
    self.holdout = holdout
    self.seed = seed
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
  }

  /// One C of a path.
  public struct Fit: Sendable, Hashable {
    public let c: Double
    /// C Σ nll + ½ |W|² where the minimisation ended.
    public let objective: Double
    /// Training samples whose label has the highest logit, as a share.
    public let trainingAccuracy: Double
    /// Of the held-out samples; nil where none were held out.
    public let heldOutAccuracy: Double?
    public let iterations: Int
    /// Passes over the training samples.
    public let evaluations: Int
    /// Whether the tolerance was reached.
    public let isConverged: Bool
    public let classifier: LinearClassifier
  }

  /// Trains for every C, from small to large, each from the weights of the one before.
  ///
  /// - Throws: ``ProbeError`` for a setting out of range or features that are not finite.
  /// - Complexity: 4 N D K operations a pass; up to `memory` bytes for the converted features.
  public func path(_ train: ProbeSet, memory: Int = .max, threads: Threads = .all) throws -> [Fit] {
    try checkSettings()
    let trainer = try Trainer(self, train, memory: memory, threads: threads)
    return try cs.sorted().map { try trainer.fit(c: $0) }
  }

  /// The best C's fit on all training samples, and the path that chose it where there are several.
  ///
  /// - Throws: as ``path(_:memory:threads:)``
  public func fit(_ train: ProbeSet, memory: Int = .max, threads: Threads = .all) throws -> (
    best: Fit, path: [Fit]
  ) {
    try checkSettings()
    guard cs.count > 1 else {
      let fits = try path(train, memory: memory, threads: threads)
      return (fits[0], [])
    }
    let (rest, drawn) = try StratifiedSplit.split(train.labels, drawing: holdout, seed: seed)
    let heldOut = train.selecting(drawn)
    guard !rest.isEmpty, !drawn.isEmpty else {
      throw ProbeError(.tooFewSamples, "no class has two samples, so that none can be held out to choose C")
    }
    // Of its own, so that its copy of the features has gone before the last fit makes one.
    func fitted() throws -> [Fit] {
      let trainer = try Trainer(self, train.selecting(rest), memory: memory, threads: threads)
      return try cs.sorted().map { try trainer.fit(c: $0).tested(on: heldOut, threads: threads) }
    }
    let path = try fitted()
    // Of equals the stronger penalty.
    let best = path.enumerated().max {
      ($0.element.heldOutAccuracy ?? 0, -$0.offset) < ($1.element.heldOutAccuracy ?? 0, -$1.offset)
    }!.element
    let final = try Trainer(self, train, memory: memory, threads: threads).fit(c: best.c)
    return (final, path)
  }

  func checkSettings() throws {
    guard !cs.isEmpty else { throw ProbeError(.invalidSetting, "there is no C to train with") }
    for c in cs where !(c > 0 && c.isFinite) {
      throw ProbeError(.invalidSetting, "C is \(c); it must be positive")
    }
    guard tolerance > 0, tolerance < 1, maximumIterations > 0 else {
      throw ProbeError(
        .invalidSetting,
        "the tolerance is \(tolerance) and the iterations \(maximumIterations); they must be positive, the tolerance below 1"
      )
    }
  }
}

extension LogisticRegression.Fit {
  fileprivate func tested(on set: ProbeSet, threads: Threads) throws -> Self {
    let accuracy = try classifier.test(set, threads: threads).report.accuracy
    return Self(
      c: c, objective: objective, trainingAccuracy: trainingAccuracy, heldOutAccuracy: accuracy,
      iterations: iterations, evaluations: evaluations, isConverged: isConverged, classifier: classifier)
  }
}

/// Trains one after another C on the same samples.
private final class Trainer {
  private let settings: LogisticRegression
  private let labels: [Int32]
  private let classes: Int
  private let rows: TrainingRows
  private let pass: SoftmaxPass
  private let buffers: [Workspace<Float>]
  private var preconditioner: CurvaturePreconditioner
  private var parameters: [Double]

  init(_ settings: LogisticRegression, _ set: ProbeSet, memory: Int, threads: Threads) throws {
    self.settings = settings
    labels = set.labels
    classes = set.classes
    let dimensions = set.rows.dimensions
    // Parameters, gradient and the pairs of L-BFGS, beside what a pass works in.
    let overhead =
      SoftmaxPass.bytes(samples: set.count, dimensions: dimensions, classes: classes, threads: threads)
      + 32 * classes * (dimensions + 1) * 8
    rows = try TrainingRows(
      set.rows, standardize: settings.standardize, memory: max(0, memory - min(memory, overhead)),
      threads: threads)
    pass = SoftmaxPass(samples: set.count, dimensions: dimensions, classes: classes, threads: threads)
    buffers = (0..<threads.count).map { [rows] _ in
      Workspace(rows.isResident ? 0 : TrainingRows.blockSize * dimensions)
    }
    preconditioner = try CurvaturePreconditioner(rows, classes: classes, threads: threads)
    parameters = [Double](repeating: 0, count: classes * (dimensions + 1))
  }

  func fit(c: Double) throws -> LogisticRegression.Fit {
    let weightCount = classes * rows.dimensions
    var (correct, evaluated) = (0, 0)
    var spread = (1 - 1 / Double(classes)) / Double(classes)
    try preconditioner.prepare(strength: c * spread)
    let problem = LBFGS.Problem(
      evaluate: { [self] point, gradient in
        let sums = try pass.run(
          rows.count, labels: labels, weights: point[..<weightCount].map(Float.init),
          bias: point[weightCount...].map(Float.init)
        ) { try rows.block($0, buffers[$1].base) }
        // Where the fit is good, probabilities are near 0 or 1 and the function is flatter.
        spread = max(sums.curvature / Double(rows.count * classes), 1e-12)
        evaluated = Int(sums.correct)
        gradient = point
        for label in 0..<classes { gradient[weightCount + label] = 0 }
        repscope_double_add(pass.weightGradient, c, &gradient, weightCount)
        for label in 0..<classes { gradient[weightCount + label] = c * pass.biasGradient[label] }
        return c * sums.loss + 0.5 * repscope_sum_of_squares(point, weightCount)
      },
      precondition: { [self] vector in
        let ratio = preconditioner.strength / (c * spread)
        if ratio > 2 || ratio < 0.5 { try preconditioner.prepare(strength: c * spread) }
        try preconditioner.apply(&vector)
      },
      accept: { correct = evaluated })
    let method = LBFGS(maximumIterations: settings.maximumIterations, tolerance: settings.tolerance)
    let outcome = try method.minimise(&parameters, problem)
    guard outcome.value.isFinite else {
      throw ProbeError(.diverged, "the loss at C = \(c) is \(outcome.value); scale the features down")
    }
    let classifier = LinearClassifier(
      mean: rows.mean, factors: rows.deviations?.map { 1 / $0 },
      weights: DoubleMatrix(
        rows: classes, columns: rows.dimensions, elements: Array(parameters[..<weightCount])),
      bias: Array(parameters[weightCount...]))
    return LogisticRegression.Fit(
      c: c, objective: outcome.value, trainingAccuracy: Double(correct) / Double(rows.count),
      heldOutAccuracy: nil, iterations: outcome.iterations, evaluations: outcome.evaluations,
      isConverged: outcome.isConverged, classifier: classifier)
  }
}
