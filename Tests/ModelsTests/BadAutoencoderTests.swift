import Foundation
import LinearAlgebra
import Models
import TensorFiles
import TestSupport
import Testing

/// Folders, settings, tensors and pictures that an AutoencoderKL must refuse, and what the error has to say.
@Suite struct BadAutoencoderTests {
  private static let file = "diffusion_pytorch_model.safetensors"

  /// The golden VAE with one thing changed.
  private func open(
    _ settings: [String: Any] = [:], change: (inout AlteredCheckpoint) -> Void = { _ in }
  ) throws -> AutoencoderKL {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint("vae/new_keys/\(Self.file)")
    change(&checkpoint)
    try checkpoint.save(to: "\(folder.path)/\(Self.file)")
    try AlteredSettings(settings).write(to: folder)
    return try AutoencoderKL(folder.path)
  }

  struct Setting: Sendable, CustomTestStringConvertible {
    let key: String
    /// In JSON.
    let value: String
    let code: ModelError.Code
    let message: String

    init(_ key: String, _ value: String, _ code: ModelError.Code, _ message: String) {
      (self.key, self.value, self.code, self.message) = (key, value, code, message)
    }

    var testDescription: String { "\(key): \(value)" }
  }

  static let settings = [
    Setting(
      "act_fn", "\"gelu\"", .unsupported, "\"act_fn\" is gelu, which is not computed here; expected silu"),
    Setting("act_fn", "1", .badConfiguration, "\"act_fn\" is something else; expected a word"),
    Setting("_class_name", "\"AutoencoderTiny\"", .unsupported, "\"_class_name\" is AutoencoderTiny"),
    Setting(
      "down_block_types",
      "[\"DownEncoderBlock2D\", \"DownEncoderBlock2D\", \"AttnDownEncoderBlock2D\", \"DownEncoderBlock2D\"]",
      .unsupported,
      "\"down_block_types\" is AttnDownEncoderBlock2D, which is not computed here; expected DownEncoderBlock2D"
    ),
    Setting("down_block_types", "\"DownEncoderBlock2D\"", .badConfiguration, "expected a list of words"),
    Setting(
      "up_block_types", "[\"UpDecoderBlock2D\"]", .badConfiguration,
      "\"up_block_types\" is 1 blocks; expected 4"),
    Setting("latents_mean", "[0, 0, 0, 0]", .unsupported, "\"latents_mean\" is set"),
    Setting("latents_std", "[1, 1, 1, 1]", .unsupported, "\"latents_std\" is set"),
    Setting(
      "resnet_time_scale_shift", "\"spatial\"", .unsupported, "\"resnet_time_scale_shift\" is no setting"),
    Setting("block_out_channels", "null", .badConfiguration, "no \"block_out_channels\""),
    Setting("block_out_channels", "[]", .badConfiguration, "\"block_out_channels\" is 0 numbers"),
    Setting("block_out_channels", "64", .badConfiguration, "expected a list of whole numbers"),
    Setting("block_out_channels", "[4, 8, 8, 7.5]", .badConfiguration, "expected a list of whole numbers"),
    Setting("block_out_channels", "[4, 8, 8, 9]", .badConfiguration, "that the 2 groups of a norm divide"),
    Setting("block_out_channels", "[4, 8, 8, 1e18]", .badConfiguration, "numbers up to 8192"),
    Setting("norm_num_groups", "3", .badConfiguration, "that the 3 groups of a norm divide"),
    Setting("norm_num_groups", "0", .badConfiguration, "\"norm_num_groups\" is 0; expected 1 to 8192"),
    Setting(
      "layers_per_block", "1e9", .badConfiguration, "\"layers_per_block\" is 1000000000; expected 1 to 64"),
    Setting("latent_channels", "-4", .badConfiguration, "\"latent_channels\" is -4"),
    Setting(
      "in_channels", "\"3\"", .badConfiguration, "\"in_channels\" is something else; expected a whole number"),
    Setting(
      "scaling_factor", "0", .badConfiguration, "\"scaling_factor\" is 0.0; expected a positive number"),
    Setting("mid_block_add_attention", "\"no\"", .badConfiguration, "expected true or false"),
    // Weights that contradict the settings.
    Setting(
      "latent_channels", "3", .wrongTensors,
      "quant_conv.weight is float32 [8, 8, 1, 1], expected [6, 6, 1, 1]"),
    Setting(
      "layers_per_block", "2", .wrongTensors, "missing: encoder.down_blocks.0.resnets.1.norm1.weight [4]"),
    Setting("use_quant_conv", "false", .wrongTensors, "2 left over: quant_conv.bias, quant_conv.weight"),
    Setting(
      "mid_block_add_attention", "false", .wrongTensors, "20 left over: decoder.mid_block.attentions.0."),
  ]

  @Test("settings that are wrong, or not computed here, are named", arguments: settings)
  func badSetting(_ setting: Setting) throws {
    let value = try JSONSerialization.jsonObject(with: Data(setting.value.utf8), options: .fragmentsAllowed)
    expectModelError(setting.code, setting.message) { try open([setting.key: value]) }
  }

