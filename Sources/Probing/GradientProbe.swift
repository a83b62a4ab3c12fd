import LinearAlgebra

/// A linear classifier behind a batch norm, trained by stochastic gradients: the protocols of REPA and its relatives.
///
/// Batches are drawn anew each epoch, without repetition; what is left when no whole batch remains has its turn in other
/// epochs. Where samples are fewer than the batch size, all of them are one batch. Weights start normal, biases at zero;
/// the learning rate falls by half a cosine, step by step, after a linear warm-up where there is one. Batch norm is
/// PyTorch's `BatchNorm1d`: the batch's own moments in training, running ones (momentum 0.1) in testing.
public struct GradientProbe: Sendable, Hashable {
  /// How a gradient becomes a step.
  public enum Optimizer: String, Sendable, Hashable, CaseIterable {
    /// With decays 0.9 and 0.999, epsilon 1e-8.
    case adam
    /// With momentum.
    case sgd
    /// With momentum; the step of weights scaled by 0.001 of their length over the gradient's, biases as they are. You et
    /// al., arXiv 1708.03888; `util/lars.py` of the MAE code.
    case lars
  }

  /// What the protocol is called.
  public var name: String
  public var optimizer: Optimizer
  public var learningRate: Double
  /// Multiply the learning rate by batch size / 256.
  public var scalesWithBatch: Bool
  public var batchSize: Int
  public var epochs: Int
  /// Epochs in which the learning rate rises from zero.
  public var warmupEpochs: Int
  /// Of SGD and LARS.
  public var momentum: Double
  /// Of the weights, added to their gradient.
  public var weightDecay: Double
  /// Whether the batch norm has a factor and a shift to learn.
  public var hasAffineNorm: Bool
  /// Added to variances.
  public var normEpsilon: Double
  /// The standard deviation of the first weights.
  public var initialDeviation: Double
  /// Draws the first weights and the batches.
  public var seed: UInt64

  init(
    name: String, optimizer: Optimizer, learningRate: Double, scalesWithBatch: Bool = false,
    batchSize: Int = 16_384, epochs: Int = 90, warmupEpochs: Int = 0, momentum: Double = 0.9,
    hasAffineNorm: Bool = false, normEpsilon: Double = 1e-6
  ) {
    self.name = name
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.scalesWithBatch = scalesWithBatch
    self.batchSize = batchSize
    self.epochs = epochs
    self.warmupEpochs = warmupEpochs
    self.momentum = momentum
    weightDecay = 0
    self.hasAffineNorm = hasAffineNorm
    self.normEpsilon = normEpsilon
    initialDeviation = 0.01
    seed = 0
  }

  /// REPA's: batch norm without parameters, Adam at 1e-3, batches of 16,384, 90 epochs. arXiv 2410.06940, appendix C.1.
  public static let repa = GradientProbe(name: "repa", optimizer: .adam, learningRate: 1e-3)

  /// REPA's with the batch norm of its author's snippet, which has parameters. Issue 32 of its repository.
  public static let repaAffine = GradientProbe(
    name: "repa-affine", optimizer: .adam, learningRate: 1e-3, hasAffineNorm: true, normEpsilon: 1e-5)

  /// l-DAE's, which REPA's follows: a learning rate of 6.4e-3. arXiv 2401.14404.
  public static let lDAE = GradientProbe(name: "l-dae", optimizer: .adam, learningRate: 6.4e-3)

  /// MAE's: LARS at 0.1 x batch / 256, ten epochs of warm-up. arXiv 2111.06377; `main_linprobe.py` of its code.
  public static let mae = GradientProbe(
    name: "mae", optimizer: .lars, learningRate: 0.1, scalesWithBatch: true, warmupEpochs: 10)

  /// Plain SGD with momentum behind a batch norm with parameters: small batches, for small sets.
  public static let sgd = GradientProbe(
    name: "sgd", optimizer: .sgd, learningRate: 0.1, batchSize: 128, epochs: 30, hasAffineNorm: true,
    normEpsilon: 1e-5)

  /// All protocols by name.
  public static let all: [GradientProbe] = [.repa, .repaAffine, .lDAE, .mae, .sgd]

  /// How an epoch ended.
  public struct Epoch: Sendable, Hashable {
    /// From 1.
    public let number: Int
    /// Of its last step.
    public let learningRate: Double
    /// Mean cross-entropy over the epoch's batches, each before its step.
    public let trainingLoss: Double
    /// Of the same.
    public let trainingAccuracy: Double
    /// Mean cross-entropy of the validation samples after the epoch.
    public let validationLoss: Double
    public let validationAccuracy: Double
  }

  /// A trained probe.
  public struct Fit: Sendable, Hashable {
    public let classifier: LinearClassifier
    /// Of the validation samples after the last epoch: what a protocol that picks the best epoch by them overstates.
    public let report: ClassificationReport
    public let epochs: [Epoch]
    /// Steps in all.
    public let steps: Int
  }

  /// Trains, and tests after every epoch.
  ///
  /// The same bits for any number of threads.
  ///
  /// - Throws: ``ProbeError`` for a setting out of range, features that are not finite, a loss that runs away.
  /// - Complexity: 4 N D K operations an epoch; memory for one batch beside the features.
  public func fit(
    _ train: ProbeSet, validation: ProbeSet, memory: Int = .max, threads: Threads = .all,
    progress: (Epoch) -> Void = { _ in }
  ) throws -> Fit {
    try train.check(against: validation)
    try checkSettings()
    guard train.count > 1 else {
      throw ProbeError(.tooFewSamples, "a batch norm needs two training samples, found \(train.count)")
    }
    var training = try GradientTraining(self, train, memory: memory, threads: threads)
    var epochs: [Epoch] = []
    var tested: ClassificationReport?
    for number in 1...self.epochs {
      let (loss, accuracy, rate) = try training.runEpoch(number)
      let (report, validationLoss) = try training.classifier.test(validation, threads: threads)
      let epoch = Epoch(
        number: number, learningRate: rate, trainingLoss: loss, trainingAccuracy: accuracy,
        validationLoss: validationLoss, validationAccuracy: report.accuracy)
      epochs.append(epoch)
      tested = report
      progress(epoch)
    }
    return Fit(
      classifier: training.classifier, report: tested!, epochs: epochs,
      steps: self.epochs * training.batchesPerEpoch)
  }

  /// The learning rate at a time in epochs.
  func rate(at time: Double, batch: Int) -> Double {
    let base = scalesWithBatch ? learningRate * Double(batch) / 256 : learningRate
    let warmup = Double(warmupEpochs)
    if time < warmup { return base * time / warmup }
    return base * halfCosine((time - warmup) / (Double(epochs) - warmup))
  }

  private func checkSettings() throws {
    guard batchSize > 1, epochs > 0, warmupEpochs >= 0, warmupEpochs < epochs else {
      throw ProbeError(
        .invalidSetting,
        "batches of \(batchSize), \(epochs) epochs, \(warmupEpochs) of warm-up: a batch has two samples at least, and "
          + "warm-up ends before training does")
    }
    guard learningRate > 0, learningRate.isFinite, weightDecay >= 0, weightDecay.isFinite else {
      throw ProbeError(
        .invalidSetting,
        "the learning rate is \(learningRate) and the weight decay \(weightDecay); a rate is positive, a decay not negative"
      )
    }
  }
}
