import ArgumentParser
import RepScope

/// What a diffusion transformer is fed, and at which noise.
struct DiffusionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Noise levels, such as 0.1,0.5: 0 is clean data, 1 is noise. Needed.", valueName: "list"))
  var timesteps: NumberList?

  @Option(
    help: ArgumentHelp(
      "Latents: REPA's folder vae-sd, an array [N, C, H, W] as PATH or PATH#NAME, a folder of .npy. Or give --images and --vae.",
      valueName: "path"),
    completion: .file())
  var latents: String?

  @Option(
    help: ArgumentHelp(
      "The VAE's folder: makes the latents of --images; with --latents only its config.json is read, for the scale.",
      valueName: "folder"),
    completion: .directory)
  var vae: String?

  @Option(
    help: ArgumentHelp(
      "Scale of the latents; by default that of --vae, of a config.json beside the checkpoint, or 0.18215.",
      valueName: "x"))
  var latentScale: Double?

  @Option(help: ArgumentHelp("Added after scaling.", valueName: "x"))
  var latentBias: Double?

  @Option(help: "Of a posterior its mean (the default), or a sample drawn from it.")
  var posterior: DiffusionSettings.Posterior?

  @Option(
    help: ArgumentHelp(
      "Time steps that the network is told, where they are not the noise levels': one for each, or one for all.",
      valueName: "list"))
  var conditionTimestep: NumberList?

  @Option(help: "Label that the network is told: null (the default), or the samples' own (labels).")
  var condition: DiffusionSettings.Condition?

  @Option(help: "linear, cosine or ddpm, where it is not the model's own.")
  var interpolant: Interpolant?

  @Option(
    help:
      "What the network's time means: repa (t), sit (1 - t) or dit (0...999), where it is not the model's own."
  )
  var timeConvention: TimeConvention?

  @Option(
    help: ArgumentHelp("Seed of the noise; \(DiffusionSettings.defaultSeed) by default.", valueName: "n"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp("Exact noise, a tensor file [N, C, H, W], in place of the seed's.", valueName: "file"),
    completion: .file())
  var noise: String?

  mutating func validate() throws {
    for t in (timesteps?.values ?? []) + (conditionTimestep?.values ?? []) where !(t >= 0 && t <= 1) {
      throw ValidationError("the time step \(t) is outside 0...1 (0 is clean data, 1 is pure noise)")
    }
    if let timesteps,
      let twice = timesteps.values.first(where: { t in timesteps.values.count { $0 == t } > 1 })
    {
      throw ValidationError("--timesteps has \(twice) twice")
    }
    try checkLatentScale(latentScale, bias: latentBias)
    if seed != nil, noise != nil { throw ValidationError("--seed and --noise exclude each other") }
  }

  /// What an encoder has no use for.
  var given: [String] {
    [
      timesteps.map { _ in "--timesteps" }, latents.map { _ in "--latents" }, vae.map { _ in "--vae" },
      latentScale.map { _ in "--latent-scale" }, latentBias.map { _ in "--latent-bias" },
      posterior.map { _ in "--posterior" }, conditionTimestep.map { _ in "--condition-timestep" },
      condition.map { _ in "--condition" }, interpolant.map { _ in "--interpolant" },
      timeConvention.map { _ in "--time-convention" }, seed.map { _ in "--seed" },
      noise.map { _ in "--noise" },
    ].compactMap(\.self)
  }

  /// What is said, else what ``LatentScale`` finds.
  func scaleAndBias(checkpoint: String) throws -> (Double, Double) {
    do {
      return try LatentScale.found(vae: vae, checkpoint: checkpoint, scale: latentScale, bias: latentBias)
    } catch let error as ExtractionError {
      throw ValidationError("\(error); give --latent-scale and --latent-bias")
    }
  }
}

extension DiffusionSettings.Posterior: ExpressibleByArgument {}
extension DiffusionSettings.Condition: ExpressibleByArgument {}
extension Interpolant: ExpressibleByArgument {}
extension TimeConvention: ExpressibleByArgument {}

/// - Throws: `ValidationError` for a scale that leaves nothing of the latents.
func checkLatentScale(_ scale: Double?, bias: Double?) throws {
  if let scale, !Float(scale).isFinite || Float(scale) == 0 {
    throw ValidationError("--latent-scale is \(scale); it is a number other than 0")
  }
  if let bias, !Float(bias).isFinite { throw ValidationError("--latent-bias is \(bias); it must be finite") }
}
