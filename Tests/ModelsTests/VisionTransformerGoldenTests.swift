import LinearAlgebra
import TensorFiles
import Testing

@testable import Models

/// Every value that the official implementations give for small models with random weights.
@Suite struct VisionTransformerGoldenTests {
  typealias Family = VisionTransformer.Configuration.Family

  struct Case: Sendable, CustomTestStringConvertible {
    let checkpoint: String
    let family: Family
    var expected = "expected.safetensors"
    var featureProtocol = VisionTransformer.FeatureProtocol.repa
    var network: String?
    /// What the expected values' names begin with.
    var prefix = ""
    /// The input's name.
    var input = "x"
    /// The expected values that are not hidden states, and what of which tap they are.
    var features: [String: Part] = [:]
    /// How many tensors there are to compare with, the position embedding not counted.
    let values: Int

    var folder: String { String(checkpoint.prefix { $0 != "/" }) }
    var testDescription: String { prefix + checkpoint }
  }

  /// A part of a tap's values.
  enum Part: Sendable {
    case tokens, classToken, registers, patches, imageFeatures
    /// A layer's class token or patches after the final norm, patches by channel.
    case normedClassToken(Int), normedPatches(Int)
  }

  private static let dinov2: [String: Part] = [
    "x_norm_clstoken": .classToken, "x_norm_patchtokens": .patches,
    "intermediate_first_cls": .normedClassToken(1), "intermediate_first_reshaped": .normedPatches(1),
  ]

  static let cases =
    ["dinov2_vits", "dinov2_giant_swiglu", "dinov2_reg4"].flatMap { name in
      let depth = name == "dinov2_vits" ? 3 : 2
      let registers = name == "dinov2_reg4" ? ["x_norm_regtokens": Part.registers] : [:]
      let features = dinov2.merging(registers) { first, _ in first }
      let checkpoint = "\(name)/checkpoint.pth"
      return [
        Case(
          checkpoint: checkpoint, family: .dinov2, featureProtocol: .native, prefix: "own.", input: "own.x",
          features: features, values: 5 + depth + registers.count),
        Case(
          checkpoint: checkpoint, family: .dinov2, featureProtocol: .native, prefix: "own2.",
          input: "own2.x", features: features, values: 3 + depth + registers.count),
        Case(
          checkpoint: checkpoint, family: .dinov2, prefix: "repa.", input: "own.x",
          features: ["z": .patches], values: 2 + depth),
      ]
    } + [
      Case(
        checkpoint: "dinov2_reg4/checkpoint.safetensors", family: .dinov2, prefix: "repa.", input: "own.x",
        features: ["z": .patches], values: 4),
      Case(
        checkpoint: "dino_v1/checkpoint.pth", family: .dino, featureProtocol: .native, prefix: "own.",
        features: ["x_norm_tokens": .tokens, "x_norm_clstoken": .classToken], values: 6),
      Case(
        checkpoint: "dino_v1/checkpoint.pth", family: .dino, prefix: "repa.",
        features: ["x_norm_tokens": .tokens], values: 5),
      Case(
        checkpoint: "mae/checkpoint.pth", family: .mae, prefix: "repa.", features: ["z": .patches], values: 5),
      Case(
        checkpoint: "mae/checkpoint.pth", family: .mae, featureProtocol: .native, prefix: "native.",
        input: "native.x", features: ["norm_cls": .classToken, "norm_patchtokens": .patches], values: 6),
      Case(
        checkpoint: "mocov3/checkpoint.pth.tar", family: .mocov3, prefix: "repa.", input: "repa.x",
        features: ["z": .patches, "norm_tokens": .tokens], values: 5),
      Case(
        checkpoint: "mocov3/checkpoint.pth.tar", family: .mocov3, featureProtocol: .native,
        prefix: "native.", input: "native.x", features: ["z": .patches, "norm_tokens": .tokens], values: 5),
      Case(
        checkpoint: "clip_openai/state_dict.pt", family: .clip,
        features: ["repa.z": .patches, "image_features": .imageFeatures], values: 5),
      Case(
        checkpoint: "clip_openai_torchscript/archive_fp16.pt", family: .clip,
        features: ["repa.z": .patches, "image_features": .imageFeatures], values: 4),
      Case(
        checkpoint: "clip_hf", family: .clip,
        features: ["last_hidden_state": .tokens, "pooler_output": .imageFeatures], values: 5),
      Case(
        checkpoint: "clip_hf/model_v5_names_fp16.safetensors", family: .clip,
        expected: "expected_fp16.safetensors",
        features: ["last_hidden_state": .tokens, "pooler_output": .imageFeatures], values: 2),
      Case(
        checkpoint: "ijepa/checkpoint.pth.tar", family: .ijepa, prefix: "encoder.",
        features: ["z": .patches], values: 4),
      Case(
        checkpoint: "ijepa/checkpoint.pth.tar", family: .ijepa, network: "target_encoder",
        prefix: "target_encoder.", features: ["z": .tokens], values: 4),
    ]

