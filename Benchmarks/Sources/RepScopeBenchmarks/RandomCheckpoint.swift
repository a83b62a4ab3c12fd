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

  func write(to path: String) throws {
    let random = CounterRandom(seed: 4)
    let parameters = parameters
    let writer = try SafetensorsWriter(
      path, parameters.map { TensorDeclaration(name: $0.name, shape: $0.shape) })
    var start: UInt64 = 0
    for parameter in parameters {
      let count = parameter.shape.reduce(1, *)
      for piece in Tiling(count, by: Self.pieceElements).ranges {
        let values = try Self.normal(piece.count, times: parameter.deviation, random, from: start)
        try writer.append(values)
        start += UInt64(piece.count + piece.count % 2)
      }
    }
    try writer.finish()
  }

  /// Latents of unit variance, [N, C, H, W].
  static func writeLatents(_ count: Int, to path: String) throws {
    let shape = [count] + latent
    let writer = try NumPyWriter(path, shape: shape)
    try writer.append(normal(shape.reduce(1, *), times: 1, CounterRandom(seed: 5), from: 0))
    try writer.finish()
  }

  private struct Parameter {
    let name: String
    let shape: [Int]
    let deviation: Float
  }

  private var parameters: [Parameter] {
    func linear(_ name: String, _ inputs: Int, _ outputs: Int, shape: [Int]? = nil) -> [Parameter] {
      [
        Parameter(
          name: "\(name).weight", shape: shape ?? [outputs, inputs], deviation: 1 / Float(inputs).squareRoot()
        ),
        Parameter(name: "\(name).bias", shape: [outputs], deviation: 0.02),
      ]
    }
    let blocks = (0..<depth).flatMap { block in
      linear("blocks.\(block).attn.qkv", width, 3 * width)
        + linear("blocks.\(block).attn.proj", width, width)
        + linear("blocks.\(block).mlp.fc1", width, 4 * width)
        + linear("blocks.\(block).mlp.fc2", 4 * width, width)
        + linear("blocks.\(block).adaLN_modulation.1", width, 6 * width)
    }
    return [
      Parameter(name: "pos_embed", shape: [1, Self.tokens, width], deviation: 0.5),
      Parameter(name: "y_embedder.embedding_table.weight", shape: [1001, width], deviation: 0.5),
    ]
      + linear("x_embedder.proj", Self.patchElements, width, shape: [width, 4, 2, 2])
      + linear("t_embedder.mlp.0", 256, width) + linear("t_embedder.mlp.2", width, width) + blocks
      + linear("final_layer.adaLN_modulation.1", width, 2 * width)
      + linear("final_layer.linear", width, Self.patchElements)
  }

  private static let pieceElements = 1 << 22

  static func normal(
    _ count: Int, times factor: Float, _ random: CounterRandom, from start: UInt64
  ) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: count) { values, initialized in
      let target = UncheckedPointer(values.baseAddress!)
      // Even, as Box-Muller pairs need it.
      let parts = Tiling(count, by: 1 << 16)
      try parallelLoop(parts.tiles, threads: .all) { tile, _ in
        let range = parts[tile]
        let part = UnsafeMutableBufferPointer(start: target.pointer + range.lowerBound, count: range.count)
        random.fillNormal(part, from: start + UInt64(range.lowerBound))
        for index in part.indices { part[index] *= factor }
      }
      initialized = count
    }
  }
}

extension Tiling {
  fileprivate var ranges: [Range<Int>] { (0..<tiles).map { self[$0] } }
}
