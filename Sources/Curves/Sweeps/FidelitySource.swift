import Alignment
import Features
import Fidelity
import LinearAlgebra

/// Where one side of a fidelity comparison comes from: saved features, or mean and covariance computed elsewhere.
public enum FidelitySource: Sendable {
  case features(any FeatureSource)
  case moments(SavedMoments)

  /// Opens a .npz file of `mu` and `sigma`, else features as `FeatureSources` does; `PATH#NAME` always is features.
  ///
  /// - Throws: `FeatureError`, or the error of a file that cannot be read.
  public static func open(
    _ specification: String, options: ImportedFeatures.Options = ImportedFeatures.Options()
  ) throws -> FidelitySource {
    if let moments = try SavedMoments(specification, name: options.name) { return .moments(moments) }
    return .features(try FeatureSources.open(specification, options: options))
  }

  /// What tables call the model.
  public var name: String {
    switch self {
    case .features(let source): source.name
    case .moments(let saved): saved.name
    }
  }

  /// The file or folder.
  public var path: String {
    switch self {
    case .features(let source): source.path
    case .moments(let saved): saved.path
    }
  }

  /// The checkpoint's training step, where it is known.
  public var step: Int? {
    if case .features(let source) = self { source.step } else { nil }
  }

  /// The representations there are; moments are one without a layer.
  public var keys: [FeatureKey] {
    if case .features(let source) = self { source.keys } else { [FeatureKey(layer: nil)] }
  }

  /// The features or moments under a key. Where samples keep tokens, `isSpatial` takes them all, one after another; else
  /// the mean over them stands for the sample.
  func side(_ key: FeatureKey, isSpatial: Bool, threads: Threads) throws -> FidelitySide {
    switch self {
    case .features(let source):
      let features = try source.features(key)
      guard !isSpatial, let tokens = try source.tokenCount(key) else {
        return FidelitySide(features: features)
      }
      return FidelitySide(
        features: try PatchTokens(features, perSample: tokens, threads: threads).means(threads: threads))
    case .moments(let saved):
      func moments(_ pair: SavedMoments.Pair?) throws -> GaussianMoments? {
        try pair.map { try GaussianMoments(mean: $0.mean, covariance: $0.covariance) }
      }
      return FidelitySide(
        moments: isSpatial ? nil : try moments(saved.pooled),
        spatial: try moments(isSpatial ? saved.spatial : nil))
    }
  }
}
