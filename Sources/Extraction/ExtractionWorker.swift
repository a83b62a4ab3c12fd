import CKernels
import LinearAlgebra

/// One thread's memory: an image's latent and noise, the network's, and the way from hidden states to rows.
final class ExtractionWorker<Model: HiddenStateModel> {
  private let model: Model
  private let plan: ExtractionPlan
  private let settings: ExtractionSettings
  private let latents: Latents
  private let taps: Set<Tap>
  private let places: [Tap: Int]
  private lazy var memory = model.makeWorkspace()
  private let latent: Workspace<Float>
  private let noise: Workspace<Float>
  private let mixed: Workspace<Float>
  private let sum: Workspace<Double>
  /// The sample whose latent and noise are in memory.
  private var loaded: Int?

  init(_ model: Model, plan: ExtractionPlan, settings: ExtractionSettings, latents: Latents) {
    self.model = model
    self.plan = plan
    self.settings = settings
    self.latents = latents
    taps = Set(plan.taps.map(\.tap))
    places = Dictionary(uniqueKeysWithValues: plan.taps.enumerated().map { ($1.tap, $0) })
    latent = Workspace(latents.shape.elements)
    noise = Workspace(latents.shape.elements)
    mixed = Workspace(latents.shape.elements)
    sum = Workspace(plan.taps.map { $0.shape.last ?? 0 }.max() ?? 0)
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
        try take(values, place, sample: sample, step: step, row: row(place))
      }
    } catch let error as ExtractionError {
      throw error
    } catch {
      // The network knows its file and its layers, but not what it was given.
      throw ExtractionError(.network, "\(latents.name(sample)) at t = \(level.t): \(error)")
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
        .badLatents, "element \(finite) of the noise of \(latents.name(sample)) is \(noise.base[finite])")
    }
    loaded = sample
  }

  private func take(
    _ values: UnsafeBufferPointer<Float>, _ place: Int, sample: Int, step: Int,
    row: UnsafeMutableBufferPointer<Float>
  ) throws {
    let tap = plan.taps[place]
    func name() -> String {
      let layer = tap.tap.label.number == nil ? "\(tap.tap.label)" : "layer \(tap.tap.label)"
      return "\(layer) of \(latents.name(sample)) at t = \(plan.steps[step].t)"
    }
    guard values.count == tap.shape.reduce(1, *) else {
      throw ExtractionError(
        .network, "\(name()) has \(values.count) numbers, but the network announced \(tap.shape)")
    }
    let finite = repscope_finite_prefix(values.baseAddress, values.count)
    guard finite == values.count else {
      throw ExtractionError(
        .notFinite,
        "\(name()) has \(values[finite]) as element \(finite) of \(tap.shape); nothing of it was written")
    }
    settings.pooling.pool(values, shape: tap.shape, into: row, sum: sum)
    // 65520 is where rounding to nearest reaches infinity.
    if settings.elementType == .float16, let value = row.first(where: { $0.magnitude >= 65520 }) {
      throw ExtractionError(
        .notRepresentable, "\(name()) has the value \(value), which float16 cannot hold; write float32")
    }
  }
}
