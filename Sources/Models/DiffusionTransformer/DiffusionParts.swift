import LinearAlgebra

/// Builds a diffusion transformer's layers from a checkpoint's tensors, under whichever names it has them.
struct DiffusionParts {
  let patchEmbedding: PatchEmbedding
  let positions: Matrix
  let embeddings: [ConditionEmbedding]
  let blocks: [ModulatedBlock]
  let finalLayer: FinalLayer
  let projectors: [ProjectorLayers]

  private static let epsilon: Float = 1e-6
  /// What timm's norms of queries and keys have, and diffusers' blocks in their second norm.
  private static let widerEpsilon: Float = 1e-5

  init(_ configuration: DiffusionTransformer.Configuration, _ checkpoint: Checkpoint, _ reader: WeightReader)
    throws
  {
    let isDiffusers = configuration.family == .ditDiffusers
    let names = isDiffusers ? DiffusionNames.diffusers : DiffusionNames.official
    let width = configuration.width
    var mlpEpsilon = Self.epsilon
    if isDiffusers { mlpEpsilon = try Self.diffusersEpsilon(checkpoint.settings) }

    patchEmbedding = PatchEmbedding(
      projection: Linear(
        weight: reader.matrix(
          names.patchEmbedding + ".weight",
          [width, configuration.inputChannels, configuration.patchSize, configuration.patchSize], rows: width),
        bias: reader.vector(names.patchEmbedding + ".bias", width)),
      patchSize: configuration.patchSize, channels: configuration.inputChannels)
    positions =
      isDiffusers
      ? try Self.diffusersPositions(configuration, checkpoint.settings)
      : reader.matrix("pos_embed", [1, configuration.tokens, width], rows: configuration.tokens)
    embeddings = (0..<(names.embedsInBlocks ? configuration.depth : 1)).map { block in
      ConditionEmbedding(
        timestep: TimestepEmbedding(
          first: reader.linear(
            names.timestep(block) + names.timestepFirst, configuration.timestepFrequencies, width),
          second: reader.linear(names.timestep(block) + names.timestepSecond, width, width),
          frequencyShift: isDiffusers ? 1 : 0),
        labels: reader.matrix(
          names.labels(block) + ".weight", [configuration.labels.count, width],
          rows: configuration.labels.count))
    }
    blocks = (0..<configuration.depth).map { index in
      Self.block(names.block(index), names, configuration, mlpEpsilon: mlpEpsilon, reader)
    }
    finalLayer = FinalLayer(
      norm: LayerNorm(epsilon: Self.epsilon),
      projection: reader.linear(names.output, width, configuration.outputPatchElements),
      modulation: reader.linear(names.finalModulation, width, 2 * width))
    projectors = configuration.projectorDimensions.enumerated().map { index, dimension in
      let hidden = configuration.projectorWidth
      return ProjectorLayers(layers: [
        reader.linear("projectors.\(index).0", width, hidden),
        reader.linear("projectors.\(index).2", hidden, hidden),
        reader.linear("projectors.\(index).4", hidden, dimension),
      ])
    }
  }

  private static func block(
    _ prefix: String, _ names: DiffusionNames, _ configuration: DiffusionTransformer.Configuration,
    mlpEpsilon: Float,
    _ reader: WeightReader
  ) -> ModulatedBlock {
    let width = configuration.width
    func norm(_ name: String) -> LayerNorm? {
      guard configuration.normalizesQueriesAndKeys else { return nil }
      return reader.layerNorm(prefix + name, width / configuration.heads, epsilon: widerEpsilon)
    }
    return ModulatedBlock(
      attentionNorm: LayerNorm(epsilon: epsilon),
      attention: Attention(
        heads: configuration.heads,
        projections: names.attentionInputs.map {
          reader.linear(prefix + $0, width, 3 * width / names.attentionInputs.count)
        },
        queryNorm: norm("attn.q_norm"), keyNorm: norm("attn.k_norm"),
        output: reader.linear(prefix + names.attentionOutput, width, width)),
      mlpNorm: LayerNorm(epsilon: mlpEpsilon),
      mlp: MLP(
        first: reader.linear(prefix + names.mlpFirst, width, configuration.mlpWidth), activation: .geluTanh,
        second: reader.linear(prefix + names.mlpSecond, configuration.mlpWidth, width)),
      modulation: reader.linear(prefix + names.modulation, width, 6 * width))
  }

  /// The second norm's epsilon, once it is certain that the settings ask for nothing else that is not computed here.
  private static func diffusersEpsilon(_ settings: ModelSettings) throws -> Float {
    for (key, expected) in [("activation_fn", "gelu-approximate"), ("norm_type", "ada_norm_zero")] {
      guard let found = settings.text(key), found != expected else { continue }
      throw ModelError(
        .unsupported, path: settings.path, "\"\(key)\" is \"\(found)\"; expected \"\(expected)\"")
    }
    let epsilon = try settings.number("norm_eps").map { Float($0) } ?? widerEpsilon
    guard epsilon > 0, epsilon < 1 else {
      throw ModelError(
        .badConfiguration, path: settings.path, "\"norm_eps\" is \(epsilon); expected a small number")
    }
    return epsilon
  }

  /// diffusers computes the position embedding, on a grid that always spans the size the model was trained with.
  private static func diffusersPositions(
    _ configuration: DiffusionTransformer.Configuration, _ settings: ModelSettings
  ) throws -> Matrix {
    let grid = (
      configuration.inputHeight / configuration.patchSize, configuration.inputWidth / configuration.patchSize
    )
    let trained = try settings.integer("sample_size").map { max(1, $0 / configuration.patchSize) }
    return PositionEmbedding.sineCosine(
      rows: grid.0, columns: grid.1, width: configuration.width, trainedRows: trained, trainedColumns: trained
    )
  }
}
