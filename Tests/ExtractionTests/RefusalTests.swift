import LinearAlgebra
import Features
import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

/// A change of the settings and what must be said of it.
struct Change: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let apply: @Sendable (inout DiffusionSettings) -> Void

  init(_ expected: String, _ apply: @escaping @Sendable (inout DiffusionSettings) -> Void) {
    testDescription = expected
    self.apply = apply
  }
}

/// Settings that do not fit the archive that is there, the network or the latents.
@Suite struct RefusalTests {
  private let latents: Latents

  init() throws {
    latents = try Latents(Fixtures.latentFolder)
  }

  @Test(arguments: [
    Change("settings.noise.seed: 20241009, not 1") { $0.noise = .seed(1) },
    Change("settings.latents.scale: 0.18215, not 1.0") { $0.latentScale = 1 },
    Change("settings.latents.bias: 0.0, not 0.5") { $0.latentBias = 0.5 },
    Change("settings.latents.posterior: \"mean\", not \"sample\"") { $0.posterior = .sample },
    Change("settings.pooling: \"mean\", not \"tokens 3\"") { $0.pooling = .tokens([3]) },
    Change("settings.interpolant: \"linear\", not \"cosine\"") { $0.interpolant = .cosine },
    Change("settings.time_convention: \"repa\", not \"sit\"") { $0.timeConvention = .sit },
    Change("settings.condition: \"null\", not \"labels\"") { $0.condition = .labels },
    Change("settings.null_label: 10, not nothing") { $0.condition = .labels },
    Change("settings.samples: \"0-9\", not \"1-10\"") { $0.samples = .indices(Array(1...10)) },
    Change("samples: 10, not 20") { $0.samples = .all },
    Change("shard_size: 2, not 3") { $0.shardSize = 3 },
    Change("element_type: \"float32\", not \"float16\"") { $0.elementType = .float16 },
    Change("timesteps[0.7].alpha: nothing, not 0.30000000000000004") { $0.timesteps.append(0.7) },
    Change("keys[t0.500/layer00].shape[0]: 6, not nothing") { $0.timesteps = [0.1] },
    Change("timesteps[0.5].condition: 0.5, not 0.2") { $0.conditionTimesteps = [0.2, 0.1] },
    Change("keys[t0.100/layer01].name: nothing, not \"t0.100/layer01\"") { $0.taps.append(.layer(1)) },
    Change("model: \"fake\", not \"other\"") { $0.model = "other" },
  ])
  func aChangedSettingIsRefusedAndShown(change: Change) throws {
    try withTemporaryFolder { folder in
      try Extractor(FakeModel(), latents: latents, settings: .small()).run(to: folder)
      let before = try contents(of: folder)
      var settings = DiffusionSettings.small()
      change.apply(&settings)
      let error = try #require(throws: ExtractionError.self) {
        try Extractor(FakeModel(), latents: latents, settings: settings).run(to: folder)
      }
      #expect(error.code == .settingsDiffer)
      #expect(error.path == folder)
      #expect(error.message.contains("\n  \(change.testDescription)\n"), "\(error)")
      #expect(try contents(of: folder) == before)
    }
  }

  @Test func otherWeightsOrLatentsAreRefused() throws {
    try withTemporaryFolder { folder in
      try Extractor(FakeModel(), latents: latents, settings: .small()).run(to: folder)
      var model = FakeModel()
      model.network.digest = "fake-2"
      let weights = try #require(throws: ExtractionError.self) {
        try Extractor(model, latents: latents, settings: .small()).run(to: folder)
      }
      #expect(weights.message.contains("checkpoint_digest: \"fake-1\", not \"fake-2\""))
      let other = try #require(throws: ExtractionError.self) {
        try Extractor(FakeModel(), latents: Latents(Fixtures.latentTensor), settings: .small()).run(
          to: folder)
      }
      #expect(other.message.contains("settings.latents.count: 20, not 500"))
      var relabelled = latents
      try write("index,label\n1,5\n", to: "\(folder)/labels.csv")
      try relabelled.samples.read(labels: "\(folder)/labels.csv")
      let samples = try #require(throws: ExtractionError.self) {
        try Extractor(FakeModel(), latents: relabelled, settings: .small()).run(to: folder)
      }
      #expect(
        samples.message.hasPrefix(
          "the archive that is there has other samples: row 0 is 00000/img00000000.png, label 0, not "
            + "00000/img00000000.png, no label."))
    }
  }

  @Test func shardsWithoutADescriptionAreNotTrusted() throws {
    try withTemporaryFolder { folder in
      try Extractor(FakeModel(), latents: latents, settings: .small()).run(to: folder)
      try FileManager.default.removeItem(atPath: "\(folder)/archive.json")
      let error = try #require(throws: ExtractionError.self) {
        try Extractor(FakeModel(), latents: latents, settings: .small()).run(to: folder)
      }
      #expect(error.code == .settingsDiffer)
    }
  }

  @Test(arguments: [
    Change("there is no time step to extract at") { $0.timesteps = [] },
    Change("the time step 1.5 does not lie in [0, 1]") { $0.timesteps = [1.5] },
    Change("the time step nan does not lie in [0, 1]") { $0.timesteps = [.nan] },
    Change("the time step 0.5 is asked for twice") { $0.timesteps = [0.5, 0.1, 0.5] },
    Change("the time step 0.0 is asked for twice") { $0.timesteps = [0, -0.0] },
    Change("3 time steps to tell the network for 2 noise levels") { $0.conditionTimesteps = [0, 0, 0] },
    Change("there is no layer to extract") { $0.taps = [] },
    Change("a layer is asked for twice") { $0.taps = [.layer(1), .layer(1)] },
    Change("the network has no layer 4; it has the layers 0 to 3, layer02.projector0, output") {
      $0.taps = [.layer(4)]
    },
    Change("the network has no layer03.projector0; it has") { $0.taps = [.projector(layer: 3, index: 0)] },
    Change("the tokens [8] are not some of the network's") { $0.pooling = .tokens([8]) },
    Change("the tokens [] are not some of the network's") { $0.pooling = .tokens([]) },
    Change("a limit of 0 samples") { $0.samples = .first(0) },
    Change("the subset names sample 20, but there are 20, counted from 0") { $0.samples = .indices([20]) },
    Change("the subset of the samples is empty, names one twice, or has a number below 0") {
      $0.samples = .indices([1, 1])
    },
    Change("a shard of 0 samples") { $0.shardSize = 0 },
    Change("a shard of 16777217 samples") { $0.shardSize = 16_777_217 },
    Change("an archive holds float32 or float16, not bfloat16") { $0.elementType = .bfloat16 },
    Change("scale and bias of the latents must be finite as Float32") { $0.latentScale = 1e300 },
    Change("scale and bias of the latents must be finite as Float32, and the scale not 0") {
      $0.latentScale = 0
    },
  ])
  func settingsThatMakeNoSenseAreErrors(change: Change) throws {
    var settings = DiffusionSettings.small()
    change.apply(&settings)
    let error = try #require(throws: ExtractionError.self) {
      try Extractor(FakeModel(), latents: latents, settings: settings)
    }
    #expect(error.code == .invalidSettings)
    #expect(error.message.hasPrefix(change.testDescription), "\(error)")
  }

  @Test func latentsAndLabelsThatDoNotFitTheNetworkAreErrors() throws {
    var model = FakeModel()
    model.network.input.height = 32
    let shape = try #require(throws: ExtractionError.self) {
      try Extractor(model, latents: latents, settings: .small())
    }
    #expect(
      shape.message == "its latents are 4x16x16, but the network takes 4x32x16 (channels, height, width)")
    model = FakeModel()
    model.network.nullLabel = nil
    #expect(throws: ExtractionError.self) { try Extractor(model, latents: latents, settings: .small()) }
    var settings = DiffusionSettings.small()
    settings.condition = .labels
    model.network.classes = 4
    let label = try #require(throws: ExtractionError.self) {
      try Extractor(model, latents: latents, settings: settings)
    }
    #expect(
      label.message
        == "the label of sample 4 (00000/img00000004.png) is 4; the network has the classes 0 to 3")
    settings.condition = .nullLabel
    settings.posterior = .sample
    #expect(throws: ExtractionError.self) {
      try Extractor(FakeModel(), latents: Latents(Fixtures.latentTensor), settings: settings)
    }
  }

  @Test(arguments: [
    (Float.nan, ElementType.float32, "has nan as element 47 of [8, 6]; nothing of it was written"),
    (-.infinity, .float16, "has -inf as element 47 of [8, 6]; nothing of it was written"),
    (1e6, .float16, "has the value 1250"),
  ])
  func aHiddenStateThatCannotBeKeptIsNamed(value: Float, type: ElementType, expected: String) throws {
    try withTemporaryFolder { folder in
      var model = FakeModel()
      model.spoiled = (layer: 2, timestep: 0.5, value: value)
      var settings = DiffusionSettings.small()
      settings.elementType = type
      let error = try #require(throws: ExtractionError.self) {
        try Extractor(model, latents: latents, settings: settings).run(to: folder, threads: Threads(1))
      }
      #expect(error.code == (value.isFinite ? .notRepresentable : .notFinite))
      #expect(
        error.message.hasPrefix("layer 2 of sample 0 (00000/img00000000.png) at t = 0.5 \(expected)"),
        "\(error)")
      #expect(try names(in: folder) == ["archive.json", "samples.csv"])
    }
  }
}
