import Alignment
import Foundation
import Models
import Probing

/// What a step costs, estimated before it is done: matrix products by their operations, the rest by time.
///
/// The constants are measured on two cores; what grows with the number of samples or pairs is per item. They are for telling
/// minutes from hours, not for timing.
struct StepCost: Sendable, Hashable {
  /// Floating-point operations of matrix products.
  var operations = 0.0
  /// The share of a large matrix product's speed that the products reach.
  var efficiency = 0.8
  /// Of everything else.
  var seconds = 0.0
  /// What is left on the disk.
  var bytes = 0.0

  func seconds(speed: Double) -> Double {
    seconds + (speed > 0 ? operations / (speed * efficiency) : 0)
  }

  static func + (a: StepCost, b: StepCost) -> StepCost {
    let operations = a.operations + b.operations
    // The efficiency at which the sum takes as long as its parts.
    let time = a.operations / a.efficiency + b.operations / b.efficiency
    return StepCost(
      operations: operations, efficiency: time > 0 ? operations / time : a.efficiency,
      seconds: a.seconds + b.seconds, bytes: a.bytes + b.bytes)
  }

  static func * (cost: StepCost, count: Int) -> StepCost {
    StepCost(
      operations: cost.operations * Double(count), efficiency: cost.efficiency,
      seconds: cost.seconds * Double(count), bytes: cost.bytes * Double(count))
  }

  static let none = StepCost()

  /// A file's place on the disk: whole blocks.
  static func file(_ bytes: Double) -> Double { (bytes / 4096).rounded(.up) * 4096 }

  /// Products with matrices that narrow spend their time on packing and on what surrounds them.
  private static func efficiency(width: Int) -> Double { 0.87 * Double(width) / (Double(width) + 32) }
}

// MARK: Samples and networks

extension StepCost {
  /// Pictures to cropped copies and latents; a copy and a latent are a file each.
  static func preprocessing(_ vae: AutoencoderKL.Configuration, side: Int, pictures: Int) -> StepCost {
    let latent = side / vae.downsamplingFactor
    let operations = Double(vae.floatingPointOperations(of: .encoder, height: side, width: side))
    return StepCost(
      operations: operations, efficiency: efficiency(width: vae.blockChannels.max() ?? 0),
      // Two files that are flushed to the disk.
      seconds: 0.0013,
      bytes: file(Double(3 * side * side + 128))
        + file(Double(8 * vae.latentChannels * latent * latent + 128)))
      * pictures
  }

  /// Hidden states of a diffusion transformer.
  static func extraction(
    _ network: DiffusionTransformer.Configuration, layers: Int, timesteps: Int, size: PlannedFeatures.Size
  ) -> StepCost {
    StepCost(
      operations: Double(network.floatingPointOperations(upTo: layers)) * Double(timesteps * size.samples),
      efficiency: efficiency(width: network.width), seconds: 0.05, bytes: bytes(size))
  }

  /// Hidden states of a vision encoder, decoding of pictures included.
  static func extraction(
    _ network: VisionTransformer.Configuration, layers: Int, size: PlannedFeatures.Size
  ) -> StepCost {
    StepCost(
      operations: Double(network.floatingPointOperations(upTo: layers)) * Double(size.samples),
      efficiency: efficiency(width: network.width),
      seconds: 0.05 + Double(network.inputHeight * network.inputWidth * size.samples) * 1.4e-8,
      bytes: bytes(size))
  }

  private static func bytes(_ size: PlannedFeatures.Size) -> Double {
    // Beside the numbers a list of the samples' names.
    Double(size.samples) * (Double(size.representations * size.width * 4) + 32) + 4096
  }
}

// MARK: Measurements

extension StepCost {
  /// Alignment of a model with references.
  static func measurement(
    of model: PlannedFeatures.Size, against references: [PlannedFeatures.Size], metrics: [Metric],
    properties: [RepresentationProperty], keepsGramMatrices: Bool, study: Study
  ) -> StepCost {
    let pairs = references.map { reference -> StepCost in
      metrics.reduce(none) { $0 + pair(of: model, with: reference, $1, keepsGramMatrices, study) }
        * (model.representations * reference.representations)
    }
    let sides = ([model] + (metrics.isEmpty ? [] : references)).map {
      side(of: $0, metrics, keepsGramMatrices) * $0.representations
    }
    let alone = StepCost(
      operations: Double(properties.count) * products(model, model.width), efficiency: 0.4, seconds: 0.001)
    let rows = model.representations * references.reduce(0) { $0 + $1.representations } * metrics.count
    let files = metrics.count * references.count + properties.count
    return (pairs + sides).reduce(alone * model.representations) { $0 + $1 }
      + StepCost(seconds: 0.003 * Double(files), bytes: Double(rows) * 180 + Double(files) * 4096)
  }

