import Foundation
import LinearAlgebra
import TensorFiles
import Testing

@testable import Models

/// Moments and pictures that diffusers computes.
@Suite struct AutoencoderKLGoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let weights: String
    let expected: String

    var testDescription: String { weights }
  }

  static let cases = [
    Case(weights: "new_keys", expected: "expected.safetensors"),
    Case(weights: "legacy_keys_fp16", expected: "expected_fp16.safetensors"),
    Case(weights: "legacy_keys_bin_fp16", expected: "expected_fp16.safetensors"),
  ]

  private static func open(_ weights: String) throws -> AutoencoderKL {
    try AutoencoderKL(Goldens.model("vae/\(weights)"), settings: Goldens.model("vae/config.json"))
  }

  @Test("moments and decoded pictures agree with diffusers", arguments: cases)
  func agrees(_ example: Case) throws {
    let vae = try Self.open(example.weights)
    let expected = try TensorFile.open(Goldens.model("vae/\(example.expected)"))
    for sample in 0..<2 {
      func golden(_ name: String) throws -> [Float] {
        try Goldens.sample(try #require(expected[name]), sample)
      }
      let x = try golden("x")
      let moments = try vae.encoded(x, height: 32, width: 32, as: .logVariance)
      #expect(Goldens.error(moments, try golden("moments")) <= 2e-5)
      let posterior = try vae.encoded(x, height: 32, width: 32, as: .deviation)
      #expect(Goldens.error(posterior, try golden("repa_saved")) <= 2e-5)
      #expect(Goldens.error(posterior[..<64], try golden("mean")) <= 2e-5)
      #expect(Goldens.error(posterior[64...], try golden("std")) <= 2e-5)
      let picture = try vae.decoded(try golden("z"), height: 4, width: 4)
      #expect(Goldens.error(picture, try golden("decoded")) <= 2e-5)
    }
  }

  @Test("logarithms of variances are held between -30 and 20")
  func clamp() throws {
    let expected = try TensorFile.open(Goldens.model("vae/expected.safetensors"))
    let moments = try #require(expected["clamp.moments"]).floats()
    let deviations = moments[(moments.count / 2)...].map { AutoencoderKL.deviation(logVariance: $0) }
    let golden = try #require(expected["clamp.std"]).floats()
    for (deviation, exact) in zip(deviations, golden) {
      #expect((deviation - exact).magnitude <= 2e-7 * exact)
    }
    #expect(moments[(moments.count / 2)...].contains { $0 < -30 })
    #expect(moments[(moments.count / 2)...].contains { $0 > 20 })
  }

  @Test("a trained VAE gives diffusers' posteriors and pictures")
  func trained() throws {
    let vae = try AutoencoderKL("\(Goldens.folder)/mnist/vae")
    let expected = try TensorFile.open("\(Goldens.folder)/mnist/goldens/vae_moments.safetensors")
    let (pixels, mean, deviation) = (
      try #require(expected["pixels"]), try #require(expected["mean"]), try #require(expected["std"])
    )
    for sample in 0..<8 {
      let posterior = try vae.encoded(
        try Goldens.sample(pixels, sample), height: 32, width: 32, as: .deviation)
      #expect(Goldens.error(posterior[..<1024], try Goldens.sample(mean, sample)) <= 2e-5)
      #expect(Goldens.error(posterior[1024...], try Goldens.sample(deviation, sample)) <= 2e-5)
    }
    let picture = try vae.decoded(try Goldens.sample(mean, 0), height: 16, width: 16)
    #expect(Goldens.error(picture, try Goldens.sample(try #require(expected["decoded_mean"]), 0)) <= 2e-5)
  }

  @Test("16-bit weights have the same digest in either container, and another than those in full precision")
  func digests() throws {
    let digests = try Self.cases.map { try Self.open($0.weights).digest }
    #expect(digests[0] != digests[1])
    #expect(digests[1] == digests[2])
  }
}

extension AutoencoderKL {
  func encoded(
    _ picture: [Float], height: Int, width: Int, as spread: Spread, workspace: Workspace = Workspace()
  ) throws -> [Float] {
    let factor = configuration.downsamplingFactor
    let count = 2 * configuration.latentChannels * (height / factor) * (width / factor)
    var moments = [Float](repeating: .nan, count: count)
    try picture.withUnsafeBufferPointer { picture in
      try moments.withUnsafeMutableBufferPointer {
        try encode(picture, height: height, width: width, as: spread, workspace: workspace, into: $0)
      }
    }
    return moments
  }

  func decoded(
    _ latent: [Float], height: Int, width: Int, workspace: Workspace = Workspace()
  ) throws -> [Float] {
    let pixels = height * width * configuration.downsamplingFactor * configuration.downsamplingFactor
    var picture = [Float](repeating: .nan, count: configuration.outputChannels * pixels)
    try latent.withUnsafeBufferPointer { latent in
      try picture.withUnsafeMutableBufferPointer {
        try decode(latent, height: height, width: width, workspace: workspace, into: $0)
      }
    }
    return picture
  }
}
