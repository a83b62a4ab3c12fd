import RepScope

/// A DINOv2 of published size with random weights, in the official layout.
///
/// Weights are normal, norms and LayerScales near 1 and 0.1; nothing is zero, so that every weight has a part in the
/// result.
struct RandomEncoder {
  let name: String
  let depth: Int
  let width: Int
  /// The hidden values of the MLP, behind the gate where there is one.
  let mlpWidth: Int
  let usesSwiGLU: Bool

  static let published = [
    RandomEncoder(name: "DINOv2 ViT-B/14", depth: 12, width: 768, mlpWidth: 3072, usesSwiGLU: false),
    RandomEncoder(name: "DINOv2 ViT-g/14", depth: 40, width: 1536, mlpWidth: 4096, usesSwiGLU: true),
  ]

  /// [C, H, W] of what the network is fed.
  static let input = [3, 224, 224]
  private static let patchSize = 14

  func write(to path: String) throws { try RandomParameter.write(parameters, to: path, seed: 6) }

  /// Inputs of unit variance, [N, C, H, W].
  static func writeInputs(_ count: Int, to path: String) throws {
    let shape = [count] + input
    let writer = try NumPyWriter(path, shape: shape)
    try writer.append(RandomParameter.normal(shape.reduce(1, *), times: 1, CounterRandom(seed: 7), from: 0))
    try writer.finish()
  }

  var parameters: [RandomParameter] {
    func norm(_ name: String) -> [RandomParameter] {
      [
        RandomParameter(name: "\(name).weight", shape: [width], deviation: 0.1, mean: 1),
        RandomParameter(name: "\(name).bias", shape: [width], deviation: 0.1),
      ]
    }
    func scale(_ name: String) -> [RandomParameter] {
      [RandomParameter(name: "\(name).gamma", shape: [width], deviation: 0.02, mean: 0.1)]
    }
    let blocks = (0..<depth).flatMap { block in
      let prefix = "blocks.\(block)."
      let mlp =
        usesSwiGLU
        ? RandomParameter.linear(prefix + "mlp.w12", width, 2 * mlpWidth)
          + RandomParameter.linear(prefix + "mlp.w3", mlpWidth, width)
        : RandomParameter.linear(prefix + "mlp.fc1", width, mlpWidth)
          + RandomParameter.linear(prefix + "mlp.fc2", mlpWidth, width)
      return norm(prefix + "norm1") + RandomParameter.linear(prefix + "attn.qkv", width, 3 * width)
        + RandomParameter.linear(prefix + "attn.proj", width, width) + scale(prefix + "ls1")
        + norm(prefix + "norm2") + mlp + scale(prefix + "ls2")
    }
    let grid = Self.input[1] / Self.patchSize
    let patchElements = Self.input[0] * Self.patchSize * Self.patchSize
    return [
      RandomParameter(name: "cls_token", shape: [1, 1, width], deviation: 0.5),
      // On the input's grid: resampling is done once and no part of an image's time.
      RandomParameter(name: "pos_embed", shape: [1, 1 + grid * grid, width], deviation: 0.5),
    ]
      + RandomParameter.linear(
        "patch_embed.proj", patchElements, width,
        shape: [width, Self.input[0], Self.patchSize, Self.patchSize])
      + blocks + norm("norm")
  }
}
