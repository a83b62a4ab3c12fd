import Features
import LinearAlgebra
import TensorFiles

/// Settings, model and latents brought together and found to fit: what is computed for each sample, and where it goes.
struct DiffusionPlan: Sendable {
  /// Places in the full list of latents, one a row of the archive.
  let samples: [Int]
  let steps: [ArchiveDescription.Timestep]
  let taps: [Tap]
  /// What is kept of each tap.
  let rows: [TapRows]
  let description: ArchiveDescription
  let archiveSamples: ArchiveSamples
  let noise: LatentNoise
  /// For draws from the posterior; nil where its mean is taken.
  let posteriorNoise: LatentNoise?
  /// The label of every row that the network is told.
  let labels: [Int]

  /// The representation of a tap at a time step: representations are in the order of time steps, then taps.
  func representation(step: Int, tap: Int) -> Int { step * taps.count + tap }

  /// - Throws: ``ExtractionError`` for what does not fit, `TensorFileError` for files that cannot be read.
  init(_ settings: DiffusionSettings, network: NetworkDescription, latents: Latents) throws {
    guard latents.shape == network.input else {
      throw ExtractionError(
        .badInput, path: latents.samples.path,
        "its latents are \(latents.shape), but the network takes \(network.input) (channels, height, width)")
    }
    let (scale, bias) = (Float(settings.latentScale), Float(settings.latentBias))
    guard scale.isFinite, bias.isFinite, scale != 0 else {
      throw ExtractionError(
        .invalidSettings,
        "scale and bias of the latents must be finite as Float32, and the scale not 0, which leaves nothing but noise; they are "
          + "\(settings.latentScale) and \(settings.latentBias)")
    }
    try ArchiveLayout.check(settings.elementType)
    let interpolant = settings.interpolant ?? network.interpolant
    let convention = settings.timeConvention ?? network.timeConvention
    let steps = try Self.steps(settings, interpolant: interpolant, convention: convention)
    let taps = try Self.taps(settings, network: network)
    let rows = try taps.map { try Self.rows(of: $0, settings, network: network) }
    let samples = try settings.samples.places(in: latents.samples)
    labels = try Self.labels(settings.condition, samples: samples, network: network, latents: latents)
    noise =
      switch settings.noise {
      case .seed(let seed): LatentNoise(seed: seed, elements: latents.shape.elements)
      case .file(let file): try LatentNoise(file: file, count: latents.samples.count, shape: latents.shape)
      }
    posteriorNoise = try Self.posteriorNoise(settings, latents: latents)

    let representations = steps.flatMap { step in
      rows.map {
        ArchiveDescription.Representation(
          FeatureKey(layer: $0.label, timestep: step.t), shape: $0.rowShape)
      }
    }
    let shardSize = try ArchiveLayout.shardSize(
      settings.shardSize, representations, samples: samples.count)
    var kept = try Self.record(settings, latents: latents, samples: samples, noise: noise)
    kept["interpolant"] = .text(interpolant.rawValue)
    kept["time_convention"] = .text(convention.rawValue)
    if settings.condition == .nullLabel { kept["null_label"] = network.nullLabel.map(ArchiveSetting.integer) }
    description = ArchiveDescription(
      model: settings.model, family: network.family, step: network.trainingStep,
      checkpointDigest: network.digest,
      timesteps: steps, representations: representations, samples: samples.count, shardSize: shardSize,
      elementType: settings.elementType, settings: kept)
    archiveSamples = ArchiveSamples(latents.samples, at: samples)
    self.steps = steps
    self.taps = taps
    self.rows = rows
    self.samples = samples
  }

  /// What the archive says of latents, noise and the rest, under names that sort together.
  private static func record(
    _ settings: DiffusionSettings, latents: Latents, samples: [Int], noise: LatentNoise
  ) throws -> [String: ArchiveSetting] {
    var kept: [String: ArchiveSetting] = [
      "latents.scale": .number(settings.latentScale),
      "latents.bias": .number(settings.latentBias),
      "latents.posterior": .text(settings.posterior.rawValue),
      "samples": .text(IndexRanges(samples)?.description ?? ""),
      "condition": .text(settings.condition.rawValue),
      "pooling": .text("\(settings.pooling)"),
    ]
    switch settings.noise {
    case .seed(let seed):
      kept["noise.seed"] = Int(exactly: seed).map(ArchiveSetting.integer) ?? .text("\(seed)")
    case .file: kept["noise.digest"] = try noise.digest().map(ArchiveSetting.text)
    }
    return kept.merging(try latents.record(samples)) { own, _ in own }
  }

  private static func posteriorNoise(_ settings: DiffusionSettings, latents: Latents) throws -> LatentNoise? {
    guard settings.posterior == .sample else { return nil }
    guard latents.isPosterior else {
      throw ExtractionError(
        .invalidSettings, path: latents.samples.path,
        "it holds no standard deviations to draw with; REPA's img-mean-std-*.npy do. Take the latents as they are"
      )
    }
    // Noise from a file is for the interpolant; draws then come from the default seed.
    let seed = if case .seed(let seed) = settings.noise { seed } else { DiffusionSettings.defaultSeed }
    return LatentNoise.posterior(seed: seed, elements: latents.shape.elements)
  }
}
