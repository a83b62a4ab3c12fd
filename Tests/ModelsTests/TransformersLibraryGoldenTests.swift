import TensorFiles
import Testing

@testable import Models

/// Small networks with random weights that the transformers library has built, saved and run: its names for tensors,
/// and two encoders whose authors' code is not at hand.
@Suite struct TransformersLibraryGoldenTests {
  typealias Family = VisionTransformer.Configuration.Family

  static let cases: [(folder: String, family: Family, compared: Int)] = [
    ("dinov2", .dinov2, 4), ("dinov3", .dinov3, 5), ("dinov3_gated", .dinov3, 5), ("siglip", .siglip, 5),
    ("ijepa", .ijepa, 3), ("clip", .clip, 3),
  ]

  private func open(_ folder: String, family: Family? = nil) throws -> (VisionTransformer, TensorFile) {
    let path = "\(Goldens.folder)/goldens/encoders_hf/\(folder)"
    let expected = try TensorFile.open("\(path)/expected.safetensors")
    let shape = try #require(expected["x"]).shape
    let options = VisionTransformer.Options(
      family: family, featureProtocol: .native, inputSize: .init(height: shape[2], width: shape[3]))
    return (try VisionTransformer(path, options: options), expected)
  }

  private func compare(_ model: VisionTransformer, _ expected: TensorFile) throws -> Int {
    let inputs = try #require(expected["x"])
    var compared = 0
    for sample in 0..<inputs.shape[0] {
      for (tap, result) in try model.values(try Goldens.sample(inputs, sample)) {
        let names =
          switch tap {
          case .layer(0): ["embed"]
          case .layer(let layer): ["block_0\(layer - 1)"]
          case .final: ["last_hidden_state"]
          case .imageFeatures: ["pooler_output", "image_features"]
          }
        for tensor in names.compactMap({ expected[$0] }) {
          let error = Goldens.error(result, try Goldens.sample(tensor, sample))
          #expect(error <= 2e-5, "\(tap) of sample \(sample)")
          compared += 1
        }
      }
    }
    return compared / inputs.shape[0]
  }

  @Test("hidden states and features agree with the library", arguments: cases)
  func agrees(_ folder: String, _ family: Family, _ count: Int) throws {
    let (model, expected) = try open(folder)
    #expect(model.configuration.family == family)
    #expect(try compare(model, expected) == count)
  }

  @Test("a plain vision transformer runs as the encoder that the option says it is")
  func plain() throws {
    expectModelError(.undetermined, "DINO, MAE and MoCo v3", "moco-v3") { try open("vit") }
    let (model, expected) = try open("vit", family: .dino)
    // The library's own vector for the picture has another layer after the class token.
    let inputs = try #require(expected["x"])
    let values = try model.values(try Goldens.sample(inputs, 0))
    for (tap, name) in [
      (VisionTransformer.Tap.layer(0), "embed"), (.layer(1), "block_00"), (.final, "last_hidden_state"),
    ] {
      let tensor = try Goldens.sample(try #require(expected[name]), 0)
      #expect(Goldens.error(try #require(values[tap]), tensor) <= 2e-5)
    }
  }
}
