import Alignment
import Features
import LinearAlgebra

/// Alignment of models with references, over all their layers and time steps.
///
/// Every representation is prepared once (its neighbor graph, its moments), the references first; then each layer of
/// each model is prepared, compared with all references, and let go. Memory holds the references' preparations and one
/// layer's, however many layers there are. Where metrics on neighbors and linear CKA are both measured, the references'
/// preparations hold their Gram matrices, 2 N² bytes each, unless that were more than 1.5 GiB in all.
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
  /// Calibration, intervals, sample sizes; none by default.
  public var statistics: Statistics
  /// Whether the table is a part of a larger one: false discoveries are then controlled over the whole of it, by its owner.
  public var isPartOfTable = false
  /// Whether references keep their centred Gram matrices for linear CKA, which changes its last digits: where the sweep is
  /// a part of a larger table, its owner says; nil, where it pays for this sweep.
  package var keepsGramMatrices: Bool?
  /// Measured in the same table by other sweeps.
  package var otherMetrics: [Metric] = []
  public var threads: Threads

  public init(
    models: [any FeatureSource], references: [any FeatureSource] = [], metrics: [Metric] = [.cknna],
    properties: [RepresentationProperty] = [], settings: AlignmentSettings = AlignmentSettings(),
    selection: Selection = Selection(), matching: SampleMatching = .sameOrder, dropsNonFinite: Bool = false,
    statistics: Statistics = Statistics(), threads: Threads = .all
  ) {
    self.models = models
    self.references = references
    self.metrics = metrics
    self.properties = properties
    self.settings = settings
    self.selection = selection
    self.matching = matching
    self.dropsNonFinite = dropsNonFinite
    self.statistics = statistics
    self.threads = threads
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
  /// - Complexity: one preparation a representation, one comparison a pair, and what the statistics cost a pair; all of
  ///   that for every sample size.
  public func run(progress: (Progress) -> Void = { _ in }) throws -> Result {
    try checkMasks()
    let sources = models.map { SweepSource($0) }
    try SweepSource.checkNames(sources)
    try SweepSource.checkNames(references.map { SweepSource($0) }, distinguishingSteps: false)
    try statistics.check()
    let jobs = try selection.jobs(of: sources)
    let rows = try SampleRows(models + references, matching: matching)
    let kept =
      dropsNonFinite
      ? try rows.keepingFinite(jobs, models + references, models.count, threads: threads) : rows
    let subsets = try statistics.subsets(of: kept.count)
    var warnings = kept.warnings
    var done = 0
    let total =
      subsets.count * (jobs.count + (metrics.isEmpty ? 0 : references.reduce(0) { $0 + $1.keys.count }))
    var table = MeasurementTable()
    for subset in subsets {
      let chosen = subset.map(kept.choosing) ?? kept
      try measure(jobs, chosen, into: &table, &warnings) { source, key in
        done += 1
        progress(Progress(done: done, total: total, latest: "\(source.name), \(key)"))
      }
    }
    if let rate = statistics.falseDiscoveryRate, !isPartOfTable {
      warnings += [try table.controlFalseDiscoveries(rate: rate)].compactMap(\.self)
    }
    table.sort()
    return Result(table: table, warnings: distinct(warnings))
  }

  /// Everything on one choice of the samples.
  private func measure(
    _ jobs: [Job], _ rows: SampleRows, into table: inout MeasurementTable, _ warnings: inout [String],
    report: (any FeatureSource, FeatureKey) -> Void
  ) throws {
    try statistics.resampling?.check(metrics, samples: rows.count, settings: settings)
    let keepsGramMatrices =
      metrics.contains(where: \.sumsGramMatrices)
      && self.keepsGramMatrices
        ?? GramRole.pays(
          for: metrics, settings: settings, samples: rows.count,
          references: references.reduce(0) { $0 + $1.keys.count })
    var prepared: [PreparedReference] = []
    for (place, reference) in references.enumerated() where !metrics.isEmpty {
      for key in reference.keys {
        let representation = try prepare(
          reference, key, for: [], rows: rows.rows(of: models.count + place),
          gramRole: keepsGramMatrices ? .kept : nil, &warnings)
        prepared.append(PreparedReference(source: reference, key: key, representation: representation))
        report(reference, key)
      }
    }
    let modelRole = keepsGramMatrices ? GramRole.multiplied(with: prepared.map(\.representation)) : nil
    var layers = LayerValues()
    for job in jobs {
      let model = models[job.model]
      let modelRows = rows.rows(of: job.model)
      let representation = try prepare(
        model, job.key, for: properties, rows: modelRows, gramRole: modelRole, &warnings)
      table.rows += try propertyRows(model, job.key, representation, rows: modelRows, &warnings)
      for reference in prepared {
        var found: [String] = []
        let (values, numbers) = try naming(model, job.key, against: reference) {
          let values = try Metric.measure(
            metrics, representation, reference.representation, settings: settings, threads: threads,
            warnings: &found)
          return (values, try PairStatistics(self, values, representation, reference.representation))
        }
        warnings += (found + numbers.warnings).map { "\(job.key.place(in: model.path)): \($0)" }
        for (place, metric) in metrics.enumerated() {
          var row = Measurement(
            model: model.name, step: model.step, layer: job.key.layer, timestep: job.key.timestep,
            reference: reference.source.name, referenceLayer: reference.key.layer,
            referenceTimestep: reference.key.timestep, metric: metric.name,
            parameters: statistics.parameters(with: metric.parameters(settings)),
            samples: representation.samples, value: values[place])
          numbers.write(metric: place, to: &row)
          if !statistics.aggregates.isEmpty {
            layers.add(row, model: job.model, metric: place, null: numbers.nulls[place])
          }
          table.rows.append(row)
        }
      }
      report(model, job.key)
    }
    table.rows += try layers.rows(self)
    warnings += biasWarnings(prepared, samples: rows.count)
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

  private func prepare(
    _ source: any FeatureSource, _ key: FeatureKey, for properties: [RepresentationProperty], rows: [Int]?,
    gramRole: GramRole?, _ warnings: inout [String]
  ) throws -> PreparedRepresentation {
    let all = try source.features(key)
    let features = rows.map { all.gathering(rows: $0) } ?? all
    let prepared = try naming(source, key, rows: rows) {
      try PreparedRepresentation(
        features, tokens: source.tokenCount(key), for: metrics, properties: properties, settings: settings,
        resampling: statistics.resampling, gramRole: gramRole, threads: threads)
    }
    warnings += try prepared.oddities(threads: threads).map { "\(key.place(in: source.path)): \($0)" }
    return prepared
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
      let other = reference.map { " against \($0.key.place(in: $0.source.path))" } ?? ""
      throw AlignmentError(error.code, "\(key.place(in: source.path))\(other): \(rowText)\(error.message)")
    }
  }

  // Independent features read as aligned by the biased estimator when there are few samples for their dimensions.
  private func biasWarnings(_ references: [PreparedReference], samples: Int) -> [String] {
    let names = metrics.map(\.name)
    guard names.contains("cka"), !(names + otherMetrics.map(\.name)).contains("cka-unbiased"),
      let dimensions = references.map({ $0.representation.representation.dimensions }).max(),
      samples < 5 * dimensions
    else { return [] }
    return [
      "biased CKA reads high with \(samples) samples of \(dimensions) dimensions, even for unrelated features; "
        + "measure cka-unbiased too"
    ]
  }
}
