import CKernels
import LinearAlgebra

/// One thread's memory: an image's latent and noise, the network's, and the way from hidden states to rows.
final class DiffusionWorker<Model: HiddenStateModel> {
  private let model: Model
  private let plan: DiffusionPlan
  private let settings: ExtractionSettings
  private let latents: LatentReader
  private let samples: InputSamples
  private let taps: Set<Tap>
  private let places: [Tap: Int]
  private lazy var memory = model.makeWorkspace()
  private let latent: Workspace<Float>
  private let noise: Workspace<Float>
  private let mixed: Workspace<Float>
  private let sum: Workspace<Double>
  /// The sample whose latent and noise are in memory.
  private var loaded: Int?

  init(_ model: Model, plan: DiffusionPlan, settings: ExtractionSettings, latents: Latents) {
    self.model = model
    self.plan = plan
    self.settings = settings
    self.latents = latents.makeReader()
    samples = latents.samples
    taps = Set(plan.taps)
    places = Dictionary(uniqueKeysWithValues: plan.taps.enumerated().map { ($1, $0) })
    latent = Workspace(latents.shape.elements)
    noise = Workspace(latents.shape.elements)
    mixed = Workspace(latents.shape.elements)
    sum = Workspace(plan.rows.map { $0.shape.lengths.last ?? 0 }.max() ?? 0)
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
    var missing = taps
    let input = UnsafeBufferPointer(start: mixed.base, count: mixed.count)
    do {
      try model.run(input, conditioning, taps: taps, workspace: memory) { tap, values in
        guard missing.remove(tap) != nil, let place = places[tap] else {
          throw ExtractionError(
            .network, "the network gave \(tap.label), which is not what it was asked for")
        }
        try plan.rows[place].take(values, into: row(place), sum: sum) {
          "\(samples.name(sample)) at t = \(level.t)"
        }
      }
    } catch let error as ExtractionError {
      throw error
    } catch {
      // The network knows its file and its layers, but not what it was given.
      throw ExtractionError(.network, "\(samples.name(sample)) at t = \(level.t): \(error)")
    }
    if let tap = missing.first {
      throw ExtractionError(.network, "the network gave nothing for \(tap.label)")
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
