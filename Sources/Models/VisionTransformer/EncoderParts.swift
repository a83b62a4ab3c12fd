import LinearAlgebra
import TensorFiles

/// Builds a vision transformer's layers from a checkpoint's tensors, under whichever names it has them.
struct EncoderParts {
  let patchEmbedding: PatchEmbedding
  let inputNorm: LayerNorm?
  let blocks: [EncoderBlock]
  let finalNorm: LayerNorm
  let imageHead: ImageHead?
  let rotation: Rotation?
  /// As the checkpoint has them: filled when the reader has finished.
  private let classToken: Matrix?
  private let registers: Matrix?
  private let table: Matrix?

  init(
    _ configuration: VisionTransformer.Configuration, _ source: EncoderCheckpoint, _ reader: WeightReader
  ) throws {
    let (names, checkpoint, width) = (source.names, source.checkpoint, configuration.width)
    let constants = try EncoderConstants(configuration.family, source)
    let builder = EncoderBlockBuilder(
      configuration: configuration, names: names, constants: constants, checkpoint: checkpoint, reader: reader
    )

    patchEmbedding = PatchEmbedding(
      projection: Linear(
        weight: reader.matrix(
          names.patchEmbedding + ".weight",
          [width, configuration.inputChannels, configuration.patchSize, configuration.patchSize], rows: width),
        bias: configuration.family == .clip ? nil : reader.vector(names.patchEmbedding + ".bias", width)),
      patchSize: configuration.patchSize, channels: configuration.inputChannels)
    classToken = names.classToken.map { name in
      reader.matrix(name, checkpoint[name]?.shape.count == 1 ? [width] : [1, 1, width], rows: 1)
    }
    registers = names.registers.map {
      reader.matrix($0, [1, configuration.registers, width], rows: configuration.registers)
    }
    table = names.positions.map { name in
      let shape = checkpoint[name]?.shape ?? []
      let rows = shape.dropLast().last ?? 0
      return reader.matrix(name, shape.count == 2 ? [rows, width] : [1, rows, width], rows: rows)
    }
    inputNorm = names.inputNorm.map { reader.layerNorm($0, width, epsilon: constants.epsilon) }
    blocks = (0..<configuration.depth).map(builder.block)
    finalNorm = reader.layerNorm(names.finalNorm, width, epsilon: constants.epsilon)
    imageHead = builder.imageHead()
    rotation = try constants.rotation(configuration)
  }

  /// The rows in front of the patches, and the patches' positions on the grid of the input.
  ///
  /// To be called when the reader has finished.
  func tokenTables(
    _ configuration: VisionTransformer.Configuration, path: String
  ) throws -> (prefix: Matrix, positions: Matrix?) {
    let width = configuration.width
    var prefix = [classToken, registers].compactMap(\.self).flatMap { $0.withUnsafeBufferPointer(Array.init) }
    guard let table else {
      return (Matrix(rows: prefix.count / width, columns: width, elements: prefix), nil)
    }
    let patches = configuration.tableRows * configuration.tableColumns
    if configuration.hasClassToken, table.rows > patches {
      table.withUnsafeBufferPointer { for column in 0..<width { prefix[column] += $0[column] } }
    }
    let positions = try PositionTable(
      rows: configuration.tableRows, columns: configuration.tableColumns,
      values: table[rows: table.rows - patches..<table.rows]
    ).resampled(for: configuration, path: path)
    return (Matrix(rows: prefix.count / width, columns: width, elements: prefix), positions)
  }
}

/// Builds what a block consists of.
struct EncoderBlockBuilder {
  let configuration: VisionTransformer.Configuration
  let names: EncoderNames
  let constants: EncoderConstants
  let checkpoint: Checkpoint
  let reader: WeightReader

  func block(_ index: Int) -> EncoderBlock {
    let (prefix, width) = (names.block(index), configuration.width)
    let scales = names.layerScales?.map { reader.vector(prefix + $0, width) }
    return EncoderBlock(
      attentionNorm: reader.layerNorm(prefix + names.attentionNorm, width, epsilon: constants.epsilon),
      attention: Attention(
        heads: configuration.heads, projections: attentionInputs(prefix), queryNorm: nil, keyNorm: nil,
        output: reader.linear(prefix + names.attentionOutput, width, width)),
      attentionScale: scales?[0],
      mlpNorm: reader.layerNorm(prefix + names.mlpNorm, width, epsilon: constants.epsilon),
      mlp: mlp(prefix), mlpScale: scales?[1])
  }

  private func attentionInputs(_ prefix: String) -> [Linear] {
    let (width, count) = (configuration.width, names.attentionInputs.count)
    return names.attentionInputs.map { name in
      let outputs = 3 * width / count
      // DINOv3's keys have no bias, which would not change the softmax; some networks have none at all.
      let hasBias = (0..<configuration.depth).contains { checkpoint[names.block($0) + name + "bias"] != nil }
      return Linear(
        weight: reader.matrix(prefix + name + "weight", [outputs, width], rows: outputs),
        bias: hasBias ? reader.vector(prefix + name + "bias", outputs) : nil)
    }
  }

  private func mlp(_ prefix: String) -> EncoderMLP {
    let (width, hidden) = (configuration.width, configuration.mlpWidth)
    let output = { reader.linear(prefix + names.mlpOutput, hidden, width) }
    if configuration.usesSwiGLU {
      let outputs = 2 * hidden / names.mlpInputs.count
      return .gated(
        GatedMLP(
          inputs: names.mlpInputs.map { reader.linear(prefix + $0, width, outputs) }, output: output()))
    }
    return .plain(
      MLP(
        first: reader.linear(prefix + names.mlpInputs[0], width, hidden), activation: constants.activation,
        second: output()))
  }

  func imageHead() -> ImageHead? {
    let width = configuration.width
    if names.pooling != nil { return .pooling(pooling()) }
    guard let dimension = configuration.imageFeatureDimension else { return nil }
    if let name = names.projection {
      return .projection(reader.matrix(name, [width, dimension], rows: width), isTransposed: false)
    }
    return names.transposedProjection.map { name in
      .projection(reader.matrix(name, [dimension, width], rows: dimension), isTransposed: true)
    }
  }

  private func pooling() -> AttentionPooling {
    let width = configuration.width
    return AttentionPooling(
      probe: reader.matrix("head.probe", [1, 1, width], rows: 1),
      attention: Attention(
        heads: configuration.heads,
        projections: [
          Linear(
            weight: reader.matrix("head.attention.in_proj_weight", [3 * width, width], rows: 3 * width),
            bias: reader.vector("head.attention.in_proj_bias", 3 * width))
        ], queryNorm: nil, keyNorm: nil, output: reader.linear("head.attention.out_proj", width, width)),
      norm: reader.layerNorm("head.layernorm", width, epsilon: constants.epsilon),
      mlp: MLP(
        first: reader.linear("head.mlp.fc1", width, configuration.mlpWidth), activation: constants.activation,
        second: reader.linear("head.mlp.fc2", configuration.mlpWidth, width)))
  }
}
