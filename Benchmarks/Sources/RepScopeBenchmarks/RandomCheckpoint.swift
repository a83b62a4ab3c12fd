import RepScope

/// A SiT of published size with random weights, in REPA's layout: what extraction works on in the measurements.
///
/// Weights are normal. Linear layers keep the scale of what goes through them; unlike in a model before its training
/// nothing is zero, so that every weight has a part in the result.
struct RandomCheckpoint {
  let name: String
  let depth: Int
  let width: Int

  static let published = [
    RandomCheckpoint(name: "SiT-B/2", depth: 12, width: 768),
    RandomCheckpoint(name: "SiT-XL/2", depth: 28, width: 1152),
  ]

  /// [C, H, W] of a latent; patches are of 2 x 2.
  static let latent = [4, 32, 32]
  private static let tokens = 256
  private static let patchElements = 16

  func write(to path: String) throws { try RandomParameter.write(parameters, to: path, seed: 4) }

  /// Latents of unit variance, [N, C, H, W].
  static func writeLatents(_ count: Int, to path: String) throws {
    let shape = [count] + latent
    let writer = try NumPyWriter(path, shape: shape)
    try writer.append(RandomParameter.normal(shape.reduce(1, *), times: 1, CounterRandom(seed: 5), from: 0))
    try writer.finish()
  }

  var parameters: [RandomParameter] {
    let blocks = (0..<depth).flatMap { block in
      RandomParameter.linear("blocks.\(block).attn.qkv", width, 3 * width)
        + RandomParameter.linear("blocks.\(block).attn.proj", width, width)
        + RandomParameter.linear("blocks.\(block).mlp.fc1", width, 4 * width)
        + RandomParameter.linear("blocks.\(block).mlp.fc2", 4 * width, width)
        + RandomParameter.linear("blocks.\(block).adaLN_modulation.1", width, 6 * width)
    }
    return [
      RandomParameter(name: "pos_embed", shape: [1, Self.tokens, width], deviation: 0.5),
      RandomParameter(name: "y_embedder.embedding_table.weight", shape: [1001, width], deviation: 0.5),
    ]
      + RandomParameter.linear("x_embedder.proj", Self.patchElements, width, shape: [width, 4, 2, 2])
      + RandomParameter.linear("t_embedder.mlp.0", 256, width)
      + RandomParameter.linear("t_embedder.mlp.2", width, width) + blocks
      + RandomParameter.linear("final_layer.adaLN_modulation.1", width, 2 * width)
      + RandomParameter.linear("final_layer.linear", width, Self.patchElements)
  }
}
