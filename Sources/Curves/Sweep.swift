import Alignment
import Features
import LinearAlgebra

/// Alignment of models with references, over all their layers and time steps.
///
/// Every representation is prepared once (its neighbor graph, its moments), the references first; then each layer of
/// each model is prepared, compared with all references, and let go. Memory holds the references' preparations and one
/// layer's, however many layers there are.
public struct Sweep: Sendable {
  public var models: [any FeatureSource]
  public var references: [any FeatureSource]
  public var metrics: [Metric]
  /// What is measured of each of the models' representations by itself; none by default.
  public var properties: [RepresentationProperty]
  public var settings: AlignmentSettings
  /// Which of the models' representations are measured; all by default.
  public var selection: Selection
  /// What is done about samples of one side that the other lacks or has elsewhere.
  public var matching: SampleMatching
  /// Leave out samples that have NaN or infinity anywhere, instead of an error.
  public var dropsNonFinite: Bool
  public var threads: Threads

  public init(
    models: [any FeatureSource], references: [any FeatureSource] = [], metrics: [Metric] = [.cknna],
    properties: [RepresentationProperty] = [], settings: AlignmentSettings = AlignmentSettings(),
    selection: Selection = Selection(),
    matching: SampleMatching = .sameOrder, dropsNonFinite: Bool = false, threads: Threads = .all
  ) {
    self.models = models
    self.references = references
    self.metrics = metrics
    self.properties = properties
    self.settings = settings
    self.selection = selection
    self.matching = matching
    self.dropsNonFinite = dropsNonFinite
    self.threads = threads
  }

  /// Which representations of the models take part.
  public struct Selection: Sendable {
    /// Layer numbers; nil for all.
    public var layers: Set<LayerLabel>?
    /// Time steps in [0, 1]; nil for all.
    public var timesteps: Set<Double>?

    public init(layers: Set<LayerLabel>? = nil, timesteps: Set<Double>? = nil) {
      self.layers = layers
      self.timesteps = timesteps
    }

    func includes(_ key: FeatureKey) -> Bool {
      (layers.map { key.layer.map($0.contains) ?? false } ?? true)
        && (timesteps.map { key.timestep.map($0.contains) ?? false } ?? true)
    }
  }

  /// The table, and what the person who reads it should know.
  public struct Result: Sendable {
    public let table: MeasurementTable
    public let warnings: [String]
  }

  /// How far a sweep has come.
  public struct Progress: Sendable {
    /// Representations done and to do, the references' included.
    public let done: Int
    public let total: Int
    /// What has just been done, such as "sit-xl, layer 8 at t = 0.5".
    public let latest: String
  }

  /// Measures every selected representation of every model against every representation of every reference.
  ///
  /// - Parameter progress: Called after each representation, on the calling thread.
  /// - Throws: `AlignmentError` or `FeatureError` with the file and layer concerned.
  /// - Complexity: one preparation a representation, one comparison a pair.
  public func run(progress: (Progress) -> Void = { _ in }) throws -> Result {
    try checkMasks()
    try Self.checkNames(models)
    try Self.checkNames(references)
    let jobs = try selectedJobs()
    let rows = try SampleRows(models + references, matching: matching)
    let kept =
      dropsNonFinite
      ? try rows.keepingFinite(jobs, models + references, models.count, threads: threads) : rows
    var warnings = kept.warnings
    var done = 0
    let total = jobs.count + (metrics.isEmpty ? 0 : references.reduce(0) { $0 + $1.keys.count })
    func report(_ source: any FeatureSource, _ key: FeatureKey) {
      done += 1
      progress(Progress(done: done, total: total, latest: "\(source.name), \(key)"))
    }

    var prepared: [PreparedReference] = []
    for (place, reference) in references.enumerated() where !metrics.isEmpty {
      for key in reference.keys {
        let representation = try prepare(
          reference, key, for: [], rows: kept.rows(of: models.count + place), &warnings)
        prepared.append(PreparedReference(source: reference, key: key, representation: representation))
        report(reference, key)
      }
    }
    var table = MeasurementTable()
    for job in jobs {
      let model = models[job.model]
      let rows = kept.rows(of: job.model)
      let representation = try prepare(model, job.key, for: properties, rows: rows, &warnings)
      table.rows += try propertyRows(model, job.key, representation, rows: rows, &warnings)
      for reference in prepared {
        var found: [String] = []
        let values = try naming(model, job.key, against: reference) {
          try Metric.measure(
            metrics, representation, reference.representation, settings: settings, threads: threads,
            warnings: &found)
        }
        warnings += found.map { "\(place(model, job.key)): \($0)" }
        for (metric, value) in zip(metrics, values) {
          table.rows.append(
            Measurement(
              model: model.name, step: model.step, layer: job.key.layer, timestep: job.key.timestep,
              reference: reference.source.name, referenceLayer: reference.key.layer,
              referenceTimestep: reference.key.timestep, metric: metric.name,
              parameters: metric.parameters(settings), samples: representation.samples, value: value))
        }
      }
      report(model, job.key)
    }
    table.sort()
    warnings += biasWarnings(prepared, samples: kept.count)
    return Result(table: table, warnings: distinct(warnings))
  }

