import Models
import TestSupport
import Testing

/// What published sizes are called, how large they are, and what they are fed.
@Suite struct EncoderSizeTests {
  typealias Family = VisionTransformer.Configuration.Family

  struct Size: Sendable, CustomTestStringConvertible {
    var family = Family.dinov2
    let name: String
    let width: Int
    let depth: Int
    var mlpWidth: Int?
    let patch: Int
    /// Of the position embedding.
    let grid: Int
    var registers = 0
    let heads: Int
    let millions: Int
    /// The side of what the network is fed, by REPA and by its authors.
    let inputs: (repa: Int, native: Int)

    var testDescription: String { name }
  }

  static let sizes = [
    Size(
      name: "DINOv2 ViT-S/14", width: 384, depth: 12, patch: 14, grid: 37, heads: 6, millions: 22,
      inputs: (224, 224)),
    Size(
      name: "DINOv2 ViT-B/14", width: 768, depth: 12, patch: 14, grid: 37, registers: 4, heads: 12,
      millions: 86, inputs: (224, 224)),
    Size(
      name: "DINOv2 ViT-L/14", width: 1024, depth: 24, patch: 14, grid: 37, heads: 16, millions: 304,
      inputs: (224, 224)),
    Size(
      name: "DINOv2 ViT-g/14", width: 1536, depth: 40, mlpWidth: 4096, patch: 14, grid: 37, heads: 24,
      millions: 1136, inputs: (224, 224)),
    Size(
      family: .mae, name: "MAE ViT-L/16", width: 1024, depth: 24, patch: 16, grid: 14, heads: 16,
      millions: 303, inputs: (256, 224)),
    Size(
      family: .mocov3, name: "MoCo v3 ViT-S/16", width: 384, depth: 12, patch: 16, grid: 14, heads: 12,
      millions: 21, inputs: (256, 224)),
    Size(
      family: .dino, name: "DINO ViT-B/16", width: 768, depth: 12, patch: 16, grid: 14, heads: 12,
      millions: 85, inputs: (256, 224)),
    Size(
      family: .ijepa, name: "I-JEPA ViT-H/14", width: 1280, depth: 32, patch: 14, grid: 16, heads: 16,
      millions: 630, inputs: (224, 224)),
  ]

  @Test("a published size opens without being read: name, heads, parameters, input", arguments: sizes)
  func published(_ size: Size) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/weights.safetensors"
    let count = try SparseEncoder.write(size, to: path)
    let options = VisionTransformer.Options(family: size.family)
    let kind = try ModelKind(path, encoder: options)
    #expect(kind.name == size.name)
    #expect(kind.parameterCount == count)
    #expect(count / 1_000_000 == size.millions)
    guard case .visionTransformer(let configuration) = kind else {
      Issue.record("\(kind)")
      return
    }
    #expect(configuration.heads == size.heads)
    #expect(configuration.inputHeight == size.inputs.repa)
    #expect(configuration.tokenLayout.patches.count == 256)
    var native = options
    native.featureProtocol = .native
    guard case .visionTransformer(let own) = try ModelKind(path, encoder: native) else { return }
    #expect(own.inputWidth == size.inputs.native)
  }

  @Test("the line for people")
  func description() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/dinov2_vitb14_reg4_pretrain.safetensors"
    try SparseEncoder.write(Self.sizes[1], to: path)
    #expect(
      try ModelKind(path).description
        == "DINOv2 ViT-B/14: 12 blocks of width 768, 12 heads, patch 14, 4 registers, position embedding 37 x 37, "
        + "input 3 x 224 x 224 (repa), 86.6 million parameters, 47.1 Gflop an image")
    // 2 (4 + 8) T D^2 a block, 4 T^2 D for attention, 2 x 588 D a patch.
    let block = 24 * 261 * 768 * 768 + 4 * 261 * 261 * 768
    #expect(try ModelKind(path).floatingPointOperations == 12 * block + 2 * 256 * 588 * 768)
  }

  @Test("pictures are made into inputs by the protocol")
  func preprocessing() throws {
    func preprocessing(
      _ golden: String, _ featureProtocol: VisionTransformer.FeatureProtocol, _ side: Int
    ) throws -> VisionTransformer.Preprocessing {
      let options = VisionTransformer.Options(
        featureProtocol: featureProtocol, inputSize: .init(square: side))
      let kind = try ModelKind(Goldens.model(golden), encoder: options)
      guard case .visionTransformer(let configuration) = kind else { throw CancellationError() }
      return try #require(configuration.preprocessing)
    }
    let dinov2 = try preprocessing("dinov2_vits/checkpoint.pth", .repa, 448)
    #expect(dinov2.crop == .admCenterCrop(512))
    #expect(dinov2.normalization == .imageNet && !dinov2.resizesBeforeNormalizing)
    #expect(try preprocessing("dinov2_vits/checkpoint.pth", .repa, 112).crop == .admCenterCrop(112))
    let mae = try preprocessing("mae/checkpoint.pth", .repa, 256)
    #expect(mae.crop == .admCenterCrop(256) && mae.inputSize == .init(square: 256))
    #expect(
      try preprocessing("mocov3/checkpoint.pth.tar", .native, 224).crop
        == .resizeAndCenterCrop(shorterSide: 256, crop: 224, filter: .bilinear))
    let clip = try preprocessing("clip_hf", .native, 224)
    #expect(clip.crop == .resizeAndCenterCrop(shorterSide: 224, crop: 224, filter: .bicubic))
    #expect(clip.normalization == .clip && clip.resizesBeforeNormalizing)
  }
}

/// An encoder's checkpoint of zeros that takes no room on disk, in the authors' names.
enum SparseEncoder {
  /// - Returns: The number of elements.
  @discardableResult
  static func write(_ size: EncoderSizeTests.Size, to path: String) throws -> Int {
    let width = size.width
    let hasClassToken = size.family != .ijepa
    var shapes = [
      ("pos_embed", [1, size.grid * size.grid + (hasClassToken ? 1 : 0), width]),
      ("patch_embed.proj.weight", [width, 3, size.patch, size.patch]), ("patch_embed.proj.bias", [width]),
      ("norm.weight", [width]), ("norm.bias", [width]),
    ]
    if hasClassToken { shapes.append(("cls_token", [1, 1, width])) }
    if size.registers > 0 { shapes.append(("register_tokens", [1, size.registers, width])) }
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) {
      shapes += [("\(name).weight", [outputs, inputs]), ("\(name).bias", [outputs])]
    }
    for block in 0..<size.depth {
      let prefix = "blocks.\(block)."
      for norm in ["norm1", "norm2"] {
        shapes += [("\(prefix)\(norm).weight", [width]), ("\(prefix)\(norm).bias", [width])]
      }
      if size.family == .dinov2 {
        shapes += [("\(prefix)ls1.gamma", [width]), ("\(prefix)ls2.gamma", [width])]
      }
      linear(prefix + "attn.qkv", width, 3 * width)
      linear(prefix + "attn.proj", width, width)
      if let hidden = size.mlpWidth {
        linear(prefix + "mlp.w12", width, 2 * hidden)
        linear(prefix + "mlp.w3", hidden, width)
      } else {
        linear(prefix + "mlp.fc1", width, 4 * width)
        linear(prefix + "mlp.fc2", 4 * width, width)
      }
    }
    return try SparseCheckpoint.write(shapes, to: path)
  }
}