  /// 2 N D1 D2: a product of two sides' columns.
  private static func products(_ side: PlannedFeatures.Size, _ width: Int) -> Double {
    2 * Double(side.samples) * Double(side.width) * Double(width)
  }

  /// What is done once a representation.
  private static func side(
    of size: PlannedFeatures.Size, _ metrics: [Metric], _ keepsGramMatrices: Bool
  ) -> StepCost {
    let samples = Double(size.samples)
    var cost = StepCost(seconds: 0.0005)
    // Half a Gram matrix.
    if metrics.contains(where: { $0.dependencies.contains(.k) || keepsGramMatrices && $0.sumsGramMatrices }) {
      cost =
        cost
        + StepCost(
          operations: samples * samples * Double(size.width), efficiency: efficiency(width: size.width) * 0.8)
    }
    if metrics.contains(where: {
      !$0.dependencies.contains(.k) && !$0.isPatchWise && !(keepsGramMatrices && $0.sumsGramMatrices)
    }) {
      cost = cost + StepCost(operations: products(size, size.width) / 2, efficiency: 0.6)
    }
    return cost
  }

  /// What is done once a pair, statistics included.
  private static func pair(
    of model: PlannedFeatures.Size, with reference: PlannedFeatures.Size, _ metric: Metric,
    _ keepsGramMatrices: Bool, _ study: Study
  ) -> StepCost {
    let samples = Double(model.samples)
    let permutations = Double(study.statistics.permutations ?? 0)
    let resamples = Self.resamples(study)
    if metric.dependencies.contains(.k) {
      return StepCost(seconds: 0.001 + samples * (5e-7 + permutations * 3.5e-8 + resamples * 5e-7))
    }
    if metric.dependencies.contains(.sigma) {
      let kernels = samples * samples * Double(model.width + reference.width)
      return StepCost(
        operations: kernels * (1 + resamples), efficiency: 0.4,
        seconds: samples * samples * permutations * 2e-10)
    }
    let product = products(model, reference.width)
    if metric.sumsGramMatrices {
      // Permutations look up the entries of two Gram matrices.
      return StepCost(
        operations: product * (resamples + (keepsGramMatrices ? 0 : 1)), efficiency: 0.75,
        seconds: 0.001 + samples * samples * (permutations + (keepsGramMatrices ? 1 : 0)) * 1.6e-10)
    }
    if metric.isPatchWise { return StepCost(seconds: samples * Double(model.width) * 2e-9) }
    return StepCost(operations: product * (1 + permutations + resamples), efficiency: 0.3)
  }

  /// On how many choices of samples confidence intervals rest.
  private static func resamples(_ study: Study) -> Double {
    study.statistics.intervals.map { Double(Resampling($0, count: study.statistics.resamples).count) } ?? 0
  }

  /// A probe of every representation.
  static func probe(
    _ probe: ProbeProtocol, training: PlannedFeatures.Size, validation: PlannedFeatures.Size, classes: Int
  ) -> StepCost {
    // One pass: the classes' scores of all samples, and the gradient from them.
    let pass = 4 * Double(training.samples) * Double(training.width) * Double(max(classes, 2))
    let cost: StepCost
    switch probe {
    case .logistic(let logistic):
      cost = StepCost(operations: pass * 40 * Double(logistic.cs.count), efficiency: 0.5, seconds: 0.004)
    case .ridge:
      let width = Double(training.width)
      cost = StepCost(
        operations: Double(training.samples) * width * width + 9 * width * width * width / 3 + pass,
        efficiency: 0.5,
        seconds: 0.004)
    case .gradient(let gradient):
      cost = StepCost(operations: pass * Double(gradient.epochs), efficiency: 0.3, seconds: 0.004)
    case .neighbors:
      cost = StepCost(
        operations: 2 * Double(training.samples) * Double(validation.samples) * Double(training.width),
        efficiency: 0.6,
        seconds: 0.004)
    }
    return cost * validation.representations + StepCost(seconds: 0.005, bytes: 4096)
  }

  /// A figure in three formats.
  static let figure = StepCost(seconds: 0.12, bytes: 150_000)
}
