import Features
import LinearAlgebra
import TensorFiles

/// Settings, model and latents brought together and found to fit: what is computed for each sample, and where it goes.
struct ExtractionPlan: Sendable {
  /// Places in the full list of latents, one a row of the archive.
  let samples: [Int]
  let steps: [ArchiveDescription.Timestep]
  let taps: [TapRows]
  let description: ArchiveDescription
  let archiveSamples: ArchiveSamples
  let noise: LatentNoise
  /// For draws from the posterior; nil where its mean is taken.
  let posteriorNoise: LatentNoise?
  /// The label of every row that the network is told.
  let labels: [Int]

  /// What is kept of a tap.
  struct TapRows: Sendable {
    let tap: Tap
    /// What the network gives: [T, D] or [C, H, W].
    let shape: [Int]
    /// What a row holds of it.
    let rowShape: [Int]
    var rowElements: Int { rowShape.reduce(1, *) }
  }

  /// The representation of a tap at a time step: representations are in the order of time steps, then taps.
  func representation(step: Int, tap: Int) -> Int { step * taps.count + tap }

  /// - Throws: ``ExtractionError`` for what does not fit, `TensorFileError` for files that cannot be read.
  init(_ settings: ExtractionSettings, network: NetworkDescription, latents: Latents) throws {
    guard latents.shape == network.input else {
      throw ExtractionError(
        .badLatents, path: latents.path,
        "its latents are \(latents.shape), but the network takes \(network.input) (channels, height, width)")
    }
    guard Float(settings.latentScale).isFinite, Float(settings.latentBias).isFinite else {
      throw ExtractionError(.invalidSettings, "scale and bias of the latents must be finite as Float32")
    }
    guard [.float32, .float16].contains(settings.elementType) else {
      throw ExtractionError(
        .invalidSettings, "an archive holds float32 or float16, not \(settings.elementType)")
    }
    let interpolant = settings.interpolant ?? network.interpolant
    let convention = settings.timeConvention ?? network.timeConvention
    let steps = try Self.steps(settings, interpolant: interpolant, convention: convention)
    let taps = try Self.taps(settings, network: network)
    let samples = try Self.samples(settings.samples, count: latents.count)
    labels = try Self.labels(settings.condition, samples: samples, network: network, latents: latents)
    noise =
      switch settings.noise {
      case .seed(let seed): LatentNoise(seed: seed, elements: latents.shape.elements)
      case .file(let file): try LatentNoise(file: file, count: latents.count, shape: latents.shape)
      }
    posteriorNoise = try Self.posteriorNoise(settings, latents: latents)

    let representations = steps.flatMap { step in
      taps.map {
        ArchiveDescription.Representation(
          FeatureKey(layer: $0.tap.label, timestep: step.t), shape: $0.rowShape)
      }
    }
    let bytes = representations.reduce(0) { $0 + $1.elements } * MemoryLayout<Float>.size
    let shardSize = settings.shardSize ?? min(512, max(1, Self.shardBytes / bytes))
    guard (1...1 << 24).contains(shardSize) else {
      throw ExtractionError(
        .invalidSettings, "a shard of \(shardSize) samples; it must have from 1 to \(1 << 24)")
    }
    let (shardBytes, isTooMany) = bytes.multipliedReportingOverflow(by: min(shardSize, samples.count))
    guard shardSize == 1 || (!isTooMany && shardBytes <= Self.largestShardBytes) else {
      throw ExtractionError(
        .invalidSettings,
        "a shard of \(shardSize) samples would need more than 16 GiB of memory; at \(bytes) bytes a sample it may have "
          + "\(max(1, Self.largestShardBytes / bytes))")
    }
    var kept = try Self.record(settings, latents: latents, samples: samples, noise: noise)
    kept["interpolant"] = .text(interpolant.rawValue)
    kept["time_convention"] = .text(convention.rawValue)
    if settings.condition == .nullLabel { kept["null_label"] = network.nullLabel.map(ArchiveSetting.integer) }
    description = ArchiveDescription(
      model: settings.model, family: network.family, step: network.trainingStep,
      checkpointDigest: network.digest,
      timesteps: steps, representations: representations, samples: samples.count, shardSize: shardSize,
      elementType: settings.elementType, settings: kept)
    archiveSamples = ArchiveSamples(
      names: latents.names.map { names in SampleList(samples.map { names[$0] }) },
      labels: samples.map { latents.labels[$0] })
    self.steps = steps
    self.taps = taps
    self.samples = samples
  }

  /// The memory that the rows of a shard may take, where it is not the user who says how many.
  private static let shardBytes = 256 << 20
  private static let largestShardBytes = 16 << 30

  /// What the archive says of latents, noise and the rest, under names that sort together.
  private static func record(
    _ settings: ExtractionSettings, latents: Latents, samples: [Int], noise: LatentNoise
  ) throws -> [String: ArchiveSetting] {
    var kept: [String: ArchiveSetting] = [
      "latents.count": .integer(latents.count),
      "latents.shape": .text("\(latents.shape)"),
      "latents.digest": .text(try latents.digest()),
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
    return kept
  }

  private static func posteriorNoise(_ settings: ExtractionSettings, latents: Latents) throws -> LatentNoise?
  {
    guard settings.posterior == .sample else { return nil }
    guard latents.isPosterior else {
      throw ExtractionError(
        .invalidSettings, path: latents.path,
        "it holds no standard deviations to draw with; REPA's img-mean-std-*.npy do. Take the latents as they are"
      )
    }
    // Noise from a file is for the interpolant; draws then come from the default seed.
    let seed = if case .seed(let seed) = settings.noise { seed } else { ExtractionSettings.defaultSeed }
    return LatentNoise.posterior(seed: seed, elements: latents.shape.elements)
  }
}
