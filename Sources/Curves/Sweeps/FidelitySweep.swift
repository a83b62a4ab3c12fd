import Alignment
import Features
import Fidelity
import LinearAlgebra

/// Fidelity of models against references, for all their representations, in the measurement table.
///
/// A reference of one representation is compared with every one of a model; one of several, layer by layer and time step by
/// time step with its equals. References are prepared once and kept, a model's representations one at a time.
public struct FidelitySweep: Sendable {
  /// The generated sides.
  public var models: [FidelitySource]
  /// What they are compared with.
  public var references: [FidelitySource]
  /// A classifier's logits or probabilities of generated images, for the Inception score.
  public var scores: [any FeatureSource]
  /// What is measured.
  public var metrics: [FidelityMetric]
  /// How it is measured.
  public var settings: FidelitySettings
  /// Which of the models' representations are measured; all by default.
  public var selection: Sweep.Selection
  /// How many threads may be used; results do not depend on it.
  public var threads: Threads

  /// A sweep.
  public init(
    models: [FidelitySource], references: [FidelitySource], scores: [any FeatureSource] = [],
    metrics: [FidelityMetric] = [.fid], settings: FidelitySettings = FidelitySettings(),
    selection: Sweep.Selection = Sweep.Selection(), threads: Threads = .all
  ) {
    self.models = models
    self.references = references
    self.scores = scores
    self.metrics = metrics
    self.settings = settings
    self.selection = selection
    self.threads = threads
  }

  /// Measures everything.
  ///
  /// - Parameter progress: Called after each representation, on the calling thread.
  /// - Throws: `FidelityError` or `FeatureError` with the file and layer concerned.
  public func run(progress: (Sweep.Progress) -> Void = { _ in }) throws -> Sweep.Result {
    let compared = metrics.filter { $0.input != .scores }
    try checkInputs(compared)
    let sources = models.map { SweepSource($0) }
    try SweepSource.checkNames(sources)
    try SweepSource.checkNames(references.map { SweepSource($0) }, distinguishingSteps: false)
    try SweepSource.checkNames(scores.map { SweepSource($0) })
    let isSpatial = compared.allSatisfy { $0.input == .spatialMoments }
    let jobs = try compared.isEmpty ? [] : selection.jobs(of: sources)
    let total = jobs.count + scores.reduce(0) { $0 + $1.keys.count }
    var done = 0
    var table = MeasurementTable()
    var warnings: [String] = []
    var prepared: [Reference: FidelitySide] = [:]
    func report(_ name: String, _ key: FeatureKey) {
      done += 1
      progress(Sweep.Progress(done: done, total: total, latest: "\(name), \(key)"))
    }

    for job in jobs {
      let (model, key) = (models[job.model], job.key)
      let side = try naming(model.path, key) { try model.side(key, isSpatial: isSpatial, threads: threads) }
      for (place, reference) in references.enumerated() {
        let referenceKey = try Self.key(for: key, of: model, in: reference)
        let identity = Reference(place: place, key: referenceKey)
        let other =
          try prepared[identity]
          ?? naming(reference.path, referenceKey) {
            try reference.side(referenceKey, isSpatial: isSpatial, threads: threads)
          }
        prepared[identity] = other
        let values = try naming(model.path, key, against: (reference.path, referenceKey)) {
          try FidelityMetric.measure(compared, side, other, settings: settings, threads: threads)
        }
        for (metric, value) in zip(compared, values) {
          table.rows.append(
            row(
              metric, value, Origin(name: model.name, step: model.step, key: key, keys: model.keys),
              Origin(name: reference.name, step: nil, key: referenceKey, keys: reference.keys),
              samples: side.samples))
        }
        warnings += biasWarnings(compared, [(model.path, side), (reference.path, other)])
      }
      report(model.name, key)
    }
    for metric in metrics where metric.input == .scores {
      for source in scores {
        for key in source.keys {
          let side = FidelitySide(features: try source.features(key))
          let value = try naming(source.path, key) {
            try FidelityMetric.measure([metric], side, nil, settings: settings, threads: threads)[0]
          }
          let origin = Origin(name: source.name, step: source.step, key: key, keys: source.keys)
          table.rows.append(row(metric, value, origin, nil, samples: side.samples))
          report(source.name, key)
        }
      }
    }
    table.sort()
    return Sweep.Result(table: table, warnings: distinct(warnings))
  }

  private struct Reference: Hashable {
    var place: Int
    var key: FeatureKey
  }

  /// A reference's layer and time step stand in the row only where they are not the model's own.
  private func row(
    _ metric: FidelityMetric, _ value: FidelityMetric.Value, _ model: Origin, _ reference: Origin?,
    samples: Int?
  ) -> Measurement {
    let isSame = model.key == reference?.key
    return Measurement(
      model: model.name, step: model.step, layer: model.layer, timestep: model.key.timestep,
      reference: reference?.name ?? "", referenceLayer: isSame ? nil : reference?.layer,
      referenceTimestep: isSame ? nil : reference?.key.timestep, metric: metric.name,
      // 0 where only moments are known, which do not tell.
      parameters: metric.parameters(settings), samples: samples ?? 0, value: value.value,
      ciLow: value.deviation.map { value.value - $0 }, ciHigh: value.deviation.map { value.value + $0 })
  }

  /// A representation as a row names it.
  private struct Origin {
    var name: String
    var step: Int?
    var key: FeatureKey
    /// The layer; the name of an only array is none.
    var layer: LayerLabel?

    init(name: String, step: Int?, key: FeatureKey, keys: [FeatureKey]) {
      self.name = name
      self.step = step
      self.key = key
      layer = keys.count > 1 || key.layer?.number != nil ? key.layer : nil
    }
  }
}
