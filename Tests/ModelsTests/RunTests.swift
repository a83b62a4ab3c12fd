import LinearAlgebra
import Models
import TestSupport
import Testing

/// Running a model: order, threads, and arguments that do not fit.
@Suite struct RunTests {
  private static func latent(_ seed: UInt64) -> [Float] {
    var values = [Float](repeating: 0, count: 4 * 16 * 16)
    values.withUnsafeMutableBufferPointer { CounterRandom(seed: seed).fillNormal($0, from: 0) }
    return values
  }

  private static func repa() throws -> DiffusionTransformer {
    try DiffusionTransformer(Goldens.model("sit_repa/0050000.pt"))
  }

  @Test("taps come in the network's order, and work stops after the last")
  func order() throws {
    let model = try Self.repa()
    let condition = try model.conditioning(timestep: 0.5, label: 1000)
    var seen: [DiffusionTransformer.Tap] = []
    let taps: Set<DiffusionTransformer.Tap> = [
      .layer(0), .projector(layer: 2, index: 1), .layer(2), .layer(1),
    ]
    try Self.latent(1).withUnsafeBufferPointer { latent in
      try model.run(latent, condition, taps: taps, workspace: .init(model.configuration)) { tap, values in
        seen.append(tap)
        #expect(values.count == 64 * (tap == .projector(layer: 2, index: 1) ? 40 : 20))
      }
    }
    #expect(seen == [.layer(0), .layer(1), .layer(2), .projector(layer: 2, index: 1)])
  }

  @Test("a result does not depend on threads, on what was computed before, or on the other taps")
  func threads() throws {
    let model = try Self.repa()
    let alone = try (0..<6).map {
      try model.values(Self.latent($0), timestep: 0.5, label: 3, taps: [.layer(3), .output])
    }
    let condition = try model.conditioning(timestep: 0.5, label: 3, threads: Threads(2))
    let workspaces = (0..<2).map { _ in DiffusionTransformer.Workspace(model.configuration) }
    try parallelLoop(6, threads: Threads(2)) { image, worker in
      let latent = Self.latent(UInt64(image))
      try latent.withUnsafeBufferPointer { latent in
        try model.run(latent, condition, taps: model.allTaps, workspace: workspaces[worker]) {
          tap, values in
          if let expected = alone[image][tap] { #expect(expected == Array(values)) }
        }
      }
    }
  }

  @Test("labels, time steps, layers and projectors that the model does not have")
  func arguments() throws {
    let model = try Self.repa()
    expectModelError(.invalidArgument, "label 1001", "classes 0 to 999 and 1000, the null label") {
      try model.conditioning(timestep: 0.5, label: 1001)
    }
    expectModelError(.invalidArgument, "label -1") { try model.conditioning(timestep: 0.5, label: -1) }
    for time in [-0.001, 1.001, 500, .nan, .infinity] {
      expectModelError(.invalidArgument, "this network is told 0.0 to 1.0") {
        try model.conditioning(timestep: time, label: 0)
      }
    }
    let official = try DiffusionTransformer(Goldens.model("dit_official/checkpoint.pt"))
    expectModelError(.invalidArgument, "0.0 to 999.0") { try official.conditioning(timestep: 1000, label: 0) }
    func run(_ tap: DiffusionTransformer.Tap, of model: DiffusionTransformer) throws {
      _ = try model.values(Self.latent(1), timestep: 0.5, label: 0, taps: [tap])
    }
    expectModelError(.invalidArgument, "layer 5", "layers 0 to 4") { try run(.layer(5), of: model) }
    expectModelError(.invalidArgument, "layer -1") { try run(.layer(-1), of: model) }
    expectModelError(.invalidArgument, "projectors 0 to 1 at layer 2") {
      try run(.projector(layer: 3, index: 0), of: model)
    }
    expectModelError(.invalidArgument, "no projectors") {
      try run(.projector(layer: 1, index: 0), of: official)
    }
  }

  @Test("projectors of an unknown layer are no obstacle to anything else")
  func detachedProjectors() throws {
    let folder = try TemporaryFolder()
    try AlteredCheckpoint("sit_repa/0050000.pt", prefix: "ema.").save(to: "\(folder.path)/a.safetensors")
    let path = "\(folder.path)/a.safetensors"
    let model = try DiffusionTransformer(path, options: .init(heads: 5))
    #expect(model.configuration.projectors.isEmpty)
    #expect(try model.values(Self.latent(1), timestep: 0.5, label: 0, taps: [.layer(2)]).count == 1)
    expectModelError(.invalidArgument, "give the encoder depth") {
      try model.values(Self.latent(1), timestep: 0.5, label: 0, taps: [.projector(layer: 2, index: 0)])
    }
    expectModelError(.badConfiguration, "said to follow block 9, but there are 4") {
      try DiffusionTransformer(path, options: .init(heads: 5, encoderDepth: 9))
    }
  }

  @Test("inputs of another size or with NaN, and another model's workspace")
  func inputs() throws {
    let model = try Self.repa()
    var latent = Self.latent(1)
    expectModelError(.invalidArgument, "3 elements; expected 4 x 16 x 16") {
      try model.values([1, 2, 3], timestep: 0.5, label: 0, taps: [.layer(1)])
    }
    latent[77] = .nan
    expectModelError(.notFinite, "element 77 of the input is nan") {
      try model.values(latent, timestep: 0.5, label: 0, taps: [.layer(1)])
    }
    let other = try DiffusionTransformer(Goldens.model("dit_official/checkpoint.pt"))
    expectModelError(.invalidArgument, "made for another model") {
      try model.values(
        Self.latent(1), timestep: 0.5, label: 0, taps: [.layer(1)], workspace: .init(other.configuration))
    }
  }

  @Test(
    "NaN and infinity are reported where they appear first",
    arguments: [
      ("blocks.2.mlp.fc1.weight", Float.nan, "layer 3 produced NaN"),
      ("x_embedder.proj.bias", .infinity, "layer 0 produced infinity"),
      ("pos_embed", .nan, "layer 0 produced NaN"),
      ("final_layer.linear.bias", .nan, "the final layer produced NaN"),
      ("projectors.1.2.bias", .nan, "projector 1 produced NaN"),
      ("blocks.1.adaLN_modulation.1.bias", .nan, "the condition of layer 2"),
      ("final_layer.adaLN_modulation.1.weight", .nan, "the condition of the final layer"),
    ])
  func notFinite(tensor: String, value: Float, message: String) throws {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint("sit_repa/0050000.pt", prefix: "ema.")
    checkpoint.change(tensor) { $0.values[5] = value }
    try checkpoint.save(to: "\(folder.path)/a.safetensors")
    let model = try DiffusionTransformer(
      "\(folder.path)/a.safetensors", options: .init(heads: 5, encoderDepth: 2))
    expectModelError(.notFinite, message) {
      try model.values(Self.latent(1), timestep: 0.5, label: 0, taps: model.allTaps)
    }
  }
}
