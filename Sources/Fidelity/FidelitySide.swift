import LinearAlgebra
import Synchronization

/// One side of a comparison: features, or moments computed elsewhere, and what has been computed from them.
///
/// Moments are computed when first needed and kept, so that a reference is prepared once for many models.
public final class FidelitySide: Sendable {
  /// N samples by D dimensions; nil where only moments are known.
  public let features: Matrix?
  /// Moments of spatial features, where they were given.
  private let spatial: GaussianMoments?
  private let given: GaussianMoments?
  private let computed = Mutex<GaussianMoments?>(nil)

  /// A side with features.
  public init(features: Matrix) {
    self.features = features
    given = nil
    spatial = nil
  }

  /// A side with moments: of pooled features for `fid`, of spatial ones for `sfid`.
  public init(moments: GaussianMoments?, spatial: GaussianMoments? = nil) {
    features = nil
    given = moments
    self.spatial = spatial
  }

  /// How many samples there are; nil where only moments are known.
  public var samples: Int? { features?.rows ?? given?.samples ?? spatial?.samples }

  func moments(isSpatial: Bool, threads: Threads) throws -> GaussianMoments {
    guard let features else {
      guard let moments = isSpatial ? spatial : given else {
        throw FidelityError(
          .missingInput,
          isSpatial
            ? "there is no mu_s and sigma_s, which sfid needs" : "there is no mu and sigma, which fid needs")
      }
      return moments
    }
    if let known = computed.withLock({ $0 }) { return known }
    let moments = try GaussianMoments(of: features, threads: threads)
    computed.withLock { $0 = moments }
    return moments
  }

  func features(for metric: String) throws -> Matrix {
    guard let features else {
      throw FidelityError(
        .missingInput, "\(metric) needs the features themselves; mean and covariance are not enough")
    }
    return features
  }
}

/// Two sides under comparison, and what their metrics share.
final class FidelityPair {
  let metrics: Set<String>
  let x: FidelitySide
  let reference: FidelitySide?
  let settings: FidelitySettings
  let threads: Threads
  private var manifolds: SampleManifolds.Values?

  init(
    metrics: Set<String>, x: FidelitySide, reference: FidelitySide?, settings: FidelitySettings,
    threads: Threads
  ) {
    self.metrics = metrics
    self.x = x
    self.reference = reference
    self.settings = settings
    self.threads = threads
  }

  func frechet(isSpatial: Bool) throws -> FidelityMetric.Value {
    let other = try needed(isSpatial ? "sfid" : "fid")
    return FidelityMetric.Value(
      value: try FrechetDistance.value(
        x.moments(isSpatial: isSpatial, threads: threads),
        other.moments(isSpatial: isSpatial, threads: threads)))
  }

  func features(_ metric: String) throws -> (Matrix, Matrix) {
    (try x.features(for: metric), try needed(metric).features(for: metric))
  }

  /// One of the four numbers that come from one pass over the pairs of samples.
  func manifolds(_ value: KeyPath<SampleManifolds.Values, Double?>, _ metric: String) throws -> Double {
    if manifolds == nil {
      let (x, y) = try features(metric)
      manifolds = try SampleManifolds.values(
        x, y, recallK: metrics.isDisjoint(with: ["precision", "recall"]) ? nil : settings.recallK,
        coverageK: metrics.isDisjoint(with: ["density", "coverage"]) ? nil : settings.coverageK,
        threads: threads)
    }
    guard let found = manifolds?[keyPath: value] else {
      preconditionFailure("\(metric) was not among the metrics of its pair")
    }
    return found
  }

  private func needed(_ metric: String) throws -> FidelitySide {
    guard let reference else {
      throw FidelityError(.missingInput, "\(metric) compares with a reference, and there is none")
    }
    return reference
  }
}
