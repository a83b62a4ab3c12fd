import Features
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

@testable import Extraction

@Suite struct ExtractorTests {
  private let latents: Latents
  private let settings = DiffusionSettings.small()

  init() throws {
    latents = try Latents(Fixtures.latentFolder)
  }

  private func extract(
    _ settings: DiffusionSettings? = nil, _ model: FakeModel = FakeModel(), to folder: String,
    part: ExtractionPart = .whole, threads: Int = 2
  ) throws -> Extractor.Result {
    try Extractor(model, latents: latents, settings: settings ?? self.settings)
      .run(to: folder, part: part, threads: Threads(threads))
  }

  /// x_t as the definition has it, computed here by itself.
  private func input(_ sample: Int, t: Double, scale: Double = 0.18215) throws -> [Float] {
    let path =
      "\(Fixtures.latentFolder)/vae-sd/00000/img-mean-std-000000\(sample < 10 ? "0" : "")\(sample).npy"
    let mean = try ImportedMean.read(path)
    var noise = [Float](repeating: 0, count: 1024)
    noise.withUnsafeMutableBufferPointer {
      CounterRandom(seed: 20_241_009).fillNormal($0, from: UInt64(1024 * sample))
    }
    return (0..<1024).map { Float((1 - t) * Double(mean[$0] * Float(scale)) + t * Double(noise[$0])) }
  }

