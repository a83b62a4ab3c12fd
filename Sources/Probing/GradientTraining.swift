import CKernels
import LinearAlgebra

/// The state of a probe in training.
struct GradientTraining {
  private let settings: GradientProbe
  private let rows: TrainingRows
  private let labels: [Int32]
  private let threads: Threads
  private let pass: SoftmaxPass
  /// The features of one batch.
  private let batch: Workspace<Float>
  private let batchSize: Int
  private let random: CounterRandom
  private var parameters: ProbeParameters
  private var optimizer: ProbeOptimizer
  private var norm: BatchNorm
  private var step = 0

  var batchesPerEpoch: Int { rows.count / batchSize }

  init(_ settings: GradientProbe, _ train: ProbeSet, memory: Int, threads: Threads) throws {
    self.settings = settings
    self.threads = threads
    labels = train.labels
    let dimensions = train.rows.dimensions
    batchSize = min(settings.batchSize, train.count)
    let overhead =
      SoftmaxPass.bytes(samples: batchSize, dimensions: dimensions, classes: train.classes, threads: threads)
      + batchSize * dimensions * 4 + 6 * train.classes * dimensions * 8
    rows = try TrainingRows(
      train.rows, standardize: false, memory: max(0, memory - min(memory, overhead)), threads: threads)
    pass = SoftmaxPass(samples: batchSize, dimensions: dimensions, classes: train.classes, threads: threads)
    batch = Workspace(batchSize * dimensions)
    random = CounterRandom(seed: settings.seed)
    parameters = ProbeParameters(
      classes: train.classes, dimensions: dimensions, deviation: settings.initialDeviation, random: random)
    optimizer = ProbeOptimizer(settings, parameters)
    norm = BatchNorm(mean: rows.mean, epsilon: settings.normEpsilon)
  }

  /// The classifier as it is now, with the running moments.
  var classifier: LinearClassifier {
    let (classes, dimensions) = (parameters.classes, parameters.dimensions)
    var weights = parameters.weights
    var bias = parameters.bias
    for label in 0..<classes {
      let row = label * dimensions
      for column in 0..<dimensions {
        bias[label] += weights[row + column] * parameters.shift[column]
        weights[row + column] *= parameters.factor[column]
      }
    }
    return LinearClassifier(
      mean: zip(rows.mean, norm.runningMean).map { $0 + $1 },
      factors: norm.runningVariance.map { 1 / ($0 + settings.normEpsilon).squareRoot() },
      weights: DoubleMatrix(rows: classes, columns: dimensions, elements: weights), bias: bias)
  }

  /// One pass over the samples.
  ///
  /// - Parameter number: The epoch's, from 1.
  mutating func runEpoch(_ number: Int) throws -> (loss: Double, accuracy: Double, rate: Double) {
    // Stream 0 is the weights'.
    let order = random.permutation(of: rows.count, stream: UInt64(number))
    var (loss, correct, rate) = (0.0, 0, 0.0)
    for place in 0..<batchesPerEpoch {
      let time = Double(number - 1) + Double(place) / Double(batchesPerEpoch)
      rate = settings.rate(at: time, batch: batchSize)
      let sums = try takeStep(order[place * batchSize..<(place + 1) * batchSize], rate: rate)
      loss += sums.loss
      correct += Int(sums.correct)
    }
    let seen = Double(batchesPerEpoch * batchSize)
    guard loss.isFinite else {
      throw ProbeError(
        .diverged,
        "the training loss of epoch \(number) is \(loss / seen); lower the learning rate (\(settings.learningRate))"
      )
    }
    return (loss / seen, Double(correct) / seen, rate)
  }

