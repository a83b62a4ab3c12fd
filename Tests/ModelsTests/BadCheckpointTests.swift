import Foundation
import Models
import TensorFiles
import TestSupport
import Testing

/// Checkpoints and settings that must be refused, and what the error has to say.
@Suite struct BadCheckpointTests {
  /// The official SiT with one thing changed, saved where nothing tells what it is, and opened with its two heads.
  private func open(
    _ options: DiffusionTransformer.Options = .init(heads: 2), name: String = "sit.safetensors",
    config: String? = nil,
    change: (inout AlteredCheckpoint) -> Void = { _ in }
  ) throws -> DiffusionTransformer {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint("sit_official_p2/checkpoint.pt")
    change(&checkpoint)
    try checkpoint.save(to: "\(folder.path)/\(name)")
    if let config { try folder.write("config.json", config) }
    return try DiffusionTransformer("\(folder.path)/\(name)", options: options)
  }

  @Test("sizes beyond all measure are refused before they are multiplied")
  func hugeSizes() throws {
    let folder = try TemporaryFolder()
    // Patches without pixels would be divided by.
    expectModelError(.wrongTensors, "x_embedder.proj.weight is [28, 4, 0, 0]") {
      try open { $0.change("x_embedder.proj.weight") { ($0.shape, $0.values) = ([28, 4, 0, 0], []) } }
    }
    let path = "\(folder.path)/sit.safetensors"
    try SparseCheckpoint.write(path, width: 8, depth: 1, patch: 1, inputSide: 512, outputChannels: 8)
    expectModelError(.unsupported, "tokens: 262144; expected 1 to 65536") {
      try DiffusionTransformer(path, options: .init(heads: 2))
    }
  }

  @Test("a missing tensor is named with the shape it should have")
  func missing() {
    expectModelError(.wrongTensors, "1 missing: blocks.1.attn.proj.bias [28]") {
      try open { $0.remove { $0 == "blocks.1.attn.proj.bias" } }
    }
  }

  @Test("of many missing tensors ten are named and the rest counted")
  func manyMissing() {
    expectModelError(.wrongTensors, "12 missing: ", "and 2 more") {
      try open {
        $0.remove {
          $0.hasSuffix("mlp.fc1.bias") || $0.hasSuffix("mlp.fc2.bias") || $0.hasSuffix("attn.qkv.bias")
            || $0.hasSuffix("adaLN_modulation.1.bias") && $0.hasPrefix("blocks")
        }
      }
    }
  }

  @Test("a gap in the blocks leaves tensors over and others missing")
  func gap() {
    expectModelError(.wrongTensors, "10 missing: blocks.1.", "10 left over: blocks.7.") {
      try open { $0.rename { $0.replacingOccurrences(of: "blocks.1.", with: "blocks.7.") } }
    }
  }

  @Test("tensors left over and misshapen are named together")
  func leftOverAndMisshapen() {
    expectModelError(
      .wrongTensors, "1 of another shape: blocks.2.mlp.fc2.weight is float32 [112, 28], expected [28, 112]",
      "1 left over: blocks.0.surprise"
    ) {
      try open {
        $0.add("blocks.0.surprise", shape: [3])
        $0.change("blocks.2.mlp.fc2.weight") { $0.shape = [112, 28] }
      }
    }
  }

  @Test("a file of something else says what was looked for and what it holds")
  func unknownArchitecture() {
    expectModelError(.unknownArchitecture, "looked for x_embedder.proj.weight", "holds", "layer01") {
      try DiffusionTransformer("\(Goldens.folder)/mnist/features/val_repa_t0.5.safetensors")
    }
    expectModelError(.unknownArchitecture, "has no y_embedder.embedding_table.weight") {
      try open { $0.remove { $0.hasPrefix("y_embedder") } }
    }
  }

  @Test("a file or folder that is not there, or has no weights")
  func absentFile() throws {
    #expect(throws: TensorFileError.self) { try DiffusionTransformer("/nonexistent/sit.pt") }
    let folder = try TemporaryFolder()
    expectModelError(.missing, "looked for diffusion_pytorch_model.safetensors") {
      try DiffusionTransformer(folder.path)
    }
  }

