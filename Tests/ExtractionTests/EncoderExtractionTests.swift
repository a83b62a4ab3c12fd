import Features
import LinearAlgebra
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

@Suite struct EncoderExtractionTests {
  private let model = FakeEncoder()

  private func settings(_ taps: [EncoderTap] = [.final], _ pooling: Pooling = .mean) -> EncoderSettings {
    var settings = EncoderSettings(model: "fake", taps: taps)
    settings.pooling = pooling
    settings.shardSize = 5
    return settings
  }

  private func features(_ pooling: Pooling, _ tap: EncoderTap = .layer(2)) throws -> (shape: [Int], Matrix) {
    try withTemporaryFolder { folder in
      try Extractor(model, inputs: .small(in: folder), settings: settings([tap], pooling)).run(
        to: "\(folder)/a")
      let archive = try FeatureArchive("\(folder)/a")
      let key = FeatureKey(layer: tap.label)
      return (try archive.shape(of: key), try archive.features(key))
    }
  }

  @Test func keysHaveNoTimeStepAndTheReferenceIsTheFinalFeatures() throws {
    try withTemporaryFolder { folder in
      let inputs = try EncoderInputs.small(in: folder)
      #expect(EncoderSettings(model: "fake").taps == [.final])
      let taps: [EncoderTap] = [.imageFeatures, .final, .layer(2), .layer(0)]
      let result = try Extractor(model, inputs: inputs, settings: settings(taps)).run(to: "\(folder)/a")
      #expect(result == Extractor.Result(computed: 3, found: 0, missing: 0))
      let archive = try FeatureArchive("\(folder)/a")
      #expect(archive.description.timesteps.isEmpty)
      #expect(archive.description.representations.map(\.name) == ["layer00", "layer02", "final", "image"])
      #expect(archive.sampleCount == 12)
      #expect(archive.samples == nil)
      #expect(archive.description.settings["protocol"] == "repa")
      #expect(archive.description.settings["input"] == "3x4x4")
    }
  }

  @Test func theMeanIsOverPatchesAloneAndTheClassTokenOnlyWhereItIsAskedFor() throws {
    // The patches are the tokens 3 to 6: their mean adds 450.
    func patches(_ sample: Int, _ column: Int) -> Float { 3 * (Float(sample) + Float(column) / 64) + 450 }
    func classToken(_ sample: Int, _ column: Int) -> Float { 3 * (Float(sample) + Float(column) / 64) + 1e6 }
    let mean = try features(.mean)
    #expect(mean.shape == [5])
    let token = try features(.classToken)
    #expect(token.shape == [5])
    let both = try features(.classAndMean)
    #expect(both.shape == [10])
    for (sample, column) in [(0, 0), (4, 3), (11, 4)] {
      #expect(mean.1[sample, column] == patches(sample, column))
      #expect(token.1[sample, column] == classToken(sample, column))
      #expect(both.1[sample, column] == classToken(sample, column))
      #expect(both.1[sample, 5 + column] == patches(sample, column))
    }
  }

  @Test func wholeTokensAreThePatches() throws {
    let all = try features(.none)
    #expect(all.shape == [4, 5])
    #expect(all.1[1, 5] == 3 + 400)
    let some = try features(.tokens([3, 0]))
    #expect(some.shape == [2, 5])
    #expect(some.1[1, 0] == 3 + 600)
    #expect(some.1[1, 5] == 3 + 300)
  }

  @Test func theVectorOfTheWholeImageIsKeptAsItIs() throws {
    for pooling in [Pooling.mean, .none, .classAndMean] {
      let features = try features(pooling, .imageFeatures)
      #expect(features.shape == [6])
      #expect(features.1[2, 1] == 60 * (2 + Float(1) / 64))
    }
  }

