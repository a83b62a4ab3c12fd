import Foundation
import TensorFiles
import TestSupport

/// The golden VAE's settings, to be changed and saved again.
struct AlteredSettings {
  var values: [String: Any]

  /// Settings that are `NSNull` are left out.
  init(_ changes: [String: Any] = [:]) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Goldens.model("vae/config.json")))
    values = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    for (key, value) in changes {
      if value is NSNull { values[key] = nil } else { values[key] = value }
    }
  }

  func write(to folder: TemporaryFolder, name: String = "config.json") throws {
    let data = try JSONSerialization.data(withJSONObject: values)
    try data.write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
  }
}

/// An AutoencoderKL of one channel and one level, without attention: the least there can be.
enum SmallestAutoencoder {
  static func write(to folder: TemporaryFolder) throws {
    try folder.write(
      "config.json",
      """
      {"block_out_channels": [1], "layers_per_block": 1, "norm_num_groups": 1, "latent_channels": 1,
       "mid_block_add_attention": false}
      """)
    var entries: [(String, [Int])] = []
    func convolution(_ name: String, _ inputs: Int, _ outputs: Int, size: Int = 3) {
      entries += [("\(name).weight", [outputs, inputs, size, size]), ("\(name).bias", [outputs])]
    }
    func norm(_ name: String) { entries += [("\(name).weight", [1]), ("\(name).bias", [1])] }
    func block(_ name: String) {
      norm("\(name).norm1")
      convolution("\(name).conv1", 1, 1)
      norm("\(name).norm2")
      convolution("\(name).conv2", 1, 1)
    }
    convolution("encoder.conv_in", 3, 1)
    convolution("encoder.conv_out", 1, 2)
    convolution("quant_conv", 2, 2, size: 1)
    convolution("post_quant_conv", 1, 1, size: 1)
    convolution("decoder.conv_in", 1, 1)
    convolution("decoder.conv_out", 1, 3)
    block("encoder.down_blocks.0.resnets.0")
    for layer in 0..<2 { block("decoder.up_blocks.0.resnets.\(layer)") }
    for part in ["encoder", "decoder"] {
      norm("\(part).conv_norm_out")
      for layer in 0..<2 { block("\(part).mid_block.resnets.\(layer)") }
    }
    let writer = try SafetensorsWriter(
      "\(folder.path)/diffusion_pytorch_model.safetensors",
      entries.map { TensorDeclaration(name: $0.0, shape: $0.1) })
    for (_, shape) in entries {
      try writer.append([Float](repeating: 0.5, count: shape.reduce(1, *)))
    }
    try writer.finish()
  }
}
