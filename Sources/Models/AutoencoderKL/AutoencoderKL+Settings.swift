import TensorFiles

extension AutoencoderKL.Configuration {
  /// Reads `config.json`. Settings that are not there have diffusers' defaults; settings that would change what is
  /// computed, and are not known here, are an error.
  init(_ checkpoint: Checkpoint) throws {
    let settings = checkpoint.settings
    guard let channels = try settings.integers("block_out_channels") else {
      throw ModelError(
        settings.keys.isEmpty ? .undetermined : .badConfiguration, path: settings.path,
        "no \"block_out_channels\"; expected the config.json of an AutoencoderKL beside its weights")
    }
    blockChannels = channels
    inputChannels = try settings.integer("in_channels") ?? 3
    outputChannels = try settings.integer("out_channels") ?? 3
    latentChannels = try settings.integer("latent_channels") ?? 4
    layersPerBlock = try settings.integer("layers_per_block") ?? 1
    normGroups = try settings.integer("norm_num_groups") ?? 32
    hasMidAttention = try settings.flag("mid_block_add_attention") ?? true
    hasQuantConvolution = try settings.flag("use_quant_conv") ?? true
    hasPostQuantConvolution = try settings.flag("use_post_quant_conv") ?? true
    scalingFactor = try settings.number("scaling_factor") ?? 0.18215
    shiftFactor = try settings.number("shift_factor") ?? 0
    sampleSize = try settings.integer("sample_size") ?? 32
    parameterCount = checkpoint.tensors.values.reduce(0) { $0 + $1.count }
    try checkSizes(settings)
    try Self.checkVariant(settings, levels: channels.count)
  }

  /// Beyond these sizes nothing published comes near, and products of sizes could overflow.
  private func checkSizes(_ settings: ModelSettings) throws {
    let bounds: [(String, Int, ClosedRange<Int>)] = [
      ("in_channels", inputChannels, 1...4096), ("out_channels", outputChannels, 1...4096),
      ("latent_channels", latentChannels, 1...4096), ("layers_per_block", layersPerBlock, 1...64),
      ("norm_num_groups", normGroups, 1...8192), ("sample_size", sampleSize, 1...2048),
    ]
    for (key, value, range) in bounds where !range.contains(value) {
      throw settings.wrong(key, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
    }
    guard (1...8).contains(blockChannels.count) else {
      throw settings.wrong("block_out_channels", "\(blockChannels.count) numbers", "1 to 8")
    }
    for channels in blockChannels where !(1...8192).contains(channels) || channels % normGroups != 0 {
      throw settings.wrong(
        "block_out_channels", "\(blockChannels)",
        "numbers up to 8192 that the \(normGroups) groups of a norm divide")
    }
    guard scalingFactor.isFinite, scalingFactor > 0 else {
      throw settings.wrong("scaling_factor", "\(scalingFactor)", "a positive number")
    }
    guard shiftFactor.isFinite else { throw settings.wrong("shift_factor", "\(shiftFactor)", "a number") }
  }

  /// Settings that are read above, or that say nothing about one picture's encoding and decoding.
  private static let known: Set<String> = [
    "act_fn", "block_out_channels", "down_block_types", "force_upcast", "in_channels", "latent_channels",
    "latents_mean", "latents_std", "layers_per_block", "mid_block_add_attention", "norm_num_groups",
    "out_channels", "sample_size", "scaling_factor", "shift_factor", "up_block_types", "use_post_quant_conv",
    "use_quant_conv",
  ]

  private static func checkVariant(_ settings: ModelSettings, levels: Int) throws {
    func unsupported(_ key: String, _ found: String, _ expected: String) -> ModelError {
      ModelError(
        .unsupported, path: settings.path,
        "\"\(key)\" is \(found), which is not computed here; expected \(expected)")
    }
    if let name = try settings.word("_class_name"), name != "AutoencoderKL" {
      throw unsupported("_class_name", name, "AutoencoderKL")
    }
    if let activation = try settings.word("act_fn"), !["silu", "swish"].contains(activation) {
      throw unsupported("act_fn", activation, "silu")
    }
    for (key, block) in [("down_block_types", "DownEncoderBlock2D"), ("up_block_types", "UpDecoderBlock2D")] {
      let types = try settings.texts(key) ?? Array(repeating: block, count: levels)
      if let other = types.first(where: { $0 != block }) { throw unsupported(key, other, block) }
      guard types.count == levels else {
        throw settings.wrong(key, "\(types.count) blocks", "\(levels), as many as block_out_channels")
      }
    }
    for key in ["latents_mean", "latents_std"] where settings.isSet(key) {
      throw unsupported(key, "set", "one scaling_factor for all channels")
    }
    if let key = settings.keys.first(where: { !known.contains($0) }) {
      throw ModelError(
        .unsupported, path: settings.path,
        "\"\(key)\" is no setting of an AutoencoderKL known here, and may change what it computes; remove it if it does not"
      )
    }
  }
}
