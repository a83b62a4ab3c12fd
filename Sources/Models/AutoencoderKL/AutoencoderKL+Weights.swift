/// Finds the parts of an AutoencoderKL by diffusers' names.
struct AutoencoderWeights {
  private let configuration: AutoencoderKL.Configuration
  private let reader: WeightReader
  /// Queries, keys, values, output: the library has renamed them.
  private let attentionNames: [String]

  private static let attentionNames = ["to_q", "to_k", "to_v", "to_out.0"]
  private static let formerAttentionNames = ["query", "key", "value", "proj_attn"]

  init(_ configuration: AutoencoderKL.Configuration, _ checkpoint: Checkpoint, _ reader: WeightReader) {
    self.configuration = configuration
    self.reader = reader
    let isFormer = checkpoint["encoder.mid_block.attentions.0.query.weight"] != nil
    attentionNames = isFormer ? Self.formerAttentionNames : Self.attentionNames
  }

  /// Not yet packed, as the weights are read later.
  func encoder() -> EncoderNetwork {
    let channels = configuration.blockChannels
    let last = channels.count - 1
    let moments = 2 * configuration.latentChannels
    return EncoderNetwork(
      input: convolution("encoder.conv_in", configuration.inputChannels, channels[0]),
      levels: channels.indices.map { level in
        blocks(
          "encoder.down_blocks.\(level)", channels[max(level - 1, 0)], channels[level],
          count: configuration.layersPerBlock)
      },
      downsamplers: (0..<last).map { level in
        convolution(
          "encoder.down_blocks.\(level).downsamplers.0.conv", channels[level], channels[level], stride: 2)
      },
      middle: middle("encoder.mid_block", channels[last]),
      outputNorm: norm("encoder.conv_norm_out", channels[last]),
      output: convolution("encoder.conv_out", channels[last], moments),
      quant: configuration.hasQuantConvolution ? convolution("quant_conv", moments, moments, size: 1) : nil)
  }

  /// Not yet packed, as the weights are read later.
  func decoder() -> DecoderNetwork {
    let channels = Array(configuration.blockChannels.reversed())
    let last = channels.count - 1
    let latent = configuration.latentChannels
    return DecoderNetwork(
      postQuant: configuration.hasPostQuantConvolution
        ? convolution("post_quant_conv", latent, latent, size: 1) : nil,
      input: convolution("decoder.conv_in", latent, channels[0]),
      middle: middle("decoder.mid_block", channels[0]),
      levels: channels.indices.map { level in
        blocks(
          "decoder.up_blocks.\(level)", channels[max(level - 1, 0)], channels[level],
          count: configuration.layersPerBlock + 1)
      },
      upsamplers: (0..<last).map { level in
        convolution("decoder.up_blocks.\(level).upsamplers.0.conv", channels[level], channels[level])
      },
      outputNorm: norm("decoder.conv_norm_out", channels[last]),
      output: convolution("decoder.conv_out", channels[last], configuration.outputChannels))
  }

  private func convolution(
    _ name: String, _ inputs: Int, _ outputs: Int, size: Int = 3, stride: Int = 1
  ) -> Convolution {
    Convolution(
      inputs: inputs, outputs: outputs, size: size, stride: stride,
      weight: reader.matrix("\(name).weight", [outputs, inputs, size, size], rows: outputs),
      bias: reader.vector("\(name).bias", outputs))
  }

  private func norm(_ name: String, _ channels: Int) -> GroupNorm {
    GroupNorm(
      groups: configuration.normGroups, epsilon: 1e-6, weight: reader.vector("\(name).weight", channels),
      bias: reader.vector("\(name).bias", channels))
  }

  private func blocks(_ name: String, _ inputs: Int, _ outputs: Int, count: Int) -> [ResidualBlock] {
    (0..<count).map { block("\(name).resnets.\($0)", $0 == 0 ? inputs : outputs, outputs) }
  }

  private func block(_ name: String, _ inputs: Int, _ outputs: Int) -> ResidualBlock {
    ResidualBlock(
      firstNorm: norm("\(name).norm1", inputs), first: convolution("\(name).conv1", inputs, outputs),
      secondNorm: norm("\(name).norm2", outputs), second: convolution("\(name).conv2", outputs, outputs),
      shortcut: inputs == outputs ? nil : convolution("\(name).conv_shortcut", inputs, outputs, size: 1))
  }

  private func middle(_ name: String, _ channels: Int) -> MiddleBlock {
    MiddleBlock(
      first: block("\(name).resnets.0", channels, channels),
      attention: configuration.hasMidAttention ? attention("\(name).attentions.0", channels) : nil,
      second: block("\(name).resnets.1", channels, channels))
  }

  private func attention(_ name: String, _ channels: Int) -> MiddleAttention {
    let layers = attentionNames.map { reader.linear("\(name).\($0)", channels, channels) }
    return MiddleAttention(
      norm: norm("\(name).group_norm", channels),
      attention: Attention(
        heads: 1, projections: Array(layers[..<3]), queryNorm: nil, keyNorm: nil, output: layers[3]))
  }
}