  @Test("missing, misshapen and left over tensors are named together")
  func tensors() {
    expectModelError(
      .wrongTensors, "1 missing: decoder.mid_block.attentions.0.to_v.bias [8]",
      "1 of another shape: encoder.conv_in.weight is float32 [3, 4, 3, 3], expected [4, 3, 3, 3]",
      "1 left over: loss.logvar"
    ) {
      try open {
        $0.remove { $0 == "decoder.mid_block.attentions.0.to_v.bias" }
        $0.change("encoder.conv_in.weight") { $0.shape = [3, 4, 3, 3] }
        $0.add("loss.logvar", shape: [1])
      }
    }
  }

  @Test("folders and files that are no VAE say what was looked for")
  func places() throws {
    let folder = try TemporaryFolder()
    expectModelError(.missing, folder.path, "a folder without weights; looked for \(Self.file)") {
      try AutoencoderKL(folder.path)
    }
    expectModelError(
      .unknownArchitecture, "no AutoencoderKL of diffusers: looked for encoder.conv_in.weight",
      "the file holds pos_embed, x_embedder.proj.weight"
    ) {
      try AutoencoderKL(Goldens.model("sit_official_p2/checkpoint.pt"))
    }
    expectModelError(.undetermined, "new_keys/config.json: no \"block_out_channels\"", "beside its weights") {
      try AutoencoderKL(Goldens.model("vae/new_keys"))
    }
    #expect(throws: TensorFileError.self) { try AutoencoderKL("\(folder.path)/nothing.safetensors") }
    try folder.write("config.json", "{")
    expectModelError(.badConfiguration, "not a JSON object") {
      try AutoencoderKL(Goldens.model("vae/new_keys"), settings: "\(folder.path)/config.json")
    }
  }

  @Test("pictures and latents that do not fit are refused")
  func sizes() throws {
    let vae = try open()
    let picture = [Float](repeating: 0, count: 3 * 32 * 32)
    for (height, width) in [(32, 28), (12, 32)] {
      expectModelError(
        .invalidArgument, "a picture of height \(height) and width \(width); expected multiples of 8"
      ) {
        try vae.encoded(Array(picture[..<(3 * height * width)]), height: height, width: width, as: .deviation)
      }
    }
    for (height, width) in [(0, 32), (32, -8), (1 << 40, 8)] {
      expectModelError(.invalidArgument, "\(height) x \(width): expected sizes from 1 to 65536") {
        try picture.withUnsafeBufferPointer {
          var moments = [Float](repeating: 0, count: 8)
          try moments.withUnsafeMutableBufferPointer { [picture = $0] moments in
            try vae.encode(
              picture, height: height, width: width, as: .deviation, workspace: .init(), into: moments)
          }
        }
      }
    }
    expectModelError(.invalidArgument, "a picture of 3072 elements; expected 3 x 16 x 32") {
      try vae.encoded(picture, height: 16, width: 32, as: .deviation)
    }
    expectModelError(.invalidArgument, "a latent of 3072 elements; expected 4 x 4 x 4") {
      try vae.decoded(picture, height: 4, width: 4)
    }
    expectModelError(.invalidArgument, "room for 5 moments; expected 8 x 4 x 4") {
      var moments = [Float](repeating: 0, count: 5)
      try picture.withUnsafeBufferPointer { picture in
        try moments.withUnsafeMutableBufferPointer {
          try vae.encode(picture, height: 32, width: 32, as: .deviation, workspace: .init(), into: $0)
        }
      }
    }
    expectModelError(.invalidArgument, "room for 5 elements; expected 3 x 256 x 192") {
      var decoded = [Float](repeating: 0, count: 5)
      try picture.withUnsafeBufferPointer { latent in
        try decoded.withUnsafeMutableBufferPointer {
          try vae.decode(latent, height: 32, width: 24, workspace: .init(), into: $0)
        }
      }
    }
  }

  @Test("NaN and infinity are found where they come in and where they come out")
  func notFinite() throws {
    let vae = try open()
    var picture = [Float](repeating: 0.25, count: 3 * 16 * 16)
    picture[700] = .infinity
    expectModelError(.notFinite, "element 700 of the picture is inf") {
      try vae.encoded(picture, height: 16, width: 16, as: .deviation)
    }
    picture[700] = 0
    let broken = try open { $0.change("encoder.conv_out.bias") { $0.values[6] = .nan } }
    expectModelError(.notFinite, "the encoder gave NaN at element ", "look for NaN in the weights") {
      try broken.encoded(picture, height: 16, width: 16, as: .deviation)
    }
    let other = try open {
      $0.change("decoder.up_blocks.1.resnets.0.conv1.weight") { $0.values[3] = .infinity }
    }
    expectModelError(.notFinite, "the decoder gave ") {
      try other.decoded([Float](repeating: 1, count: 4), height: 1, width: 1)
    }
  }
}
