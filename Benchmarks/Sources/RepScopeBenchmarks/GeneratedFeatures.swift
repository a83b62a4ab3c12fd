import Foundation
import RepScope
import Synchronization

/// Representations of one model that are made when they are asked for, the same in every run: a study's worth of them would
/// not fit on a disk. All models and references share a latent structure of a few dimensions, and so some neighbors.
final class GeneratedFeatures: FeatureSource {
  let name: String
  let path: String
  let step: Int? = nil
  let keys: [FeatureKey]
  let sampleCount: Int
  let samples: SampleList? = nil
  private let dimensions: Int
  private let seed: UInt64
  private let state = Mutex(State())

  private struct State {
    var seconds = 0.0
    var processor = 0.0
    var latest: Matrix?
  }

  private static let latentDimensions = 64
  private static let latentSeed: UInt64 = 31

  init(_ name: String, keys: [FeatureKey], samples: Int, dimensions: Int, seed: UInt64) {
    self.name = name
    path = "generated/\(name)"
    self.keys = keys
    sampleCount = samples
    self.dimensions = dimensions
    self.seed = seed
  }

  func features(_ key: FeatureKey) throws -> Matrix {
    let (start, clockStart) = (ContinuousClock.now, clock())
    let place = UInt64(keys.firstIndex(of: key) ?? 0)
    let latent = try RandomFeatures.independent(
      samples: sampleCount, dimensions: Self.latentDimensions, seed: Self.latentSeed)
    let features = try RandomFeatures.related(
      to: latent, dimensions: dimensions, seed: seed &+ 1000 &* place)
    state.withLock {
      $0.seconds += (ContinuousClock.now - start) / .seconds(1)
      $0.processor += Double(clock() - clockStart) / Double(CLOCKS_PER_SEC)
      $0.latest = features
    }
    return features
  }

  /// How long features have been in the making, all in all: by the clock, and of all processors.
  var spent: (seconds: Double, processor: Double) { state.withLock { ($0.seconds, $0.processor) } }

  /// What was made last.
  var latest: Matrix? { state.withLock { $0.latest } }
}
