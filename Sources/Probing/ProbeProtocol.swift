import LinearAlgebra

/// How a representation is probed: which classifier, with which settings.
public enum ProbeProtocol: Sendable, Hashable {
  case logistic(LogisticRegression)
  case ridge(RidgeClassifier)
  case gradient(GradientProbe)
  case neighbors(NeighborClassifier)

  /// The names by which protocols are asked for.
  public static let names: [String] = ["logistic", "ridge"] + GradientProbe.all.map(\.name) + ["knn"]

  /// The protocol of that name with its own settings.
  public static func named(_ name: String) -> ProbeProtocol? {
    switch name {
    case "logistic": .logistic(LogisticRegression())
    case "ridge": .ridge(RidgeClassifier())
    case "knn": .neighbors(NeighborClassifier())
    default: GradientProbe.all.first { $0.name == name }.map(ProbeProtocol.gradient)
    }
  }

  public var name: String {
    switch self {
    case .logistic: "logistic"
    case .ridge: "ridge"
    case .gradient(let probe): probe.name
    case .neighbors: "knn"
    }
  }

  /// What the table calls the accuracy.
  public var metric: String {
    if case .neighbors = self { "knn-probe" } else { "linear-probe" }
  }

  /// The settings as `name=value` pairs joined by `;`, sorted by name: enough to repeat the measurement.
  ///
  /// What is rarely changed is named where it is not what the protocol of this name has.
  public var parameters: String {
    var values: [String: String] = ["protocol": name]
    func add<Setting: Equatable>(_ name: String, _ setting: Setting, unless usual: Setting?) {
      if setting != usual { values[name] = "\(setting)" }
    }
    switch self {
    case .logistic(let logistic):
      values["c"] = Self.list(logistic.cs.sorted())
      values["standardize"] = String(logistic.standardize)
      if logistic.cs.count > 1 {
        values["holdout"] = "\(logistic.holdout)"
        values["seed"] = "\(logistic.seed)"
      }
      let usual = LogisticRegression()
      add("max-iterations", logistic.maximumIterations, unless: usual.maximumIterations)
      add("tolerance", logistic.tolerance, unless: usual.tolerance)
    case .ridge(let ridge):
      values["lambda"] = Self.list(ridge.lambdas.sorted())
      values["standardize"] = String(ridge.standardize)
    case .gradient(let probe):
      values["batch"] = "\(probe.batchSize)"
      values["epochs"] = "\(probe.epochs)"
      values["lr"] = "\(probe.learningRate)\(probe.scalesWithBatch ? "*batch/256" : "")"
      values["seed"] = "\(probe.seed)"
      add("warmup", probe.warmupEpochs, unless: 0)
      add("weight-decay", probe.weightDecay, unless: 0)
      let usual = GradientProbe.all.first { $0.name == probe.name }
      add("affine", probe.hasAffineNorm, unless: usual?.hasAffineNorm)
      add("deviation", probe.initialDeviation, unless: usual?.initialDeviation)
      add("epsilon", probe.normEpsilon, unless: usual?.normEpsilon)
      add("momentum", probe.momentum, unless: usual?.momentum)
      add("optimizer", probe.optimizer.rawValue, unless: usual?.optimizer.rawValue)
    case .neighbors(let neighbors):
      values["k"] = "\(neighbors.k)"
      values["temperature"] = "\(neighbors.temperature)"
    }
    return values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
  }

  private static func list(_ values: [Double]) -> String {
    values.map(\.description).joined(separator: "|")
  }
}

/// What a probe found.
public struct ProbeResult: Sendable, Hashable {
  /// On the validation samples.
  public let report: ClassificationReport
  /// Of the training samples, where the protocol tells: left out one by one for ridge, over the last epoch for gradient
  /// probes.
  public let trainingAccuracy: Double?
  /// The setting that was chosen among several, such as "c=0.1".
  public let chosen: String?
  /// Training and validation, epoch by epoch; empty for protocols without epochs.
  public let epochs: [GradientProbe.Epoch]
  /// The classifier; nil for neighbors, which have none.
  public let classifier: LinearClassifier?
  /// What the reader of the number should know.
  public let warnings: [String]
}

extension ProbeProtocol {
  /// Trains on one set and tests with the other.
  ///
  /// - Parameters:
  ///   - train: What is learned from.
  ///   - validation: What is tested with.
  ///   - memory: Bytes that features in hand and working memory may take; features beyond are read again in every pass.
  ///   - threads: How many threads may be used; values do not depend on it.
  ///   - progress: Called after each epoch of a gradient probe.
  /// - Throws: ``ProbeError``, or the error of a reader.
  public func run(
    train: ProbeSet, validation: ProbeSet, memory: Int = .max, threads: Threads = .all,
    progress: (GradientProbe.Epoch) -> Void = { _ in }
  ) throws -> ProbeResult {
    try train.check(against: validation)
    var warnings: [String] = []
    let untrained = zip(train.classSizes, validation.classSizes).count { $0 == 0 && $1 > 0 }
    if untrained > 0 {
      warnings.append(
        "\(untrained) of the validation samples' classes have no training sample and are never recognised")
    }
    switch self {
    case .logistic(let logistic):
      let (best, path) = try logistic.fit(train, memory: memory, threads: threads)
      for fit in path + [best] where !fit.isConverged {
        warnings.append(
          "the minimum at C = \(fit.c) was not reached in \(fit.iterations) iterations; standardize, or lower C"
        )
      }
      return ProbeResult(
        report: try best.classifier.test(validation, threads: threads).report,
        trainingAccuracy: best.trainingAccuracy, chosen: path.isEmpty ? nil : "c=\(best.c)", epochs: [],
        classifier: best.classifier, warnings: warnings)
    case .ridge(let ridge):
      let (best, path) = try ridge.fit(train, memory: memory, threads: threads)
      if path.count > 1, best.lambda == path[0].lambda || best.lambda == path[path.count - 1].lambda {
        warnings.append("the best lambda, \(best.lambda), is at the end of those tried")
      }
      return ProbeResult(
        report: try best.classifier.test(validation, threads: threads).report,
        trainingAccuracy: best.leaveOneOutAccuracy, chosen: path.count > 1 ? "lambda=\(best.lambda)" : nil,
        epochs: [], classifier: best.classifier, warnings: warnings)
    case .gradient(let probe):
      let fit = try probe.fit(
        train, validation: validation, memory: memory, threads: threads, progress: progress)
      if fit.steps < 500 {
        warnings.append(
          "\(probe.name) takes \(fit.steps) steps on \(train.count) samples, some 7,000 on ImageNet; smaller batches train "
            + "further")
      }
      return ProbeResult(
        report: fit.report, trainingAccuracy: fit.epochs.last?.trainingAccuracy, chosen: nil,
        epochs: fit.epochs, classifier: fit.classifier, warnings: warnings)
    case .neighbors(let neighbors):
      return ProbeResult(
        report: try neighbors.test(validation, among: train, memory: memory, threads: threads),
        trainingAccuracy: nil, chosen: nil, epochs: [], classifier: nil, warnings: warnings)
    }
  }
}
