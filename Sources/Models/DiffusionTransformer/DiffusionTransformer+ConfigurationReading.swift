import TensorFiles

extension DiffusionTransformer.Configuration {
  /// Reads a configuration off the shapes of a checkpoint's tensors, and what they do not tell off `config.json`, the
  /// checkpoint's arguments, the published sizes, or the options, which win over all.
  init(_ checkpoint: Checkpoint, _ options: DiffusionTransformer.Options) throws {
    let reader = DiffusionConfigurationReader(checkpoint: checkpoint, options: options)
    let isDiffusers = checkpoint["pos_embed.proj.weight"] != nil
    let names = isDiffusers ? DiffusionNames.diffusers : DiffusionNames.official
    let patch = try reader.shape(names.patchEmbedding + ".weight", ["width", "channels", "patch", "patch"])
    let (width, channels, patchSize) = (patch[0], patch[1], patch[2])
    guard patch[3] == patchSize else {
      throw reader.unsupported("patches of \(patchSize) x \(patch[3]); expected square ones")
    }
    let labels = try reader.shape(names.labels(0) + ".weight", ["labels", "width"])[0]
    let output = try reader.shape(names.output + ".weight", ["patch elements", "width"])[0]
    guard output % (patchSize * patchSize) == 0 else {
      throw reader.unsupported(
        "\(names.output).weight has \(output) rows; expected a multiple of the \(patchSize * patchSize) pixels of a patch"
      )
    }
    let depth = checkpoint.count(names.blocks, names.attentionOutput + ".weight")
    let projectors = isDiffusers ? 0 : checkpoint.count("projectors", "4.weight")
    let classes = try reader.classes(rows: labels)

    inputChannels = channels
    outputChannels = output / (patchSize * patchSize)
    self.patchSize = patchSize
    self.width = width
    self.depth = depth
    self.classes = classes
    nullLabel = classes < labels ? classes : nil
    mlpWidth = try reader.shape(names.block(0) + names.mlpFirst + ".weight", ["hidden", "width"])[0]
    timestepFrequencies = try reader.shape(
      names.timestep(0) + names.timestepFirst + ".weight", ["width", "frequencies"])[1]
    normalizesQueriesAndKeys = checkpoint[names.block(0) + "attn.q_norm.weight"] != nil
    projectorWidth = projectors > 0 ? try reader.shape("projectors.0.0.weight", ["hidden", "width"])[0] : 0
    projectorDimensions = try (0..<projectors).map {
      try reader.shape("projectors.\($0).4.weight", ["output", "hidden"])[0]
    }
    family = try reader.family(
      isDiffusers: isDiffusers, hasProjectors: projectors > 0, channels: channels,
      outputChannels: outputChannels)
    heads = try reader.heads(width: width, depth: depth)
    encoderDepth = projectors > 0 ? try reader.encoderDepth(depth: depth) : nil
    (inputHeight, inputWidth) = try reader.inputSize(isDiffusers: isDiffusers, patchSize: patchSize)
    try check(reader)
  }

  /// Beyond these sizes nothing published comes near, and products of sizes could overflow.
  private func check(_ reader: DiffusionConfigurationReader) throws {
    let bounds: [(String, Int, ClosedRange<Int>)] = [
      ("channels", inputChannels, 1...4096), ("patch size", patchSize, 1...256), ("width", width, 1...32_768),
      ("depth", depth, 1...1024), ("output channels", outputChannels, 1...8192),
      ("labels", labels.count, 1...(1 << 24)),
      ("MLP width", mlpWidth, 1...(1 << 18)), ("time step frequencies", timestepFrequencies, 4...65_536),
      ("tokens", tokens, 1...65_536), ("projector width", projectorWidth, 0...(1 << 18)),
    ]
    for (name, value, range) in bounds where !range.contains(value) {
      throw reader.unsupported("\(name): \(value); expected \(range.lowerBound) to \(range.upperBound)")
    }
    guard timestepFrequencies % 2 == 0 else {
      throw reader.unsupported(
        "\(timestepFrequencies) time step frequencies; expected as many sines as cosines")
    }
    guard projectorDimensions.allSatisfy({ (1...(1 << 18)).contains($0) }) else {
      throw reader.unsupported("projectors of \(projectorDimensions) dimensions")
    }
    guard family != .ditDiffusers || width % 4 == 0 else {
      throw reader.unsupported("width \(width); a sine-cosine position embedding needs a multiple of 4")
    }
  }
}
