import Alignment
import Extraction
import Features
import LinearAlgebra
import Models
import TensorFiles
import TestSupport
import Testing

/// The shipped checkpoints, from latents to the features that are shipped beside them.
@Suite struct RealModelTests {
  @Test(arguments: ["vanilla", "repa"])
  func extractedFeaturesAreTheShippedOnes(name: String) throws {
    let model = try DiffusionTransformer("\(Fixtures.mnist)/sit/\(name)-last.pt")
    var settings = DiffusionSettings(model: name, timesteps: [0.5], taps: (1...8).map(Tap.layer))
    settings.latentScale = 1.16112
    settings.samples = .first(40)
    settings.shardSize = 16
    try withTemporaryFolder { folder in
      try Extractor(model, latents: Latents(Fixtures.latentTensor), settings: settings).run(to: folder)
      let archive = try FeatureArchive(folder)
      let expected = try TensorFile.open("\(Fixtures.mnist)/features/val_\(name)_t0.5.safetensors")
      #expect(archive.sampleCount == 40)
      for key in archive.keys {
        let stored = try #require(expected[FeatureKey(layer: key.layer).tensorName]).floats()
        let features = try archive.features(key)
        features.withUnsafeBufferPointer { features in
          let largest = stored.reduce(0) { max($0, abs($1)) }
          let difference = zip(features, stored).reduce(0) { max($0, abs($1.0 - $1.1)) }
          // The stored ones are halves: 11 bits.
          #expect(difference <= largest * 0x1p-11, "\(key)")
        }
      }
    }
  }

  @Test func alignmentOfAnArchiveThatKeepsTokensIsThatOfThePooledOne() throws {
    let model = try DiffusionTransformer("\(Fixtures.mnist)/sit/repa-last.pt")
    let encoder = try TensorFile.open("\(Fixtures.mnist)/features/val_dinov2_tiny.safetensors")
    let stored = try #require(encoder["patch_mean"])
    let reference = Matrix(rows: 16, columns: 64, elements: Array(try stored.floats().prefix(16 * 64)))
    let alignment = AlignmentSettings(k: 5)
    let values = try [Pooling.mean, .none].map { pooling in
      var settings = DiffusionSettings(
        model: "repa", timesteps: [0.5], taps: [.layer(3), .projector(layer: 3, index: 0)])
      settings.latentScale = 1.16112
      settings.samples = .first(16)
      settings.shardSize = 10
      settings.pooling = pooling
      return try withTemporaryFolder { folder in
        try Extractor(model, latents: Latents(Fixtures.latentTensor), settings: settings).run(to: folder)
        let archive = try FeatureArchive(folder)
        return try archive.keys.map { key in
          let tokens = try archive.tokenCount(key)
          #expect(tokens == (pooling == .none ? 64 : nil))
          return try Metric.measure(
            [.cknna],
            PreparedRepresentation(
              archive.features(key), tokens: tokens, for: [.cknna], settings: alignment),
            PreparedRepresentation(reference, for: [.cknna], settings: alignment), settings: alignment)[0]
        }
      }
    }
    #expect(values[0].count == 2)
    #expect(values[0] == values[1])
  }

  @Test func everyTapOfEveryTimeStepIsTheOfficialOne() throws {
    let model = try DiffusionTransformer("\(Fixtures.mnist)/sit/repa-last.pt")
    var settings = DiffusionSettings(
      model: "repa", timesteps: [0.1, 0.5, 0.9],
      taps: (1...8).map(Tap.layer) + [.output, .projector(layer: 3, index: 0)])
    settings.latentScale = 1.16112
    settings.samples = .first(2)
    settings.pooling = .none
    try withTemporaryFolder { folder in
      try Extractor(model, latents: Latents(Fixtures.latentFolder), settings: settings).run(to: folder)
      let archive = try FeatureArchive(folder)
      for key in archive.keys {
        let place =
          key.layer?.number.map { "block0\($0)" }
          ?? (key.layer == LayerLabel("output") ? "output" : "projector")
        let expected = try Fixtures.golden("repa/t\(key.timestep ?? 0)/\(place)")
        if place == "projector", key.timestep != 0.5 { continue }
        let features = try archive.features(key)
        try #require(expected.count == features.rows * features.columns)
        features.withUnsafeBufferPointer { features in
          let largest = expected.reduce(0) { max($0, abs($1)) }
          let difference = zip(features, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
          #expect(difference <= largest * 2e-5, "\(key)")
        }
      }
      // How close the projector comes to the encoder it was trained to follow, from the hidden states of both models' own
      // code, in Double.
      let projector = FeatureKey(layer: LayerLabel("layer03.projector0"), timestep: 0.5)
      let encoder = try TensorFile.open("\(Fixtures.mnist)/goldens/encoder_hidden.safetensors")
      let patches = try #require(encoder["dinov2_tiny/features"]).floats()
      let tokens = try #require(try archive.tokenCount(projector))
      let cosine = try Metric.measure(
        [.repaCosine],
        PreparedRepresentation(archive.features(projector), tokens: tokens, for: [.repaCosine]),
        PreparedRepresentation(
          Matrix(rows: 2, columns: 64 * 64, elements: patches), tokens: 64, for: [.repaCosine]))[0]
      #expect(abs(cosine - 0.7338387313391179) <= 1e-5)
    }
  }
}
