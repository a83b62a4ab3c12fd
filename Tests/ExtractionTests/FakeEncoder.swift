import Extraction
import LinearAlgebra

/// An encoder of no weights with a class token and two registers: every token of every layer is a simple function of the
/// input, so that a wrong row, layer or token shows in every number.
struct FakeEncoder: EncoderModel {
  var encoder = EncoderDescription(
    family: "fake", digest: "fake-1", input: InputShape(channels: 3, height: 4, width: 4), width: 5, depth: 2,
    tokens: .init(hasClassToken: true, firstPatch: 3, count: 7), imageFeatures: 6)

  /// Only one thread at a time may use it, which the model checks.
  final class Memory {
    var isBusy = false
  }

  func makeWorkspace() -> Memory { Memory() }

  func run(
    _ input: UnsafeBufferPointer<Float>, taps: Set<EncoderTap>, workspace: Memory,
    _ body: (EncoderTap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    precondition(!workspace.isBusy, "two images in one workspace")
    workspace.isBusy = true
    defer { workspace.isBusy = false }
    for tap in encoder.taps where taps.contains(tap) {
      try values(of: tap, input).withUnsafeBufferPointer { try body(tap, $0) }
    }
  }

  /// Element e of token j is x[e] (1 + layer) + 100 j; tokens without a patch stand far out.
  func values(of tap: EncoderTap, _ input: UnsafeBufferPointer<Float>) -> [Float] {
    let layer =
      switch tap {
      case .layer(let layer): Float(layer)
      case .final: Float(50)
      case .imageFeatures: Float(60)
      }
    guard tap != .imageFeatures else { return (0..<6).map { input[$0] * layer } }
    return (0..<encoder.tokens.count).flatMap { token in
      (0..<encoder.width).map {
        input[$0] * (1 + layer) + (token < encoder.tokens.firstPatch ? 1e6 : 0) + 100 * Float(token)
      }
    }
  }
}

extension EncoderInputs {
  /// Twelve ready inputs for the fake encoder; input i is i + e / 64.
  static func small(in folder: String) throws -> EncoderInputs {
    try writeArray(
      (0..<12).flatMap { sample in (0..<48).map { Float(sample) + Float($0) / 64 } }, shape: [12, 3, 4, 4],
      to: "\(folder)/inputs.npy")
    return try EncoderInputs(ready: "\(folder)/inputs.npy")
  }
}