  /// One representation of one of the models.
  struct Job {
    let model: Int
    let key: FeatureKey
  }

  struct PreparedReference {
    let source: any FeatureSource
    let key: FeatureKey
    let representation: PreparedRepresentation
  }

  private func selectedJobs() throws -> [Job] {
    let jobs = models.enumerated().flatMap { place, model in
      model.keys.filter(selection.includes).map { Job(model: place, key: $0) }
    }
    try checkSelection()
    guard jobs.isEmpty, let model = models.first else { return jobs }
    throw FeatureError(
      .notFound, path: model.path,
      "none of its representations has both a layer and a time step asked for; it has \(listed(model.keys))")
  }

  /// Everything asked for must be in one of the models at least: a curve must not lose a layer to a slip of the pen.
  private func checkSelection() throws {
    guard let path = models.first?.path else { return }
    let keys = models.flatMap(\.keys)
    let (layers, timesteps) = (Set(keys.compactMap(\.layer)), Set(keys.compactMap(\.timestep)))
    let missingLayers = (selection.layers ?? []).subtracting(layers).sorted()
    guard missingLayers.isEmpty else {
      let known = layers.isEmpty ? "no layers" : "the layers \(listed(layers.sorted()))"
      throw FeatureError(
        .notFound, path: path,
        "there is no layer \(listed(missingLayers)); \(models.count > 1 ? "the models have" : "it has") \(known)"
      )
    }
    let missingTimesteps = (selection.timesteps ?? []).subtracting(timesteps).sorted()
    guard missingTimesteps.isEmpty else {
      let known = timesteps.isEmpty ? "no time steps" : "the time steps \(listed(timesteps.sorted()))"
      throw FeatureError(
        .notFound, path: path,
        "there is no time step \(listed(missingTimesteps)); \(models.count > 1 ? "the models have" : "it has") \(known)"
      )
    }
  }

  private func listed(_ values: [some CustomStringConvertible], most: Int = 28) -> String {
    let shown = values.prefix(most).map(\.description).joined(separator: ", ")
    return values.count > most ? "\(shown) and \(values.count - most) more" : shown
  }

  private func prepare(
    _ source: any FeatureSource, _ key: FeatureKey, for properties: [RepresentationProperty], rows: [Int]?,
    _ warnings: inout [String]
  ) throws -> PreparedRepresentation {
    let all = try source.features(key)
    let features = rows.map { all.gathering(rows: $0) } ?? all
    let prepared = try naming(source, key, rows: rows) {
      try PreparedRepresentation(
        features, tokens: source.tokenCount(key), for: metrics, properties: properties,
        settings: settings, threads: threads)
    }
    warnings += prepared.oddities.map { "\(place(source, key)): \($0)" }
    return prepared
  }

  func place(_ source: any FeatureSource, _ key: FeatureKey) -> String {
    key == FeatureKey(layer: nil) ? source.path : "\(source.path), \(key)"
  }

  /// Puts file and layer before what is wrong with the numbers, and the file's own row for that of the selection.
  func naming<Value>(
    _ source: any FeatureSource, _ key: FeatureKey, rows: [Int]? = nil,
    against reference: PreparedReference? = nil,
    _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let error as AlignmentError {
      let row = error.row.map { row in rows.map { $0[row] } ?? row }
      let rowText = row.map { "row \($0) " } ?? ""
      let other = reference.map { " against \(place($0.source, $0.key))" } ?? ""
      let hint =
        switch error.code {
        case .noTokens:
          "; pick others with PATH#NAME or --layers, extract them without pooling, or read arrays [samples, tokens, "
            + "dimensions] with --arrays tokens"
        case .tokensDiffer: "; pick the representations to compare with PATH#NAME or --layers"
        default: ""
        }
      throw AlignmentError(error.code, "\(place(source, key))\(other): \(rowText)\(error.message)\(hint)")
    }
  }

  /// Two models of one name would draw one curve.
  private static func checkNames(_ sources: [any FeatureSource]) throws {
    for (place, source) in sources.enumerated() {
      let other = sources[..<place].first {
        $0.name == source.name && $0.step == source.step && !Set($0.keys).isDisjoint(with: source.keys)
      }
      if let other {
        throw FeatureError(
          .ambiguous, path: source.path,
          "it is called \(source.name), and so is \(other.path); tell them apart with LABEL=PATH")
      }
    }
  }

  // Independent features read as aligned by the biased estimator when there are few samples for their dimensions.
  private func biasWarnings(_ references: [PreparedReference], samples: Int) -> [String] {
    let names = metrics.map(\.name)
    guard names.contains("cka"), !names.contains("cka-unbiased"),
      let dimensions = references.map({ $0.representation.representation.dimensions }).max(),
      samples < 5 * dimensions
    else { return [] }
    return [
      "biased CKA reads high with \(samples) samples of \(dimensions) dimensions, even for unrelated features; "
        + "measure cka-unbiased too"
    ]
  }
}