  @Test("hidden states and features agree with the official code", arguments: cases)
  func agrees(_ example: Case) throws {
    let expected = try TensorFile.open(Goldens.model("\(example.folder)/\(example.expected)"))
    let inputs = try #require(expected[example.input])
    let model = try VisionTransformer(
      Goldens.model(example.checkpoint),
      options: .init(
        featureProtocol: example.featureProtocol,
        inputSize: .init(height: inputs.shape[2], width: inputs.shape[3]), network: example.network))
    #expect(model.configuration.family == example.family)
    if let table = expected[example.prefix + "pos_embed_used"] { try compare(table, model) }

    var compared = 0
    for sample in 0..<inputs.shape[0] {
      let values = try model.values(try Goldens.sample(inputs, sample))
      for (tap, result) in values {
        guard case .layer(let layer) = tap,
          let tensor = expected[example.prefix + (layer == 0 ? "embed" : "block_0\(layer - 1)")]
        else { continue }
        let error = Goldens.error(result, try Goldens.sample(tensor, sample))
        #expect(error <= 2e-5, "\(tap) of sample \(sample)")
        compared += 1
      }
      for (name, part) in example.features {
        guard let tensor = expected[example.prefix + name] else { continue }
        let error = Goldens.error(model.part(part, of: values), try Goldens.sample(tensor, sample))
        #expect(error <= 2e-5, "\(name) of sample \(sample)")
        compared += 1
      }
    }
    #expect(compared == 2 * example.values)
  }

