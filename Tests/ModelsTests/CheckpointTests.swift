import Foundation
import LinearAlgebra
import Models
import TensorFiles
import TestSupport
import Testing

/// The forms in which one and the same network comes.
@Suite struct CheckpointTests {
  private static let latent: [Float] = {
    var values = [Float](repeating: 0, count: 4 * 16 * 16)
    values.withUnsafeMutableBufferPointer { CounterRandom(seed: 5).fillNormal($0, from: 0) }
    return values
  }()

  private static func output(_ model: DiffusionTransformer) throws -> [Float]? {
    try model.values(latent, timestep: 0.25, label: 3, taps: [.output])[.output]
  }

  @Test("a safetensors copy is the same model, by its digest and its output")
  func safetensorsCopy() throws {
    let folder = try TemporaryFolder()
    try AlteredCheckpoint("sit_official_p2/checkpoint.pt").save(to: "\(folder.path)/SiT.safetensors")
    let original = try DiffusionTransformer(Goldens.model("sit_official_p2/checkpoint.pt"))
    let copy = try DiffusionTransformer("\(folder.path)/SiT.safetensors", options: .init(heads: 2))
    #expect(copy.configuration == original.configuration)
    #expect(copy.digest == original.digest)
    #expect(try Self.output(copy) == Self.output(original))
  }

  @Test("EMA and model weights of one training checkpoint have different digests")
  func digests() throws {
    let path = Goldens.model("sit_repa/0050000.pt")
    let ema = try DiffusionTransformer(path)
    #expect(ema.trainingStep == 50_000)
    #expect(ema.digest.count == 32)
    #expect(ema.digest != (try DiffusionTransformer(path, options: .init(weights: .model)).digest))
    #expect(ema.digest == (try DiffusionTransformer(path, options: .init(threads: Threads(1))).digest))
  }

  @Test("blocks after the projectors may be numbered anew, as older REPA checkpoints have them")
  func legacyNames() throws {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint("sit_repa/0050000.pt", prefix: "ema.")
    checkpoint.rename { name in
      let parts = name.split(separator: ".", maxSplits: 2)
      guard parts[0] == "blocks", let number = Int(parts[1]), number >= 2 else { return name }
      return "decoder_blocks.\(number - 2).\(parts[2])"
    }
    try checkpoint.save(to: "\(folder.path)/last.safetensors")
    let legacy = try DiffusionTransformer(
      "\(folder.path)/last.safetensors", options: .init(heads: 5, encoderDepth: 2))
    let original = try DiffusionTransformer(Goldens.model("sit_repa/0050000.pt"))
    #expect(legacy.configuration == original.configuration)
    #expect(legacy.digest == original.digest)
    #expect(try Self.output(legacy) == Self.output(original))
  }

  @Test("weights are found below ema and model, with the wrappers that training programs leave")
  func prefixes() throws {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint("sit_repa/0050000.pt", prefix: "ema.")
    var model = try AlteredCheckpoint("sit_repa/0050000.pt", prefix: "model.")
    checkpoint.rename { "ema.module." + $0 }
    model.rename { "model._orig_mod." + $0 }
    checkpoint.entries += model.entries
    checkpoint.add("opt.state.0.exp_avg", shape: [20, 4, 2, 2])
    try checkpoint.save(to: "\(folder.path)/all.safetensors", metadata: ["steps": "123"])
    for weights in DiffusionTransformer.Weights.allCases {
      let found = try DiffusionTransformer(
        "\(folder.path)/all.safetensors", options: .init(weights: weights, heads: 5))
      let original = try DiffusionTransformer(
        Goldens.model("sit_repa/0050000.pt"), options: .init(weights: weights))
      #expect(found.digest == original.digest)
      #expect(found.trainingStep == 123)
    }
  }

  @Test("weights that are not there are not replaced by others")
  func absentWeights() throws {
    let path = Goldens.model("sit_official_p2/checkpoint.pt")
    expectModelError(.undetermined, "there are no model weights; found weights without a name") {
      try DiffusionTransformer(path, options: .init(weights: .model))
    }
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint("sit_repa/0050000.pt", prefix: "ema.")
    checkpoint.rename { "model." + $0 }
    try checkpoint.save(to: "\(folder.path)/model.safetensors")
    expectModelError(.undetermined, "there are no ema weights; found model") {
      try DiffusionTransformer("\(folder.path)/model.safetensors", options: .init(heads: 5))
    }
  }