  @Test func everyNumberIsWhereItBelongs() throws {
    try withTemporaryFolder { folder in
      let result = try extract(to: folder)
      #expect(result == Extractor.Result(computed: 5, found: 0, missing: 0))
      #expect(
        try names(in: folder)
          == ["archive.json", "samples.csv"] + (0..<5).map { "shard-0000\($0).safetensors" })
      let archive = try FeatureArchive(folder)
      #expect(archive.name == "fake")
      #expect(archive.step == 5500)
      #expect(archive.sampleCount == 10)
      #expect(archive.samples?.names[3] == "00000/img00000003.png")
      #expect(archive.labels == (0..<10).map { $0 })
      #expect(
        archive.description.representations.map(\.name)
          == ["t0.100", "t0.500"].flatMap { t in
            ["layer00", "layer02", "layer02.projector0", "output"].map { "\(t)/\($0)" }
          })
      let model = FakeModel()
      for t in [0.1, 0.5] {
        for sample in [0, 3, 9] {
          let x = try input(sample, t: t)
          let condition = FakeModel.Conditioning(timestep: t, label: 10)
          let hidden = x.withUnsafeBufferPointer { model.hidden($0, condition, layer: 2, count: 48) }
          let features = try archive.features(FeatureKey(layer: 2, timestep: t))
          for column in 0..<6 {
            let mean = (0..<8).reduce(0.0) { $0 + Double(hidden[$1 * 6 + column]) } / 8
            #expect(features[sample, column] == Float(mean))
          }
          let output = x.withUnsafeBufferPointer { model.hidden($0, condition, layer: 1000, count: 1024) }
          let stored = try archive.features(FeatureKey(layer: LayerLabel("output"), timestep: t))
          #expect(stored[sample, 1023] == output[1023])
        }
      }
      #expect(try archive.shape(of: FeatureKey(layer: LayerLabel("output"), timestep: 0.1)) == [4, 16, 16])
    }
  }

  @Test func theInputIsTheFixturesOwn() throws {
    let x = try Fixtures.golden("x")
    let noise = try Fixtures.golden("noise")
    try withTemporaryFolder { folder in
      var settings = DiffusionSettings(model: "fake", timesteps: [0, 0.5, 1], taps: [.output])
      settings.latentScale = 1.16112
      settings.samples = .first(2)
      let latents = try Latents(Fixtures.latentTensor)
      try Extractor(EchoModel(), latents: latents, settings: settings).run(to: folder)
      let archive = try FeatureArchive(folder)
      for (t, expected) in [(0, x), (1, noise), (0.5, zip(x, noise).map { 0.5 * $0 + 0.5 * $1 })] {
        let stored = try archive.features(FeatureKey(layer: LayerLabel("output"), timestep: t))
        stored.withUnsafeBufferPointer { stored in
          #expect(zip(stored, expected).allSatisfy { abs($0 - $1) <= max(abs($1), 1) * 1e-7 })
        }
      }
    }
  }

  @Test func noTimesAreMixedUp() throws {
    try withTemporaryFolder { folder in
      var settings = settings
      settings.timeConvention = .sit
      settings.interpolant = .cosine
      settings.conditionTimesteps = [0.2, 0.4]
      _ = try extract(settings, to: folder)
      let description = try FeatureArchive(folder).description
      #expect(description.timesteps.map(\.t) == [0.1, 0.5])
      // The first of the two was for t = 0.5.
      #expect(description.timesteps.map(\.condition) == [0.6, 0.8])
      #expect(description.timesteps[1].alpha == Interpolant.cosine.alpha(0.5))
      #expect(description.settings["time_convention"] == "sit")
      #expect(description.settings["noise.seed"] == 20_241_009)
      #expect(description.settings["samples"] == "0-9")
    }
  }

  @Test func threadsPartsAndRepetitionsDoNotChangeAByte() throws {
    try withTemporaryFolder { folder in
      _ = try extract(to: "\(folder)/one", threads: 1)
      let expected = try contents(of: "\(folder)/one")
      #expect(expected.count == 7)
      _ = try extract(to: "\(folder)/two", threads: 2)
      #expect(try contents(of: "\(folder)/two") == expected)
      for (part, missing) in [(2, 4), (0, 2), (1, 0)] {
        let part = try #require(ExtractionPart(part, of: 3))
        let result = try extract(to: "\(folder)/parts", part: part)
        #expect(result.missing == missing)
        #expect(result.found == 0)
      }
      #expect(try contents(of: "\(folder)/parts") == expected)
      #expect(
        try extract(to: "\(folder)/parts") == Extractor.Result(computed: 0, found: 5, missing: 0))
      #expect(try contents(of: "\(folder)/parts") == expected)
    }
  }

  @Test func anIncompleteArchiveSaysWhichPartIsMissing() throws {
    try withTemporaryFolder { folder in
      for part in [0, 2] { _ = try extract(to: folder, part: try #require(ExtractionPart(part, of: 3))) }
      let error = try #require(throws: FeatureError.self) { try FeatureSources.open(folder) }
      #expect(error.code == .incomplete)
      #expect(
        error.message
          == "2 of 5 shards are missing: shard-00001.safetensors, shard-00004.safetensors. "
          + "Run the command that made the others with --shard 1/3")
    }
  }

  @Test func aSubsetKeepsEverySamplesOwnNoise() throws {
    try withTemporaryFolder { folder in
      _ = try extract(to: "\(folder)/all")
      var settings = settings
      settings.samples = .indices([7, 2, 3])
      settings.shardSize = nil
      _ = try extract(settings, to: "\(folder)/some")
      let (all, some) = (try FeatureArchive("\(folder)/all"), try FeatureArchive("\(folder)/some"))
      #expect(some.description.shardSize == 512)
      #expect(some.description.settings["samples"] == "7,2-3")
      #expect(some.labels == [7, 2, 3])
      for key in all.keys {
        #expect(try some.features(key) == all.features(key).gathering(rows: [7, 2, 3]))
      }
    }
  }

  @Test func trueLabelsReachTheNetwork() throws {
    try withTemporaryFolder { folder in
      _ = try extract(to: "\(folder)/null")
      var settings = settings
      settings.condition = .labels
      _ = try extract(settings, to: "\(folder)/labels")
      let key = FeatureKey(layer: 0, timestep: 0.1)
      let null = try FeatureArchive("\(folder)/null").features(key)
      let labels = try FeatureArchive("\(folder)/labels").features(key)
      for row in 0..<10 { #expect(abs(null[row, 1] - labels[row, 1] - Float(10 - row)) < 1e-5) }
    }
  }

  @Test func wholeHiddenStatesChosenTokensAndHalvesAgree() throws {
    try withTemporaryFolder { folder in
      var settings = settings
      settings.taps = [.layer(1)]
      settings.pooling = .none
      _ = try extract(settings, to: "\(folder)/whole")
      settings.pooling = .tokens([7, 1])
      settings.elementType = .float16
      _ = try extract(settings, to: "\(folder)/tokens")
      let (whole, tokens) = (try FeatureArchive("\(folder)/whole"), try FeatureArchive("\(folder)/tokens"))
      let key = FeatureKey(layer: 1, timestep: 0.5)
      #expect(try whole.shape(of: key) == [8, 6])
      #expect(try tokens.shape(of: key) == [2, 6])
      let (all, some) = (try whole.features(key), try tokens.features(key))
      for row in 0..<10 {
        #expect(some[row, 0] == Float(Float16(all[row, 42])))
        #expect(some[row, 11] == Float(Float16(all[row, 11])))
      }
    }
  }

  @Test func drawsFromThePosteriorAreTheSameForEveryTimeStep() throws {
    try withTemporaryFolder { folder in
      var settings = settings
      settings.timesteps = [0]
      settings.posterior = .sample
      _ = try extract(settings, to: "\(folder)/a")
      settings.timesteps = [0.3, 0]
      _ = try extract(settings, to: "\(folder)/b")
      settings.posterior = .mean
      _ = try extract(settings, to: "\(folder)/c")
      let key = FeatureKey(layer: 2, timestep: 0)
      let (a, b, c) = (
        try FeatureArchive("\(folder)/a").features(key), try FeatureArchive("\(folder)/b").features(key),
        try FeatureArchive("\(folder)/c").features(key)
      )
      #expect(a == b)
      #expect(a != c)
    }
  }

  @Test func noiseFromAFileTakesThePlaceOfTheGenerators() throws {
    try withTemporaryFolder { folder in
      let noise = LatentNoise(seed: DiffusionSettings.defaultSeed, elements: 1024)
      let all = try (0..<20).flatMap { try noise.values(sample: $0, count: 1024) }
      try writeArray(all, shape: [20, 4, 16, 16], to: "\(folder)/noise.npy")
      try writeArray(all.map { -$0 }, shape: [20, 4, 16, 16], to: "\(folder)/other.npy")
      _ = try extract(to: "\(folder)/seed")
      var settings = settings
      settings.noise = .file("\(folder)/noise.npy")
      _ = try extract(settings, to: "\(folder)/file")
      let (seed, file) = (try FeatureArchive("\(folder)/seed"), try FeatureArchive("\(folder)/file"))
      for key in seed.keys { #expect(try seed.features(key) == file.features(key)) }
      settings.noise = .file("\(folder)/other.npy")
      let error = try #require(throws: ExtractionError.self) { try extract(settings, to: "\(folder)/file") }
      #expect(error.message.contains("settings.noise.digest: "))
    }
  }

  @Test(arguments: [(DiffusionSettings.Condition.nullLabel, 2), (.labels, 20)])
  func whatDependsOnTimeAndLabelOnlyIsComputedOnce(condition: DiffusionSettings.Condition, count: Int) throws
  {
    try withTemporaryFolder { folder in
      var model = FakeModel()
      let counter = FakeModel.Counter()
      model.conditionings = counter
      var settings = settings
      settings.condition = condition
      // Twenty samples of ten classes, two time steps.
      settings.samples = .all
      _ = try extract(settings, model, to: folder, threads: 1)
      #expect(counter.value.load(ordering: .relaxed) == count)
    }
  }

  @Test func progressCountsImages() throws {
    try withTemporaryFolder { folder in
      let seen = Mutex<[Int]>([])
      let extractor = try Extractor(FakeModel(), latents: latents, settings: settings)
      try extractor.run(to: folder, part: try #require(ExtractionPart(1, of: 2))) { progress in
        #expect(progress.total == 4)
        seen.withLock { $0.append(progress.done) }
      }
      #expect(seen.withLock { $0 } == [1, 2, 3, 4])
    }
  }
}
