import CKernels
import LinearAlgebra

/// One thread's memory: an image's latent and noise, the network's, and the way from hidden states to rows.
final class DiffusionWorker<Model: DiffusionModel> {
  private let model: Model
  private let plan: DiffusionPlan
  private let settings: DiffusionSettings
  private let latents: LatentReader
  private let samples: InputSamples
  private let collector: TapCollector<Tap>
  private lazy var memory = model.makeWorkspace()
  private let latent: Workspace<Float>
  private let noise: Workspace<Float>
  private let mixed: Workspace<Float>
  /// The sample whose latent and noise are in memory.
  private var loaded: Int?

  init(_ model: Model, plan: DiffusionPlan, settings: DiffusionSettings, latents: Latents) {
    self.model = model
    self.plan = plan
    self.settings = settings
    self.latents = latents.makeReader()
    samples = latents.samples
    collector = TapCollector(plan.taps, plan.rows, label: \.label, network: "network")
    latent = Workspace(latents.shape.elements)
    noise = Workspace(latents.shape.elements)
    mixed = Workspace(latents.shape.elements)
  }

  /// Runs a sample at a time step and writes what is kept of every tap.
  ///
  /// - Parameter row: The place for what is kept of the tap with this number.
  func run(
    sample: Int, step: Int, conditioning: Model.Conditioning, row: (Int) -> UnsafeMutableBufferPointer<Float>
  ) throws {
    try load(sample)
    let level = plan.steps[step]
    for element in 0..<mixed.count {
      mixed.base[element] = Float(
        level.alpha * Double(latent.base[element]) + level.sigma * Double(noise.base[element]))
    }
    let input = UnsafeBufferPointer(start: mixed.base, count: mixed.count)
    try collector.collect(into: row, sample: { "\(samples.name(sample)) at t = \(level.t)" }) { [self] take in
      try model.run(input, conditioning, taps: collector.taps, workspace: memory, take)
    }
  }

  private func load(_ sample: Int) throws {
    guard loaded != sample else { return }
    loaded = nil
    let buffer = { (memory: Workspace<Float>) in
      UnsafeMutableBufferPointer(start: memory.base, count: memory.count)
    }
    if let posterior = plan.posteriorNoise { try posterior.fill(buffer(noise), sample: sample) }
    try latents.read(
      sample, noise: plan.posteriorNoise.map { _ in UnsafeBufferPointer(buffer(noise)) }, into: buffer(latent)
    )
    // In Float32, as the models were trained.
    let (scale, bias) = (Float(settings.latentScale), Float(settings.latentBias))
    for element in 0..<latent.count { latent.base[element] = latent.base[element] * scale + bias }
    try plan.noise.fill(buffer(noise), sample: sample)
    let finite = repscope_finite_prefix(noise.base, noise.count)
    guard finite == noise.count else {
      throw ExtractionError(
        .badInput, "element \(finite) of the noise of \(samples.name(sample)) is \(noise.base[finite])")
    }
    loaded = sample
  }
}
