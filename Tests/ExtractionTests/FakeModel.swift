import Extraction
import LinearAlgebra
import Synchronization

/// A network of no weights: every layer is a simple function of input, time and label, so that a wrong row, layer, time
/// step or label shows in every number.
struct FakeModel: DiffusionModel {
  var network = NetworkDescription(
    family: "fake", digest: "fake-1", trainingStep: 5500,
    input: InputShape(channels: 4, height: 16, width: 16),
    output: InputShape(channels: 4, height: 16, width: 16), tokens: 8, width: 6, depth: 3, classes: 10,
    nullLabel: 10,
    projectors: [NetworkDescription.Projector(layer: 2, dimensions: 5)])
  /// Put into the value of this layer's last element, for the time told.
  var spoiled: (layer: Int, timestep: Double, value: Float)?

  /// Counts what was asked for.
  var conditionings: Counter?

  final class Counter: Sendable {
    let value = Atomic(0)
  }

  struct Conditioning: Sendable {
    let timestep: Double
    let label: Int
  }

  /// Only one thread at a time may use it, which the model checks.
  final class Memory {
    var isBusy = false
  }

  func conditioning(timestep: Double, label: Int, threads: Threads) throws -> Conditioning {
    conditionings?.value.add(1, ordering: .relaxed)
    return Conditioning(timestep: timestep, label: label)
  }

  func makeWorkspace() -> Memory { Memory() }

  func run(
    _ latent: UnsafeBufferPointer<Float>, _ conditioning: Conditioning, taps: Set<Tap>, workspace: Memory,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    precondition(!workspace.isBusy, "two images in one workspace")
    workspace.isBusy = true
    defer { workspace.isBusy = false }
    for layer in 0...network.depth {
      if taps.contains(.layer(layer)) {
        var values = hidden(latent, conditioning, layer: layer, count: network.tokens * network.width)
        if let spoiled, spoiled.layer == layer, spoiled.timestep == conditioning.timestep {
          values[values.count - 1] = spoiled.value
        }
        try values.withUnsafeBufferPointer { try body(.layer(layer), $0) }
      }
      for (index, projector) in network.projectors.enumerated() where projector.layer == layer {
        let tap = Tap.projector(layer: layer, index: index)
        guard taps.contains(tap) else { continue }
        let values = hidden(
          latent, conditioning, layer: 100 + index, count: network.tokens * projector.dimensions)
        try values.withUnsafeBufferPointer { try body(tap, $0) }
      }
    }
    if taps.contains(.output) {
      let values = hidden(latent, conditioning, layer: 1000, count: network.output.elements)
      try values.withUnsafeBufferPointer { try body(.output, $0) }
    }
  }

  /// What the layer gives: element e is x[e] (1 + layer) + label + 10 t.
  func hidden(_ latent: UnsafeBufferPointer<Float>, _ conditioning: Conditioning, layer: Int, count: Int)
    -> [Float]
  {
    (0..<count).map {
      latent[$0] * Float(1 + layer) + Float(conditioning.label) + 10 * Float(conditioning.timestep)
    }
  }
}

extension DiffusionSettings {
  /// Two time steps, every layer.
  static func small() -> DiffusionSettings {
    var settings = DiffusionSettings(
      model: "fake", timesteps: [0.5, 0.1],
      taps: [.output, .layer(2), .layer(0), .projector(layer: 2, index: 0)])
    settings.samples = .first(10)
    settings.shardSize = 2
    return settings
  }
}

/// Gives back what it gets.
struct EchoModel: DiffusionModel {
  let network = FakeModel().network

  func conditioning(timestep: Double, label: Int, threads: Threads) throws {}
  func makeWorkspace() {}

  func run(
    _ latent: UnsafeBufferPointer<Float>, _ conditioning: Void, taps: Set<Tap>, workspace: Void,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try body(.output, latent)
  }
}