  private mutating func takeStep(_ places: ArraySlice<Int>, rate: Double) throws -> repscope_softmax_sums {
    let dimensions = rows.dimensions
    let moments = try gather(places)
    let scales = norm.update(moments, count: places.count)
    let means = moments.mean
    // Normalised features are (x - mean) * scale * factor + shift: folded into weights and biases.
    var effective = [Float](repeating: 0, count: parameters.weights.count)
    var bias = [Float](repeating: 0, count: parameters.classes)
    let columnFactors = zip(scales, parameters.factor).map { $0 * $1 }
    let columnShifts = (0..<dimensions).map { parameters.shift[$0] - means[$0] * columnFactors[$0] }
    for label in 0..<parameters.classes {
      let row = label * dimensions
      var sum = parameters.bias[label]
      for column in 0..<dimensions {
        effective[row + column] = Float(parameters.weights[row + column] * columnFactors[column])
        sum += parameters.weights[row + column] * columnShifts[column]
      }
      bias[label] = Float(sum)
    }
    let sums = try pass.run(
      places.count, labels: places.map { labels[$0] }, weights: effective, bias: bias
    ) { [batch] range, _ in UnsafePointer(batch.base + range.lowerBound * dimensions) }
    let gradient = parameters.gradient(
      pass, means: means, scales: scales, count: places.count, learnsNorm: settings.hasAffineNorm)
    step += 1
    optimizer.apply(gradient, to: &parameters, rate: rate, step: step)
    return sums
  }

  /// Copies a batch together and sums its columns.
  private func gather(_ places: ArraySlice<Int>) throws -> BatchNorm.Moments {
    let dimensions = rows.dimensions
    let blocks = Tiling(places.count, by: 256)
    let partial = Workspace<Double>(blocks.tiles * 2 * dimensions)
    partial.base.initialize(repeating: 0, count: partial.count)
    let zeros = [Double](repeating: 0, count: dimensions)
    let (target, sums) = (UncheckedPointer(batch.base), UncheckedPointer(partial.base))
    try parallelLoop(blocks.tiles, threads: threads) { block, _ in
      let range = blocks[block]
      let base = target.pointer + range.lowerBound * dimensions
      let first = places.startIndex + range.lowerBound
      try rows.gather(places[first..<first + range.count], into: base)
      let own = sums.pointer + block * 2 * dimensions
      repscope_column_moments(base, dimensions, range.count, dimensions, zeros, own, own + dimensions)
    }
    var moments = BatchNorm.Moments(mean: zeros, variance: zeros)
    for block in 0..<blocks.tiles {
      repscope_double_add(partial.base + block * 2 * dimensions, 1, &moments.mean, dimensions)
      repscope_double_add(partial.base + (block * 2 + 1) * dimensions, 1, &moments.variance, dimensions)
    }
    let n = Double(places.count)
    for column in 0..<dimensions {
      let mean = moments.mean[column] / n
      moments.mean[column] = mean
      moments.variance[column] = max(0, moments.variance[column] / n - mean * mean)
    }
    return moments
  }
}

/// Batch norm's moments, of features less the training mean.
struct BatchNorm {
  /// Of one batch; the variance is its mean square.
  struct Moments {
    var mean: [Double]
    var variance: [Double]
  }

  private(set) var runningMean: [Double]
  private(set) var runningVariance: [Double]
  private let epsilon: Double

  private static let momentum = 0.1

  /// - Parameter mean: What has been taken off the features: PyTorch's running mean starts at zero of the features as given.
  init(mean: [Double], epsilon: Double) {
    runningMean = mean.map { -$0 }
    runningVariance = mean.map { _ in 1 }
    self.epsilon = epsilon
  }

  /// Takes a batch into the running moments and returns what its features are multiplied by.
  mutating func update(_ moments: Moments, count: Int) -> [Double] {
    // PyTorch normalises with the mean square and remembers the unbiased variance.
    let unbiased = Double(count) / Double(count - 1)
    for column in runningMean.indices {
      runningMean[column] += Self.momentum * (moments.mean[column] - runningMean[column])
      runningVariance[column] +=
        Self.momentum * (moments.variance[column] * unbiased - runningVariance[column])
    }
    return moments.variance.map { 1 / ($0 + epsilon).squareRoot() }
  }
}