  @Test("a published size opens without being read: its name, parameters and operations")
  func publishedSize() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/SiT-XL-2-256.safetensors"
    let count = try SparseCheckpoint.write(
      path, width: 1152, depth: 28, patch: 2, inputSide: 32, outputChannels: 8)
    let model = try DiffusionTransformer(path)
    #expect(model.configuration.heads == 16)
    #expect(model.configuration.publishedName == "SiT-XL/2")
    #expect(model.configuration.parameterCount == count)
    // What the DiT paper gives for XL/2: 675 million, and 118.6 Gflop counting a multiply-add once.
    #expect(count / 1_000_000 == 675)
    #expect(abs(Double(model.configuration.floatingPointOperations) / 2e9 - 118.6) < 0.5)
    let kind = try ModelKind(path)
    #expect(kind.name == "SiT-XL/2")
    #expect(
      kind.description
        == "SiT-XL/2 (official): 28 blocks of width 1152, 16 heads, patch 2, input 4 x 32 x 32, output 8 channels, "
        + "1000 classes and the null label, 675.1 million parameters, 236.8 Gflop an image")
  }

  @Test(
    "every published width has its heads",
    arguments: [(384, 12, 6, "S"), (768, 12, 12, "B"), (1024, 24, 16, "L")])
  func publishedHeads(width: Int, depth: Int, heads: Int, name: String) throws {
    let folder = try TemporaryFolder()
    for patch in [4, 8] {
      let path = "\(folder.path)/sit-\(patch).safetensors"
      try SparseCheckpoint.write(
        path, width: width, depth: depth, patch: patch, inputSide: 32, outputChannels: 4)
      let configuration = try DiffusionTransformer(path).configuration
      #expect(configuration.heads == heads)
      #expect(configuration.publishedName == "SiT-\(name)/\(patch)")
      #expect(configuration.family == .repa)
      #expect(configuration.tokens == (32 / patch) * (32 / patch))
    }
  }

  @Test(
    "the number of parameters is that of the file",
    arguments: [
      "sit_official_p2/checkpoint.pt", "sit_official_p4/checkpoint.pt", "sit_repa/0050000.pt",
      "sit_repa_qknorm/0000001.pt", "dit_official/checkpoint_fp16.pt",
      "dit_diffusers/diffusion_pytorch_model.safetensors",
    ])
  func parameters(_ checkpoint: String) throws {
    let tensors = try TensorFile.open(Goldens.model(checkpoint)).tensors
    let isTraining = tensors.contains { $0.name.hasPrefix("ema.") }
    let count = tensors.filter { !isTraining || $0.name.hasPrefix("ema.") }.reduce(0) { $0 + $1.count }
    #expect(try ModelKind(Goldens.model(checkpoint)).parameterCount == count)
  }
}

/// A checkpoint of zeros that takes no room on disk: its data is one hole.
enum SparseCheckpoint {
  /// - Returns: The number of elements.
  @discardableResult
  static func write(
    _ path: String, width: Int, depth: Int, patch: Int, inputSide: Int, outputChannels: Int
  ) throws -> Int {
    let side = inputSide / patch
    var shapes = [
      ("pos_embed", [1, side * side, width]), ("x_embedder.proj.weight", [width, 4, patch, patch]),
      ("x_embedder.proj.bias", [width]), ("y_embedder.embedding_table.weight", [1001, width]),
    ]
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) {
      shapes += [("\(name).weight", [outputs, inputs]), ("\(name).bias", [outputs])]
    }
    linear("t_embedder.mlp.0", 256, width)
    linear("t_embedder.mlp.2", width, width)
    for block in 0..<depth {
      linear("blocks.\(block).attn.qkv", width, 3 * width)
      linear("blocks.\(block).attn.proj", width, width)
      linear("blocks.\(block).mlp.fc1", width, 4 * width)
      linear("blocks.\(block).mlp.fc2", 4 * width, width)
      linear("blocks.\(block).adaLN_modulation.1", width, 6 * width)
    }
    linear("final_layer.adaLN_modulation.1", width, 2 * width)
    linear("final_layer.linear", width, patch * patch * outputChannels)
    return try write(shapes, to: path)
  }

  /// Tensors of those names and shapes.
  static func write(_ shapes: [(String, [Int])], to path: String) throws -> Int {
    var count = 0
    let entries = shapes.map { name, shape in
      let start = count
      count += shape.reduce(1, *)
      return "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(4 * start),\(4 * count)]}"
    }
    var header = Data("{\(entries.joined(separator: ","))}".utf8)
    header += Data(repeating: 0x20, count: (8 - header.count % 8) % 8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    try (length + header).write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(8 + header.count + 4 * count))
    try file.close()
    return count
  }
}