  @Test func threadsPartsAndRepetitionsDoNotChangeAByte() throws {
    try withTemporaryFolder { folder in
      let extractor = try Extractor(
        model, inputs: .small(in: folder), settings: settings([.layer(1), .final], .classAndMean))
      try extractor.run(to: "\(folder)/one", threads: Threads(1))
      try extractor.run(to: "\(folder)/three", threads: Threads(3))
      for part in [2, 0, 1] {
        try extractor.run(to: "\(folder)/parts", part: try #require(ExtractionPart(part, of: 3)))
      }
      let expected = try contents(of: "\(folder)/one")
      #expect(expected.count == 5)
      #expect(try contents(of: "\(folder)/three") == expected)
      #expect(try contents(of: "\(folder)/parts") == expected)
      #expect(
        try extractor.run(to: "\(folder)/parts") == Extractor.Result(computed: 0, found: 3, missing: 0))
    }
  }

  @Test func aChangedSettingIsRefusedAndShown() throws {
    try withTemporaryFolder { folder in
      let inputs = try EncoderInputs.small(in: folder)
      try Extractor(model, inputs: inputs, settings: settings()).run(to: "\(folder)/a")
      var other = model
      other.encoder.featureProtocol = "native"
      other.encoder.digest = "fake-2"
      let error = try #require(throws: ExtractionError.self) {
        try Extractor(other, inputs: inputs, settings: settings([.final], .classToken)).run(to: "\(folder)/a")
      }
      for line in [
        "settings.pooling: \"mean\", not \"class\"", "settings.protocol: \"repa\", not \"native\"",
        "checkpoint_digest: \"fake-1\", not \"fake-2\"",
      ] { #expect(error.message.contains("\n  \(line)\n"), "\(error)") }
      try writeArray(
        [Float](repeating: 1, count: 12 * 48), shape: [12, 3, 4, 4], to: "\(folder)/others.npy")
      let content = try #require(throws: ExtractionError.self) {
        try Extractor(model, inputs: EncoderInputs(ready: "\(folder)/others.npy"), settings: settings()).run(
          to: "\(folder)/a")
      }
      #expect(content.message.contains("settings.inputs.digest"))
    }
  }

  @Test(arguments: [
    (
      [EncoderTap.layer(3)], Pooling.mean,
      "the encoder has no layer 3; it has the layers 0 to 2, final, image"
    ),
    ([], .mean, "there is no layer to extract"), ([.final, .final], .mean, "a layer is asked for twice"),
    ([.final], .tokens([4]), "the tokens [4] are not some of the network's, each once; they are 0 to 3"),
  ])
  func settingsThatDoNotFitAreErrors(taps: [EncoderTap], pooling: Pooling, expected: String) throws {
    try withTemporaryFolder { folder in
      let inputs = try EncoderInputs.small(in: folder)
      let error = try #require(throws: ExtractionError.self) {
        try Extractor(model, inputs: inputs, settings: settings(taps, pooling))
      }
      #expect(error.message == expected)
    }
  }

  @Test func encodersWithoutAClassTokenAndOtherInputsAreRefused() throws {
    try withTemporaryFolder { folder in
      let inputs = try EncoderInputs.small(in: folder)
      var patchesOnly = model
      patchesOnly.encoder.tokens = .init(hasClassToken: false, firstPatch: 0, count: 7)
      for pooling in [Pooling.classToken, .classAndMean] {
        let error = try #require(throws: ExtractionError.self) {
          try Extractor(patchesOnly, inputs: inputs, settings: settings([.final], pooling))
        }
        #expect(error.message.contains("has no class token"))
      }
      var larger = model
      larger.encoder.input.height = 8
      let shape = try #require(throws: ExtractionError.self) {
        try Extractor(larger, inputs: inputs, settings: settings())
      }
      #expect(shape.message == "the inputs are 3x4x4, but the network takes 3x8x4 (channels, height, width)")
      try writeArray([Float](repeating: .nan, count: 48), shape: [1, 3, 4, 4], to: "\(folder)/nan.npy")
      let nan = try #require(throws: ExtractionError.self) {
        try Extractor(model, inputs: EncoderInputs(ready: "\(folder)/nan.npy"), settings: settings())
      }
      #expect(nan.message == "element 0 of the input of sample 0 is nan")
    }
  }
}
