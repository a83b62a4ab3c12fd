import Alignment

extension ProbeProtocol {
  /// The settings that are outside their limits, by the names of `repscope probe`'s options.
  ///
  /// - Parameter naming: How messages call a setting.
  package func problems(naming: @escaping (String) -> String = { $0 }) -> [SettingProblem] {
    var checks = SettingChecks(naming: naming)
    func arePositive(_ values: [Double]) -> Bool {
      !values.isEmpty && values.allSatisfy { $0 > 0 && $0.isFinite }
    }
    func text(_ values: [Double]) -> String {
      values.isEmpty ? "an empty list" : values.map(\.description).joined(separator: ", ")
    }
    switch self {
    case .logistic(let probe):
      checks.require(
        arePositive(probe.cs), "c", "is \(text(probe.cs)); it is one positive number or several")
      checks.require(
        probe.holdout > 0 && probe.holdout < 1, "holdout", "is \(probe.holdout); it lies between 0 and 1")
      checks.require(
        probe.maximumIterations >= 1, "max-iterations",
        "is \(probe.maximumIterations); it must be at least 1")
    case .ridge(let probe):
      checks.require(
        arePositive(probe.lambdas), "lambda",
        "is \(text(probe.lambdas)); it is one positive number or several")
    case .gradient(let probe):
      checks.require(
        probe.batchSize >= 2, "batch-size", "is \(probe.batchSize); it must be at least 2")
      checks.require(probe.epochs >= 1, "epochs", "is \(probe.epochs); it must be at least 1")
      checks.require(
        probe.epochs < 1 || (0..<probe.epochs).contains(probe.warmupEpochs), "warmup-epochs",
        "is \(probe.warmupEpochs); it is at least 0, and fewer than the \(probe.epochs) epochs")
      checks.require(
        probe.learningRate > 0 && probe.learningRate.isFinite, "learning-rate",
        "is \(probe.learningRate); it must be positive")
      checks.require(
        probe.weightDecay >= 0 && probe.weightDecay.isFinite, "weight-decay",
        "is \(probe.weightDecay); it must be 0 or positive")
    case .neighbors(let probe):
      checks.require(probe.k >= 1, "k", "is \(probe.k); it must be at least 1")
      checks.require(
        probe.temperature > 0 && probe.temperature.isFinite, "temperature",
        "is \(probe.temperature); it must be positive")
    }
    return checks.problems
  }
}
