import Curves
import Features
import LinearAlgebra

/// Some representations of a source, as if there were no others.
struct SelectedFeatures: FeatureSource {
  private let source: any FeatureSource
  let keys: [FeatureKey]

  /// - Throws: `FeatureError` where a layer or time step asked for is not there.
  init(_ source: any FeatureSource, _ selection: Sweep.Selection) throws {
    self.source = source
    keys = try selection.keys(of: source)
  }

  var name: String { source.name }
  var path: String { source.path }
  var step: Int? { source.step }
  var sampleCount: Int { source.sampleCount }
  var samples: SampleList? { source.samples }
  var labels: [Int]? { source.labels }

  func features(_ key: FeatureKey) throws -> Matrix { try source.features(key) }
  func reader(_ key: FeatureKey) throws -> FeatureReader { try source.reader(key) }
  func tokenCount(_ key: FeatureKey) throws -> Int? { try source.tokenCount(key) }
}
