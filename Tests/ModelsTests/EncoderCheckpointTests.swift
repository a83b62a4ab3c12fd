import Foundation
import Models
import TensorFiles
import TestSupport
import Testing

/// Which encoder a checkpoint holds, under whichever names and wrappers, and what is asked for where it does not tell.
@Suite struct EncoderCheckpointTests {
  typealias Family = VisionTransformer.Configuration.Family

  /// A golden checkpoint with something changed, opened where nothing but its name tells what it is.
  private func open(
    _ golden: String, prefix: String = "", _ options: VisionTransformer.Options = .init(),
    name: String = "weights.safetensors", config: String? = nil,
    change: (inout AlteredCheckpoint) -> Void = { _ in }
  ) throws -> VisionTransformer {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint(golden, prefix: prefix)
    change(&checkpoint)
    try checkpoint.save(to: "\(folder.path)/\(name)")
    if let config { try folder.write("config.json", config) }
    return try VisionTransformer("\(folder.path)/\(name)", options: options)
  }

  private func picture(_ model: VisionTransformer) -> [Float] {
    let configuration = model.configuration
    return (0..<3 * configuration.inputHeight * configuration.inputWidth).map { sin(Float($0) * 0.37) }
  }

  /// Whether two models compute the same.
  private func expectEqual(_ a: VisionTransformer, _ b: VisionTransformer) throws {
    #expect(
      try a.values(picture(a), taps: [.layer(0), .final]) == b.values(picture(b), taps: [.layer(0), .final]))
  }

  @Test("timm's names give the same network: packed gates, registers, class token with its position")
  func timm() throws {
    let official = try VisionTransformer(Goldens.model("dinov2_reg4/checkpoint.safetensors"))
    let width = official.configuration.width
    let renamed = try open("dinov2_reg4/checkpoint.safetensors", .init(heads: 2)) { checkpoint in
      checkpoint.rename { $0 == "register_tokens" ? "reg_token" : $0 }
      var first: [Float] = []
      checkpoint.change("pos_embed") {
        first = Array($0.values.prefix(width))
        $0.values.removeFirst(width)
        $0.shape[1] -= 1
      }
      checkpoint.change("cls_token") { for index in 0..<width { $0.values[index] += first[index] } }
    }
    #expect(renamed.configuration.registers == 4)
    try expectEqual(renamed, official)

    let giant = try VisionTransformer(Goldens.model("dinov2_giant_swiglu/checkpoint.pth"))
    let packed = try open("dinov2_giant_swiglu/checkpoint.pth", .init(heads: 3)) {
      $0.rename {
        $0.replacingOccurrences(of: ".w12.", with: ".fc1.").replacingOccurrences(of: ".w3.", with: ".fc2.")
      }
    }
    #expect(packed.configuration.usesSwiGLU)
    #expect(packed.configuration.mlpWidth == 96)
    try expectEqual(packed, giant)
  }

  @Test("blocks numbered within chunks, as DINOv2's training numbers them")
  func chunks() throws {
    let chunked = try open("dinov2_vits/checkpoint.pth", .init(heads: 4)) {
      $0.rename { name in
        let words = name.split(separator: ".", maxSplits: 2)
        return words[0] == "blocks"
          ? "teacher.backbone.blocks.\(Int(words[1])! / 2).\(words[1]).\(words[2])"
          : "teacher.backbone." + name
      }
    }
    try expectEqual(chunked, try VisionTransformer(Goldens.model("dinov2_vits/checkpoint.pth")))
  }

  @Test("MoCo v3's misprinted names in blocks 13 and 14 are mended as REPA mends them")
  func misprints() throws {
    let prefix = "state_dict.module.base_encoder."
    func deepened(_ checkpoint: inout AlteredCheckpoint, misprinted: Bool) {
      checkpoint.remove { $0.hasPrefix("head") }
      let first = checkpoint.entries.filter { $0.name.hasPrefix("blocks.0.") }
      for block in 2..<15 {
        for var entry in first {
          entry.name = "blocks.\(block)." + entry.name.dropFirst("blocks.0.".count)
          checkpoint.entries.append(entry)
        }
      }
      checkpoint.rename { name in
        guard misprinted else { return prefix + name }
        return prefix
          + name.replacingOccurrences(of: "blocks.13.norm1.", with: "blocks.13.norm13.")
          .replacingOccurrences(of: "blocks.13.mlp.fc1.", with: "blocks.13.mlp.fc13.")
          .replacingOccurrences(of: "blocks.14.norm2.", with: "blocks.14.norm14.")
          .replacingOccurrences(of: "blocks.14.mlp.fc2.", with: "blocks.14.mlp.fc14.")
      }
    }
    let options = VisionTransformer.Options(heads: 12)
    let right = try open("mocov3/checkpoint.pth.tar", prefix: prefix, options) {
      deepened(&$0, misprinted: false)
    }
    let wrong = try open("mocov3/checkpoint.pth.tar", prefix: prefix, options) {
      deepened(&$0, misprinted: true)
    }
    #expect(wrong.configuration.depth == 15)
    #expect(wrong.digest == right.digest)
    try expectEqual(wrong, right)
  }

  @Test("of several networks the published one is taken, and another when it is asked for")
  func networks() throws {
    let path = Goldens.model("mocov3/checkpoint.pth.tar")
    let (usual, momentum) = (
      try VisionTransformer(path), try VisionTransformer(path, options: .init(network: "momentum_encoder"))
    )
    #expect(usual.digest != momentum.digest)
    #expect(momentum.configuration.family == .mocov3)
    #expect(try VisionTransformer(path, options: .init(network: "base_encoder")).digest == usual.digest)
    expectModelError(.undetermined, "there is no network teacher; found base_encoder, momentum_encoder") {
      try VisionTransformer(path, options: .init(network: "teacher"))
    }
    expectModelError(.undetermined, "several networks: a, b. Choose one") {
      try open("dino_v1/checkpoint.pth") {
        let again = $0.entries
        $0.rename { "a." + $0 }
        for var entry in again {
          entry.name = "b." + entry.name
          $0.entries.append(entry)
        }
      }
    }
  }

  @Test("DINO, MAE and MoCo v3 are told apart by name, settings or option, else asked for")
  func families() throws {
    let names: [(String, Family)] = [
      ("dino_vitbase16_pretrain.safetensors", .dino), ("mae_pretrain_vit_base.safetensors", .mae),
      ("mocov3_vitb.safetensors", .mocov3),
    ]
    for (name, family) in names {
      #expect(try open("dino_v1/checkpoint.pth", .init(heads: 4), name: name).configuration.family == family)
    }
    let config = "{\"architecture\": \"vit_base_patch16_224.mae\", \"num_heads\": 4}"
    #expect(try open("dino_v1/checkpoint.pth", config: config).configuration.family == .mae)
    #expect(
      try open("dino_v1/checkpoint.pth", .init(family: .mocov3, heads: 4)).configuration.family == .mocov3)
    expectModelError(.undetermined, "neither the file's name nor config.json tells which", "moco-v3") {
      try open("dino_v1/checkpoint.pth", .init(heads: 4))
    }
    expectModelError(.badConfiguration, "the tensors are those of DINOv2, not of MAE") {
      try open("dinov2_vits/checkpoint.pth", .init(family: .mae, heads: 4))
    }
    #expect(try VisionTransformer(Goldens.model("mae/checkpoint.pth")).configuration.family == .mae)
  }

  @Test("timm's CLIP runs with the activation that its name tells")
  func timmCLIP() throws {
    let changes = [
      ("visual.", ""), ("transformer.resblocks", "blocks"), ("ln_pre", "norm_pre"), ("ln_post", "norm"),
      ("ln_1", "norm1"), ("ln_2", "norm2"), ("attn.in_proj_", "attn.qkv."), ("attn.out_proj", "attn.proj"),
      ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2"), ("class_embedding", "cls_token"),
      ("positional_embedding", "pos_embed"), ("conv1", "patch_embed.proj"),
    ]
    func renamed(_ config: String?) throws -> VisionTransformer {
      try open("clip_openai/state_dict.pt", prefix: "visual.", .init(heads: 1), config: config) {
        $0.remove { $0 == "proj" }
        $0.rename { name in changes.reduce(name) { $0.replacingOccurrences(of: $1.0, with: $1.1) } }
        $0.change("cls_token") { $0.shape = [1, 1] + $0.shape }
        $0.change("pos_embed") { $0.shape = [1] + $0.shape }
      }
    }
    expectModelError(.undetermined, "come with two activations") { try renamed(nil) }
    let original = try VisionTransformer(Goldens.model("clip_openai/state_dict.pt"))
    try expectEqual(try renamed("{\"architecture\": \"vit_base_patch16_clip_quickgelu_224\"}"), original)
    let other = try renamed("{\"hidden_act\": \"gelu\"}")
    #expect(
      try other.values(picture(other), taps: [.final]) != original.values(picture(original), taps: [.final]))
  }

  @Test("heads come from config.json, from configs.json by the file's name, or from the option")
  func heads() throws {
    expectModelError(.undetermined, "heads is not known for DINOv2 of width 28", "num_heads in") {
      try open("dinov2_vits/checkpoint.pth")
    }
    #expect(try open("dinov2_vits/checkpoint.pth", .init(heads: 7)).configuration.heads == 7)
    expectModelError(.badConfiguration, "the option says 5 heads, which do not divide the width 28") {
      try open("dinov2_vits/checkpoint.pth", .init(heads: 5))
    }
    expectModelError(.badConfiguration, "says 3 heads, which do not divide") {
      try open("dinov2_vits/checkpoint.pth", config: "{\"num_heads\": 3}")
    }
    // Of another checkpoint, as its width says.
    expectModelError(.undetermined, "heads is not known") {
      try open("dinov2_vits/checkpoint.pth", config: "{\"num_heads\": 4, \"embed_dim\": 32}")
    }
    let folder = try TemporaryFolder()
    try AlteredCheckpoint("dinov2_vits/checkpoint.pth").save(to: "\(folder.path)/a.v2.safetensors")
    try folder.write("configs.json", "{\"a\": {\"num_heads\": 14}, \"b\": {\"num_heads\": 4}}")
    #expect(try VisionTransformer("\(folder.path)/a.v2.safetensors").configuration.heads == 14)
  }

  @Test("the digest is of the weights, not of the container or of what else it holds")
  func digest() throws {
    let pth = try VisionTransformer(Goldens.model("dinov2_reg4/checkpoint.pth"))
    #expect(try VisionTransformer(Goldens.model("dinov2_reg4/checkpoint.safetensors")).digest == pth.digest)
    let without = try open("dinov2_reg4/checkpoint.safetensors", .init(heads: 2)) {
      $0.remove { $0 == "mask_token" }
      $0.add("head.weight", shape: [10, 32])
    }
    #expect(without.digest == pth.digest)
    let other = try open("dinov2_reg4/checkpoint.safetensors", .init(heads: 2)) {
      $0.change("blocks.1.ls2.gamma") { $0.values[3] += 1 }
    }
    #expect(other.digest != pth.digest)
  }
}
