import ArgumentParser
import RepScope

/// Options that say how arrays of three dimensions are read. Without such an array they would be passed over in silence.
enum ArrayOptions {
  /// - Parameters:
  ///   - models: The sides whose layers are counted from the first layer given.
  ///   - others: All other sides.
  /// - Throws: `ValidationError` where an option was given that nothing here asks for.
  static func check(
    firstLayer: Int, arrays: ImportedFeatures.Arrays, models: [any FeatureSource], others: [any FeatureSource]
  ) throws {
    let hasLayers = models.contains { ($0 as? ImportedFeatures)?.hasArraysOfLayers == true }
    guard firstLayer == 1 || hasLayers else {
      throw ValidationError(
        "--first-layer \(firstLayer) numbers the layers of an array [samples, layers, dimensions], and no --features has one"
      )
    }
    guard arrays == .tokens else { return }
    let hasTokens = try (models + others).contains { side in
      try side.keys.contains { try side.tokenCount($0) != nil }
    }
    guard hasTokens else {
      throw ValidationError(
        "--arrays tokens is about arrays [samples, tokens, dimensions], and nothing given here has one")
    }
  }
}
