import Foundation
import LinearAlgebra
import Models
import TensorFiles
import TestSupport
import Testing

/// What holds for every AutoencoderKL, beyond the values.
@Suite struct AutoencoderKLTests {
  private static func open(_ parts: Set<AutoencoderKL.Part> = [.encoder, .decoder]) throws -> AutoencoderKL {
    try AutoencoderKL(Goldens.model("vae/new_keys"), parts: parts, settings: Goldens.model("vae/config.json"))
  }

  private static func random(_ count: Int, seed: UInt64) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { CounterRandom(seed: seed).fillNormal($0, from: 0) }
    return values
  }

  @Test("results have the same bits for one thread and for three")
  func threads() throws {
    let vae = try Self.open()
    let pictures = (0..<7).map { Self.random(3 * 24 * 16, seed: $0) }
    func moments(_ threads: Threads) throws -> [[Float]] {
      var all = [[Float]](repeating: [], count: pictures.count)
      let workspaces = (0..<threads.count).map { _ in AutoencoderKL.Workspace() }
      try all.withUnsafeMutableBufferPointer { all in
        let target = UncheckedPointer(all.baseAddress!)
        try parallelLoop(pictures.count, threads: threads) { index, worker in
          target.pointer[index] = try vae.encoded(
            pictures[index], height: 24, width: 16, as: .deviation, workspace: workspaces[worker])
        }
      }
      return all
    }
    let single = try moments(Threads(1))
    #expect(try moments(Threads(3)) == single)
    #expect(Set(single).count == pictures.count)
  }

  @Test("a workspace serves pictures of any size, for encoding and decoding, and leaves no trace")
  func workspace() throws {
    let vae = try Self.open()
    let workspace = AutoencoderKL.Workspace()
    for (height, width) in [(8, 8), (40, 24), (16, 32), (40, 24)] {
      let picture = Self.random(3 * height * width, seed: UInt64(height))
      let moments = try vae.encoded(
        picture, height: height, width: width, as: .logVariance, workspace: workspace)
      #expect(try vae.encoded(picture, height: height, width: width, as: .logVariance) == moments)
      let latent = Array(moments[..<(moments.count / 2)])
      let decoded = try vae.decoded(latent, height: height / 8, width: width / 8, workspace: workspace)
      #expect(try vae.decoded(latent, height: height / 8, width: width / 8) == decoded)
      #expect(decoded.count == picture.count)
    }
  }

  @Test("one part alone gives what both give")
  func parts() throws {
    let (encoder, decoder, both) = (
      try Self.open([.encoder]), try Self.open([.decoder]), try Self.open()
    )
    let (picture, latent) = (Self.random(3 * 16 * 16, seed: 1), Self.random(16, seed: 2))
    #expect(
      try encoder.encoded(picture, height: 16, width: 16, as: .deviation)
        == both.encoded(picture, height: 16, width: 16, as: .deviation))
    #expect(
      try decoder.decoded(latent, height: 2, width: 2) == both.decoded(latent, height: 2, width: 2))
    #expect(encoder.digest == both.digest)
    expectModelError(.invalidArgument, "the decoder is asked for, but was left out") {
      try encoder.decoded(latent, height: 2, width: 2)
    }
    expectModelError(.invalidArgument, "the encoder is asked for, but was left out") {
      try decoder.encoded(picture, height: 16, width: 16, as: .deviation)
    }
  }

  /// Convolutions that change nothing, and attention that adds nothing, can as well be left out.
  @Test("the parts that a configuration leaves out are left out")
  func withoutOptionalParts() throws {
    func isIdentity(_ name: String) -> Bool {
      name.hasPrefix("quant_conv") || name.hasPrefix("post_quant_conv")
    }
    func isAttention(_ name: String) -> Bool { name.contains("mid_block.attentions") }
    var full = try AlteredCheckpoint("vae/new_keys/diffusion_pytorch_model.safetensors")
    for entry in full.entries where isIdentity(entry.name) || entry.name.contains("to_out.0") {
      full.change(entry.name) { entry in
        for index in entry.values.indices {
          let isDiagonal = entry.shape.count > 1 && index / entry.shape[1] == index % entry.shape[1]
          entry.values[index] = isDiagonal && isIdentity(entry.name) ? 1 : 0
        }
      }
    }
    var bare = full
    bare.remove { isIdentity($0) || isAttention($0) }
    let folders = [try TemporaryFolder(), try TemporaryFolder()]
    try full.save(to: "\(folders[0].path)/diffusion_pytorch_model.safetensors")
    try bare.save(to: "\(folders[1].path)/diffusion_pytorch_model.safetensors")
    try AlteredSettings().write(to: folders[0])
    try AlteredSettings([
      "use_quant_conv": false, "use_post_quant_conv": false, "mid_block_add_attention": false,
    ]).write(to: folders[1])
    let vaes = try folders.map { try AutoencoderKL($0.path) }
    let (picture, latent) = (Self.random(3 * 16 * 24, seed: 3), Self.random(4 * 6, seed: 4))
    let moments = try vaes.map { try $0.encoded(picture, height: 16, width: 24, as: .logVariance) }
    #expect(moments[0] == moments[1])
    let decoded = try vaes.map { try $0.decoded(latent, height: 2, width: 3) }
    #expect(decoded[0] == decoded[1])
    #expect(vaes[1].configuration.description.contains("no attention"))
  }

  @Test("the folder of a pipeline, the folder of the VAE and its file are one and the same")
  func places() throws {
    let folder = try TemporaryFolder()
    let vae = "\(folder.path)/vae"
    try FileManager.default.createDirectory(atPath: vae, withIntermediateDirectories: true)
    let file = "diffusion_pytorch_model.bin"
    try FileManager.default.copyItem(
      atPath: Goldens.model("vae/legacy_keys_bin_fp16/\(file)"), toPath: "\(vae)/\(file)")
    try AlteredSettings(["shift_factor": 0.0609, "sample_size": 32]).write(
      to: folder, name: "vae/config.json")
    for path in [folder.path, vae, "\(vae)/\(file)"] {
      let opened = try AutoencoderKL(path)
      #expect(opened.path == "\(vae)/\(file)")
      #expect(opened.configuration.shiftFactor == 0.0609)
      #expect(opened.configuration.scalingFactor == 0.18215)
    }
  }

  @Test("it is told apart from other networks and described")
  func kind() throws {
    let folder = "\(Goldens.folder)/mnist/vae"
    for path in [folder, "\(folder)/diffusion_pytorch_model.safetensors"] {
      let kind = try ModelKind(path)
      guard case .autoencoder(let configuration) = kind else {
        Issue.record("\(kind)")
        continue
      }
      #expect(configuration.downsamplingFactor == 2)
      #expect(configuration.latentChannels == 4)
      #expect(kind.parameterCount == configuration.parameterCount)
      #expect(
        kind.description.hasPrefix(
          "AutoencoderKL (diffusers): 3 channels to 4 at 1/2 of the size, blocks of 16, 32 channels, 1 layer each, scaling factor 1.16112, "
        ), "\(kind)")
    }
    #expect(try Self.open().configuration.downsamplingFactor == 8)
  }

  /// Counted by hand: conv_in 3 -> 1, block of one level (two convolutions), attention-free middle (four), conv_out, quant.
  @Test("operations are those of the layers")
  func operations() throws {
    let folder = try TemporaryFolder()
    try SmallestAutoencoder.write(to: folder)
    let configuration = try AutoencoderKL(folder.path).configuration
    let pixels = 6 * 4
    // 3 x 3 convolutions: 3 -> 1 once, 1 -> 1 six times, 1 -> 2 once; 1 x 1: 2 -> 2.
    let products = 9 * (3 + 6 + 2) + 4
    #expect(configuration.floatingPointOperations(of: .encoder, height: 6, width: 4) == 2 * pixels * products)
    // 1 x 1: 1 -> 1; 3 x 3: 1 -> 1 nine times, 1 -> 3.
    let back = 1 + 9 * (9 + 3)
    #expect(configuration.floatingPointOperations(of: .decoder, height: 6, width: 4) == 2 * pixels * back)
  }
}
