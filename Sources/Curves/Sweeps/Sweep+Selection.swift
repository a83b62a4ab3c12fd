import Features

extension Sweep {
  /// Which representations of the models take part.
  public struct Selection: Sendable, Hashable {
    /// Layer numbers; nil for all.
    public var layers: Set<LayerLabel>?
    /// Time steps in [0, 1]; nil for all.
    public var timesteps: Set<Double>?

    public init(layers: Set<LayerLabel>? = nil, timesteps: Set<Double>? = nil) {
      self.layers = layers
      self.timesteps = timesteps
    }

    package func includes(_ key: FeatureKey) -> Bool {
      (layers.map { key.layer.map($0.contains) ?? false } ?? true)
        && (timesteps.map { key.timestep.map($0.contains) ?? false } ?? true)
    }

    /// The representations selected, model by model.
    ///
    /// - Throws: `FeatureError` where something asked for is in none of the models.
    func jobs(of models: [SweepSource]) throws -> [Job] {
      let jobs = models.enumerated().flatMap { place, model in
        model.keys.filter(includes).map { Job(model: place, key: $0) }
      }
      try check(models)
      guard jobs.isEmpty, let model = models.first else { return jobs }
      throw FeatureError(
        .notFound, path: model.path,
        "none of its representations has both a layer and a time step asked for; it has \(listed(model.keys))"
      )
    }

    /// The representations of one source that are selected, in its order.
    ///
    /// - Throws: `FeatureError` where something asked for is not there.
    public func keys(of source: any FeatureSource) throws -> [FeatureKey] {
      try jobs(of: [SweepSource(source)]).map(\.key)
    }

    /// Everything asked for must be in one of the models at least: a curve must not lose a layer to a slip of the pen.
    private func check(_ models: [SweepSource]) throws {
      guard let path = models.first?.path else { return }
      let keys = models.flatMap(\.keys)
      let (known, times) = (Set(keys.compactMap(\.layer)), Set(keys.compactMap(\.timestep)))
      let has = models.count > 1 ? "the models have" : "it has"
      let missingLayers = (layers ?? []).subtracting(known).sorted()
      guard missingLayers.isEmpty else {
        let there = known.isEmpty ? "no layers" : "the layers \(listed(known.sorted()))"
        throw FeatureError(
          .notFound, path: path, "there is no layer \(listed(missingLayers)); \(has) \(there)")
      }
      let missingTimesteps = (timesteps ?? []).subtracting(times).sorted()
      guard missingTimesteps.isEmpty else {
        let there = times.isEmpty ? "no time steps" : "the time steps \(listed(times.sorted()))"
        throw FeatureError(
          .notFound, path: path, "there is no time step \(listed(missingTimesteps)); \(has) \(there)")
      }
    }

    private func listed(_ values: [some CustomStringConvertible], most: Int = 28) -> String {
      let shown = values.prefix(most).map(\.description).joined(separator: ", ")
      return values.count > most ? "\(shown) and \(values.count - most) more" : shown
    }
  }
}
