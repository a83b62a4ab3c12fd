import LinearAlgebra
import TensorFiles
import Testing

@testable import Models

/// Every value that the official implementations give for small models with random weights.
@Suite struct DiffusionTransformerGoldenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let checkpoint: String
    let expected: String
    var weights = DiffusionTransformer.Weights.ema
    /// What the expected values' names begin with.
    var prefix = ""
    let values: Int

    var testDescription: String { prefix + checkpoint }
  }

  static let cases = [
    Case(
      checkpoint: "sit_official_p2/checkpoint.pt", expected: "sit_official_p2/expected.safetensors", values: 5
    ),
    Case(
      checkpoint: "sit_official_p2/checkpoint_bf16.pt", expected: "sit_official_p2/expected_bf16.safetensors",
      values: 3),
    Case(
      checkpoint: "sit_official_p4/checkpoint.pt", expected: "sit_official_p4/expected.safetensors", values: 4
    ),
    Case(checkpoint: "sit_repa/0050000.pt", expected: "sit_repa/expected.safetensors", values: 8),
    Case(
      checkpoint: "sit_repa/0050000.pt", expected: "sit_repa/expected.safetensors", weights: .model,
      prefix: "model.",
      values: 4),
    Case(
      checkpoint: "sit_repa_qknorm/0000001.pt", expected: "sit_repa_qknorm/expected.safetensors", values: 6),
    Case(
      checkpoint: "sit_repa_qknorm/0000001.pt", expected: "sit_repa_qknorm/expected.safetensors",
      weights: .model,
      prefix: "model.", values: 4),
    Case(checkpoint: "dit_official/checkpoint.pt", expected: "dit_official/expected.safetensors", values: 4),
    Case(
      checkpoint: "dit_official/checkpoint_fp16.pt", expected: "dit_official/expected_fp16.safetensors",
      values: 3),
    Case(checkpoint: "dit_diffusers", expected: "dit_diffusers/expected.safetensors", values: 4),
  ]

  @Test("hidden states, projectors and output agree with the official code", arguments: cases)
  func agrees(_ example: Case) throws {
    let model = try DiffusionTransformer(
      Goldens.model(example.checkpoint), options: .init(weights: example.weights))
    let expected = try TensorFile.open(Goldens.model(example.expected))
    let (inputs, times, labels) = (
      try #require(expected["x"]), try #require(expected["t"]).doubles(),
      try #require(expected["y"]).integers()
    )
    var compared = 0
    for sample in times.indices {
      let values = try model.values(
        try Goldens.sample(inputs, sample), timestep: times[sample], label: labels[sample],
        taps: model.allTaps)
      #expect(values.count == model.allTaps.count)
      for (tap, result) in values {
        guard let tensor = expected[example.prefix + name(of: tap)] else { continue }
        let error = Goldens.error(result, try Goldens.sample(tensor, sample))
        #expect(error <= 2e-5, "\(tap) of sample \(sample)")
        compared += 1
      }
    }
    #expect(compared == 2 * example.values)
  }

  @Test(
    "time step and label embeddings agree with the official code",
    arguments: [
      "sit_official_p2/checkpoint.pt", "sit_official_p4/checkpoint.pt", "sit_repa/0050000.pt",
      "sit_repa_qknorm/0000001.pt", "dit_official/checkpoint.pt",
    ])
  func embeddings(_ checkpoint: String) throws {
    let model = try DiffusionTransformer(Goldens.model(checkpoint))
    let folder = checkpoint.prefix { $0 != "/" }
    let expected = try TensorFile.open(Goldens.model("\(folder)/expected.safetensors"))
    let times = try #require(expected["t"]).doubles()
    let labels = try #require(expected["y"]).integers()
    for sample in times.indices {
      let timestep = model.embeddings[0].timestep.apply(times[sample])
      #expect(Goldens.error(timestep, try Goldens.sample(try #require(expected["t_emb"]), sample)) <= 2e-5)
      let label = model.embeddings[0].embedding(of: labels[sample])
      #expect(Goldens.error(label, try Goldens.sample(try #require(expected["y_emb"]), sample)) == 0)
    }
  }

  /// The goldens' variances are too large for these to show in the values.
  @Test("norms have the epsilons of the library that the checkpoint comes from")
  func epsilons() throws {
    let diffusers = try DiffusionTransformer(Goldens.model("dit_diffusers"))
    let official = try DiffusionTransformer(Goldens.model("dit_official/checkpoint.pt"))
    let normalizing = try DiffusionTransformer(Goldens.model("sit_repa_qknorm/0000001.pt"))
    for model in [diffusers, official, normalizing] {
      #expect(model.blocks.allSatisfy { $0.attentionNorm.epsilon == 1e-6 })
      #expect(model.finalLayer.norm.epsilon == 1e-6)
    }
    #expect(diffusers.blocks.allSatisfy { $0.mlpNorm.epsilon == 1e-5 })
    #expect((official.blocks + normalizing.blocks).allSatisfy { $0.mlpNorm.epsilon == 1e-6 })
    #expect(normalizing.blocks.allSatisfy { $0.attention.queryNorm?.epsilon == 1e-5 })
    #expect(normalizing.blocks.allSatisfy { $0.attention.keyNorm?.epsilon == 1e-5 })
    #expect(official.blocks.allSatisfy { $0.attention.queryNorm == nil && $0.attention.keyNorm == nil })
  }

  @Test("trained models give the official hidden states at three time steps", arguments: ["repa", "vanilla"])
  func trained(_ name: String) throws {
    let model = try DiffusionTransformer("\(Goldens.folder)/mnist/sit/\(name)-last.pt")
    #expect(model.trainingStep == 5500)
    let expected = try TensorFile.open("\(Goldens.folder)/mnist/goldens/sit_hidden.safetensors")
    let (x, noise) = (try #require(expected["x"]), try #require(expected["noise"]))
    for time in ["0.1", "0.5", "0.9"] {
      let t = try #require(Float(time))
      for sample in 0..<2 {
        let input = zip(try Goldens.sample(x, sample), try Goldens.sample(noise, sample)).map {
          (1 - t) * $0 + t * $1
        }
        let values = try model.values(input, timestep: Double(time)!, label: 10, taps: model.allTaps)
        for layer in 1...8 {
          let tensor = try #require(expected["\(name)/t\(time)/block0\(layer)"])
          let result = try #require(values[.layer(layer)])
          #expect(
            Goldens.error(result, try Goldens.sample(tensor, sample)) <= 2e-5, "layer \(layer) at \(time)")
        }
        let output = try #require(expected["\(name)/t\(time)/output"])
        #expect(Goldens.error(try #require(values[.output]), try Goldens.sample(output, sample)) <= 2e-5)
        guard let projector = expected["\(name)/t\(time)/projector"] else { continue }
        let features = try #require(values[.projector(layer: 3, index: 0)])
        #expect(Goldens.error(features, try Goldens.sample(projector, sample)) <= 2e-5)
      }
    }
  }

  private func name(of tap: DiffusionTransformer.Tap) -> String {
    switch tap {
    case .layer(0): "embed"
    case .layer(let layer): "block_0\(layer - 1)"
    case .projector(_, let index): "zs_\(index)"
    case .output: "output"
    }
  }
}
