import Features

/// What a sweep needs to know of a model before it reads any features.
struct SweepSource {
  let name: String
  let path: String
  let step: Int?
  let keys: [FeatureKey]

  init(_ source: any FeatureSource) {
    (name, path, step, keys) = (source.name, source.path, source.step, source.keys)
  }

  init(_ source: FidelitySource) {
    (name, path, step, keys) = (source.name, source.path, source.step, source.keys)
  }

  /// Two models of one name would be one curve or point, and so would two references.
  ///
  /// - Parameter distinguishingSteps: Whether different training steps tell sources apart: models' steps stand in the table,
  ///   references' do not.
  /// - Throws: `FeatureError` for the first of a name that is taken.
  static func checkNames(_ sources: [SweepSource], distinguishingSteps: Bool = true) throws(FeatureError) {
    for (place, source) in sources.enumerated() {
      let other = sources[..<place].first {
        $0.name == source.name && ($0.step == source.step || !distinguishingSteps)
          && !Set($0.keys).isDisjoint(with: source.keys)
      }
      guard let other else { continue }
      throw FeatureError(
        .sameName, path: source.path,
        "it is called \(source.name), and so is \(other.path)")
    }
  }
}

extension FeatureKey {
  /// Where a representation is, for messages: "sit/, layer 8 at t = 0.5", or the file alone where it has but one.
  func place(in path: String) -> String { self == FeatureKey(layer: nil) ? path : "\(path), \(self)" }
}
