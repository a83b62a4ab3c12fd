import Foundation
import RepScope

/// An AutoencoderKL of Stable Diffusion's sizes with random weights, in diffusers' layout.
///
/// Layers keep the scale of what goes through them; none of the weights is zero, so that all have a part in the result.
enum RandomAutoencoder {
  static let pictureSide = 256
  static let latentChannels = 4
  private static let channels = [128, 256, 512, 512]
  private static let layers = 2

  /// Writes `config.json` and the weights (330 MB).
  static func write(to folder: String) throws {
    let list = channels.map(String.init).joined(separator: ", ")
    let config = """
      {"_class_name": "AutoencoderKL", "act_fn": "silu", "block_out_channels": [\(list)],
       "latent_channels": \(latentChannels), "layers_per_block": \(layers), "norm_num_groups": 32,
       "sample_size": \(pictureSide)}
      """
    try Data(config.utf8).write(to: URL(fileURLWithPath: "\(folder)/config.json"))
    let parameters = encoder + decoder
    let writer = try SafetensorsWriter(
      "\(folder)/diffusion_pytorch_model.safetensors",
      parameters.map { TensorDeclaration(name: $0.name, shape: $0.shape) })
    let random = CounterRandom(seed: 6)
    var start: UInt64 = 0
    for parameter in parameters {
      let count = parameter.shape.reduce(1, *)
      let values = try RandomParameter.normal(count, times: parameter.deviation, random, from: start)
      try writer.append(parameter.mean == 0 ? values : values.map { $0 + parameter.mean })
      start += UInt64(count + count % 2)
    }
    try writer.finish()
  }

  /// [N, 3, H, W], mostly within -1...1.
  static func writePictures(_ count: Int, to path: String) throws {
    let shape = [count, 3, pictureSide, pictureSide]
    let writer = try NumPyWriter(path, shape: shape)
    try writer.append(
      RandomParameter.normal(shape.reduce(1, *), times: 0.5, CounterRandom(seed: 7), from: 0))
    try writer.finish()
  }

  private struct Parameter {
    let name: String
    let shape: [Int]
    let deviation: Float
    var mean: Float = 0
  }

  private static var encoder: [Parameter] {
    let last = channels.count - 1
    let levels = channels.indices.flatMap { level in
      let name = "encoder.down_blocks.\(level)"
      let first = channels[max(level - 1, 0)]
      return blocks(name, first, channels[level], count: layers)
        + (level < last ? convolution("\(name).downsamplers.0.conv", channels[level], channels[level]) : [])
    }
    return convolution("encoder.conv_in", 3, channels[0]) + levels + middle("encoder.mid_block")
      + norm("encoder.conv_norm_out", channels[last])
      + convolution("encoder.conv_out", channels[last], 2 * latentChannels)
      + convolution("quant_conv", 2 * latentChannels, 2 * latentChannels, size: 1)
  }

  private static var decoder: [Parameter] {
    let last = channels.count - 1
    let widths = Array(channels.reversed())
    let levels = widths.indices.flatMap { level in
      let name = "decoder.up_blocks.\(level)"
      let first = widths[max(level - 1, 0)]
      return blocks(name, first, widths[level], count: layers + 1)
        + (level < last ? convolution("\(name).upsamplers.0.conv", widths[level], widths[level]) : [])
    }
    return convolution("post_quant_conv", latentChannels, latentChannels, size: 1)
      + convolution("decoder.conv_in", latentChannels, widths[0]) + middle("decoder.mid_block") + levels
      + norm("decoder.conv_norm_out", channels[0]) + convolution("decoder.conv_out", channels[0], 3)
  }

  private static func middle(_ name: String) -> [Parameter] {
    let width = channels[channels.count - 1]
    let attention = "\(name).attentions.0"
    let layers = ["to_q", "to_k", "to_v", "to_out.0"].flatMap {
      weights("\(attention).\($0)", [width, width], inputs: width)
    }
    return block("\(name).resnets.0", width, width) + norm("\(attention).group_norm", width) + layers
      + block("\(name).resnets.1", width, width)
  }

  private static func blocks(_ name: String, _ inputs: Int, _ outputs: Int, count: Int) -> [Parameter] {
    (0..<count).flatMap { block("\(name).resnets.\($0)", $0 == 0 ? inputs : outputs, outputs) }
  }

  private static func block(_ name: String, _ inputs: Int, _ outputs: Int) -> [Parameter] {
    norm("\(name).norm1", inputs) + convolution("\(name).conv1", inputs, outputs)
      + norm("\(name).norm2", outputs) + convolution("\(name).conv2", outputs, outputs)
      + (inputs == outputs ? [] : convolution("\(name).conv_shortcut", inputs, outputs, size: 1))
  }

  private static func convolution(
    _ name: String, _ inputs: Int, _ outputs: Int, size: Int = 3
  ) -> [Parameter] {
    weights(name, [outputs, inputs, size, size], inputs: inputs * size * size)
  }

  private static func weights(_ name: String, _ shape: [Int], inputs: Int) -> [Parameter] {
    [
      Parameter(name: "\(name).weight", shape: shape, deviation: 1 / Float(inputs).squareRoot()),
      Parameter(name: "\(name).bias", shape: [shape[0]], deviation: 0.02),
    ]
  }

  private static func norm(_ name: String, _ channels: Int) -> [Parameter] {
    [
      Parameter(name: "\(name).weight", shape: [channels], deviation: 0.1, mean: 1),
      Parameter(name: "\(name).bias", shape: [channels], deviation: 0.1),
    ]
  }
}