  @Test("heads that nothing tells are asked for; the option wins over config.json")
  func heads() throws {
    expectModelError(.undetermined, "number of attention heads is not known for width 28", "option") {
      try open(.init())
    }
    #expect(try open(.init(), config: #"{"num_heads": 7}"#).configuration.heads == 7)
    #expect(try open(.init(), config: #"{"model": {"num_heads": 4}}"#).configuration.heads == 4)
    #expect(try open(.init(), config: #"{"num_attention_heads": 14}"#).configuration.heads == 14)
    #expect(try open(.init(heads: 2), config: #"{"num_heads": 7}"#).configuration.heads == 2)
    expectModelError(.undetermined, "width 28") {
      try open(.init(), config: #"{"hidden_size": 30, "num_heads": 7}"#)
    }
    expectModelError(.badConfiguration, "3 heads, which do not divide the width 28") {
      try open(.init(heads: 3))
    }
    expectModelError(.badConfiguration, "0 heads") { try open(.init(heads: 0)) }
  }

  @Test(
    "settings that are none",
    arguments: [
      ("[1, 2]", "not a JSON object"), ("{", "not a JSON object"),
      (#"{"num_heads": "many"}"#, "\"num_heads\""),
      (#"{"num_heads": 2.5}"#, "expected a whole number"),
      (#"{"num_heads": 1e300}"#, "expected a whole number"),
    ])
  func settings(config: String, message: String) {
    expectModelError(.badConfiguration, "config.json", message) { try open(.init(), config: config) }
  }

  @Test("SiT and DiT are told apart by name, settings or option, else asked for")
  func family() throws {
    expectModelError(.undetermined, "SiT and DiT have the same tensors") {
      try open(name: "weights.safetensors")
    }
    #expect(try open(name: "DiT-XL-2-256x256.safetensors").configuration.family == .dit)
    #expect(try open(name: "x.safetensors", config: #"{"arch": "DiT"}"#).configuration.family == .dit)
    #expect(try open(.init(heads: 2, family: .dit)).configuration.family == .dit)
    expectModelError(.invalidArgument, "not of ditDiffusers") {
      try open(.init(heads: 2, family: .ditDiffusers))
    }
  }

  @Test("input sizes that contradict the position embedding")
  func inputSize() throws {
    #expect(try open(.init(heads: 2, inputSize: 16)).configuration.inputWidth == 16)
    expectModelError(.invalidArgument, "pos_embed has 64 tokens") { try open(.init(heads: 2, inputSize: 32)) }
    expectModelError(.invalidArgument, "patches of 2 x 2") { try open(.init(heads: 2, inputSize: 15)) }
    let narrow = { (checkpoint: inout AlteredCheckpoint) in
      checkpoint.change("pos_embed") {
        ($0.shape, $0.values) = ([1, 32, 28], Array($0.values.prefix(32 * 28)))
      }
    }
    expectModelError(.undetermined, "make no square") { try open(change: narrow) }
    let model = try open(.init(heads: 2, inputSize: 8), change: narrow)
    #expect((model.configuration.inputHeight, model.configuration.inputWidth) == (8, 16))
  }

  @Test(
    "small files that claim large weights are refused before anything is allocated",
    arguments: [
      ("repeated_elements.pt", "expected no repetition"),
      ("shared_bytes.pt", "tensors of 40304 bytes that share 12288 bytes"),
    ])
  func claims(file: String, message: String) {
    expectModelError(.wrongTensors, message) {
      try DiffusionTransformer("\(Goldens.folder)/models/\(file)", options: .init(heads: 6))
    }
  }

  @Test("diffusers weights without their settings, and in variants that are not computed")
  func diffusers() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/diffusion_pytorch_model.safetensors"
    try AlteredCheckpoint("dit_diffusers/diffusion_pytorch_model.safetensors").save(to: path)
    expectModelError(.undetermined, "number of attention heads") { try DiffusionTransformer(folder.path) }
    expectModelError(.undetermined, "input size is not known") {
      try DiffusionTransformer(folder.path, options: .init(heads: 2))
    }
    let model = try DiffusionTransformer(folder.path, options: .init(heads: 2, inputSize: 16))
    #expect(model.digest == (try DiffusionTransformer(Goldens.model("dit_diffusers")).digest))
    for (config, message) in [
      (#"{"num_attention_heads": 2, "sample_size": 16, "activation_fn": "geglu"}"#, "activation_fn"),
      (#"{"num_attention_heads": 2, "sample_size": 16, "norm_type": "ada_norm"}"#, "norm_type"),
    ] {
      try folder.write("config.json", config)
      expectModelError(.unsupported, message) { try DiffusionTransformer(folder.path) }
    }
    try folder.write("config.json", #"{"num_attention_heads": 2, "sample_size": 1000000000000}"#)
    expectModelError(.badConfiguration, "sample_size") { try DiffusionTransformer(folder.path) }
  }
}
