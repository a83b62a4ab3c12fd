import LinearAlgebra
import Models
import TensorFiles

/// The repository's fixtures, and how close a result comes to what they expect.
enum Goldens {
  static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/fixtures"

  static func model(_ path: String) -> String { "\(folder)/goldens/models/\(path)" }

  /// max |a - b| / max |b|
  static func error(_ values: some Collection<Float>, _ expected: some Collection<Float>) -> Float {
    guard values.count == expected.count, !expected.isEmpty else { return .infinity }
    let largest = expected.map(\.magnitude).max()!
    let errors = zip(values, expected).map { ($0 - $1).magnitude / largest }
    return errors.contains { $0.isNaN } ? .infinity : errors.max()!
  }

  /// One sample of a batch.
  static func sample(_ tensor: Tensor, _ index: Int) throws -> [Float] {
    try tensor.slice(0, at: index).floats()
  }
}

extension DiffusionTransformer {
  /// All values of the given taps for one image.
  func values(
    _ latent: [Float], timestep: Double, label: Int, taps: Set<Tap>, workspace: Workspace? = nil
  ) throws -> [Tap: [Float]] {
    var values: [Tap: [Float]] = [:]
    let condition = try conditioning(timestep: timestep, label: label, threads: Threads(1))
    try latent.withUnsafeBufferPointer { latent in
      try run(latent, condition, taps: taps, workspace: workspace ?? Workspace(configuration)) {
        values[$0] = Array($1)
      }
    }
    return values
  }

  var allTaps: Set<Tap> {
    let layers = (0...configuration.depth).map { Tap.layer($0) }
    let projectors = configuration.projectors.enumerated().map { Tap.projector(layer: $1.layer, index: $0) }
    return Set(layers + projectors + [.output])
  }
}