  /// The goldens' variances are too large for these to show in the values.
  @Test("norms have the epsilon of the encoder's authors, or the library's settings")
  func epsilons() throws {
    for (golden, epsilon) in [
      ("models/dinov2_vits/checkpoint.pth", Float(1e-6)), ("models/dino_v1/checkpoint.pth", 1e-6),
      ("models/mae/checkpoint.pth", 1e-6), ("models/mocov3/checkpoint.pth.tar", 1e-6),
      ("models/ijepa/checkpoint.pth.tar", 1e-6), ("models/clip_openai/state_dict.pt", 1e-5),
      ("models/clip_hf", 1e-5), ("encoders_hf/siglip", 1e-6), ("encoders_hf/dinov3", 1e-5),
      ("encoders_hf/ijepa", 1e-12),
    ] {
      let model = try VisionTransformer("\(Goldens.folder)/goldens/\(golden)")
      let norms = model.blocks.flatMap { [$0.attentionNorm, $0.mlpNorm] } + [model.finalNorm]
      #expect(
        (norms + [model.inputNorm].compactMap(\.self)).allSatisfy { $0.epsilon == epsilon }, "\(golden)")
    }
  }

  /// The table on the input's grid: the class token's position cannot be told from the token any more.
  private func compare(_ table: Tensor, _ model: VisionTransformer) throws {
    let used = try table.floats().dropFirst(model.configuration.hasClassToken ? model.configuration.width : 0)
    let positions = try #require(model.positions).withUnsafeBufferPointer(Array.init)
    #expect(positions.count == used.count)
    #expect(zip(positions, used).allSatisfy { abs($0 - $1) <= 1e-5 })
  }

  @Test(
    "trained encoders give the official hidden states",
    arguments: zip(
      ["dinov2_tiny.pth", "mae_tiny.pth", "mocov3_tiny.pth.tar"], [Family.dinov2, .mae, .mocov3])
  )
  func trained(_ file: String, _ family: Family) throws {
    let model = try VisionTransformer("\(Goldens.folder)/mnist/encoders/\(file)")
    #expect(model.configuration.family == family)
    #expect(model.configuration.heads == 4)
    #expect(model.configuration.inputHeight == 32)
    let name = file.prefix { $0 != "." }
    let expected = try TensorFile.open("\(Goldens.folder)/mnist/goldens/encoder_hidden.safetensors")
    let inputs = try #require(expected["\(name)/input"])
    for sample in 0..<inputs.shape[0] {
      let values = try model.values(try Goldens.sample(inputs, sample))
      for layer in 1...6 {
        let tensor = try #require(expected["\(name)/block0\(layer)"])
        let error = Goldens.error(try #require(values[.layer(layer)]), try Goldens.sample(tensor, sample))
        #expect(error <= 2e-5, "layer \(layer)")
      }
      let features = try #require(expected["\(name)/features"])
      #expect(Goldens.error(model.part(.patches, of: values), try Goldens.sample(features, sample)) <= 2e-5)
      guard let classToken = expected["\(name)/cls"] else { continue }
      #expect(
        Goldens.error(model.part(.classToken, of: values), try Goldens.sample(classToken, sample)) <= 2e-5)
    }
  }
}

extension VisionTransformer {
  /// All values of the given taps for one image; of all taps there are, where none are given.
  func values(_ picture: [Float], taps: Set<Tap>? = nil, workspace: Workspace? = nil) throws -> [Tap: [Float]]
  {
    var values: [Tap: [Float]] = [:]
    try picture.withUnsafeBufferPointer { picture in
      try run(picture, taps: taps ?? allTaps, workspace: workspace ?? makeWorkspace()) {
        values[$0] = Array($1)
      }
    }
    return values
  }

  var allTaps: Set<Tap> {
    let layers = (0...configuration.depth).map { Tap.layer($0) }
    return Set(layers + [.final] + (configuration.imageFeatureDimension == nil ? [] : [.imageFeatures]))
  }

  func part(_ part: VisionTransformerGoldenTests.Part, of values: [Tap: [Float]]) -> [Float] {
    let (layout, width) = (configuration.tokenLayout, configuration.width)
    func rows(_ tokens: [Float], _ range: Range<Int>) -> [Float] {
      Array(tokens[range.lowerBound * width..<range.upperBound * width])
    }
    func normed(_ layer: Int) -> [Float] {
      var tokens = values[.layer(layer)]!
      let count = layout.count
      tokens.withUnsafeMutableBufferPointer {
        let slice = MatrixSlice($0.baseAddress!, rows: count, columns: width)
        finalNorm.apply(slice, into: slice)
      }
      return tokens
    }
    switch part {
    case .tokens: return values[.final]!
    case .classToken: return rows(values[.final]!, 0..<1)
    case .registers: return rows(values[.final]!, layout.registers)
    case .patches: return rows(values[.final]!, layout.patches)
    case .imageFeatures: return values[.imageFeatures]!
    case .normedClassToken(let layer): return rows(normed(layer), 0..<1)
    case .normedPatches(let layer):
      let patches = rows(normed(layer), layout.patches)
      return (0..<width).flatMap { column in
        layout.patches.indices.map { patches[($0 - layout.prefixCount) * width + column] }
      }
    }
  }
}
