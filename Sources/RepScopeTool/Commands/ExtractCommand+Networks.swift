import ArgumentParser
import RepScope

extension ExtractCommand {
  /// - Throws: `ValidationError` for options that a diffusion transformer has no use for, or that it lacks.
  func diffusionExtractor() throws -> Extractor {
    let others = encoder.given + (checkpoint.network == nil ? [] : ["--network"])
    if let option = others.first {
      throw ValidationError(
        "\(option) is for vision encoders, but \(checkpoint.path) is a diffusion transformer; leave it out")
    }
    if let family = checkpoint.family, family.diffusion == nil {
      throw ValidationError(
        "--family \(family.name) is a vision encoder, but \(checkpoint.path) is a diffusion transformer; leave it out"
      )
    }
    guard let timesteps = diffusion.timesteps else {
      throw ValidationError(
        "\(checkpoint.path) is a diffusion transformer, which needs noise levels: give --timesteps 0.5, or several"
      )
    }
    let model = try checkpoint.openDiffusionTransformer(threads: threads.value)
    let network = model.network
    let (latents, scale, bias) = try latents(network)
    var settings = DiffusionSettings(
      model: features.name ?? checkpoint.modelName, timesteps: timesteps.values,
      taps: try (features.layers ?? .all).taps(of: network))
    settings.conditionTimesteps = diffusion.conditionTimestep?.values
    settings.interpolant = diffusion.interpolant
    settings.timeConvention = diffusion.timeConvention
    settings.condition = diffusion.condition ?? .nullLabel
    settings.pooling = features.pooling
    settings.elementType = features.precision.elementType
    settings.shardSize = features.shardSize
    settings.posterior = diffusion.posterior ?? .mean
    (settings.latentScale, settings.latentBias) = (scale, bias)
    settings.noise =
      diffusion.noise.map { .file($0) } ?? .seed(diffusion.seed ?? DiffusionSettings.defaultSeed)
    settings.samples = try selection.value(of: latents.samples)
    return try Extractor(model, latents: latents, settings: settings)
  }

  /// The latents, stored or made of pictures, and how they are scaled.
  private func latents(_ network: NetworkDescription) throws -> (Latents, scale: Double, bias: Double) {
    guard pictures.path != nil else {
      guard let path = diffusion.latents else {
        throw ValidationError(
          "a diffusion transformer needs latents: give --images PATH and --vae FOLDER, or --latents PATH")
      }
      let (scale, bias) = try diffusion.scaleAndBias(checkpoint: checkpoint.path)
      return (try Latents(path, labels: labelling.labels), scale, bias)
    }
    guard let folder = diffusion.vae else {
      throw ValidationError(
        "a diffusion transformer works on latents: give the folder of the VAE that makes them of pictures, --vae FOLDER"
      )
    }
    let vae = try AutoencoderKL(folder, parts: [.encoder], threads: threads.value)
    let factor = vae.configuration.downsamplingFactor
    let side = network.input.height * factor
    guard network.input.height == network.input.width else {
      throw ValidationError(
        "the network's latents are \(network.input), and pictures are cropped to squares; encode them yourself and give --latents"
      )
    }
    if let resolution, resolution != side {
      throw ValidationError(
        "--resolution is \(resolution), but the network's latents are those of pictures of \(side) x \(side): \(network.input) "
          + "at 1/\(factor) of the size; leave it out")
    }
    let latents = try Latents(
      try pictures.open(selection, labels: labelling.labels, threads: threads.value), vae: vae,
      resolution: side)
    let scale = diffusion.latentScale ?? vae.configuration.scalingFactor
    let bias = LatentScale.bias(shift: vae.configuration.shiftFactor, scale: scale)
    return (latents, scale, diffusion.latentBias ?? bias)
  }

  /// - Throws: `ValidationError` for options that an encoder has no use for, or that it lacks.
  func encoderExtractor(_ configuration: VisionTransformer.Configuration) throws -> Extractor {
    let others =
      diffusion.given + (checkpoint.weights == nil ? [] : ["--weights"])
      + (checkpoint.encoderDepth == nil ? [] : ["--encoder-depth"])
    if let option = others.first {
      throw ValidationError(
        "\(option) is for diffusion transformers, but \(checkpoint.path) is \(configuration.family.title), a vision encoder, "
          + "which is fed clean pictures; leave it out")
    }
    if let family = checkpoint.family, family.encoder == nil {
      throw ValidationError(
        "--family \(family.name) is a diffusion transformer, but \(checkpoint.path) is \(configuration.family.title), a vision "
          + "encoder; leave it out")
    }
    let (model, inputs) = try encoderAndInputs(configuration)
    var settings = EncoderSettings(model: features.name ?? checkpoint.modelName)
    if let layers = features.layers { settings.taps = try layers.taps(of: model.encoder) }
    settings.pooling = features.pooling
    settings.elementType = features.precision.elementType
    settings.shardSize = features.shardSize
    settings.samples = try selection.value(of: inputs.samples)
    return try Extractor(model, inputs: inputs, settings: settings)
  }

  private func encoderAndInputs(_ configuration: VisionTransformer.Configuration) throws -> (
    VisionTransformer, EncoderInputs
  ) {
    if let ready = encoder.inputs {
      let inputs = try EncoderInputs(ready: ready, labels: labelling.labels)
      let model = try checkpoint.openEncoder(
        encoder, inputSize: .init(height: inputs.shape.height, width: inputs.shape.width),
        threads: threads.value)
      return (model, inputs)
    }
    guard pictures.path != nil else {
      throw ValidationError(
        "a vision encoder needs pictures: give --images PATH, or ready inputs [N, 3, H, W] as --inputs PATH")
    }
    let side = resolution.map { configuration.inputSide(resolution: $0) }
    let model = try checkpoint.openEncoder(
      encoder, inputSize: side.map { .init(square: $0) }, threads: threads.value)
    return (
      model,
      try EncoderInputs(
        try pictures.open(selection, labels: labelling.labels, threads: threads.value), for: model)
    )
  }
}
