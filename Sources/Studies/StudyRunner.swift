import Alignment
import Charts
import Curves
import Extraction
import Features
import Files
import Foundation
import Images
import LinearAlgebra
import Models
import Probing

/// Does what a study's plan has left to do.
///
/// Every result is written when it is whole, under the key of what it was made from: an interrupted run goes on, and a
/// second one finds everything done.
public struct StudyRunner: Sendable {
  public let plan: StudyPlan
  public var threads: Threads

  /// - Throws: ``StudyError``, or the error of a file that cannot be read.
  public init(_ study: Study, output: String, threads: Threads = .all) throws {
    plan = try StudyPlanner.plan(study, output: output)
    self.threads = threads
  }

  /// How far a run has come.
  public struct Progress: Sendable {
    /// Which step of those that were left, from 1.
    public let step: Int
    public let steps: Int
    public let title: String
    /// Within the step; nil where it has no parts.
    public let done: Int
    public let total: Int
  }

  /// What a run has made.
  public struct Result: Sendable {
    public let table: MeasurementTable
    public let warnings: [String]
    /// The figures' files.
    public let figures: [String]
    /// Steps that this run has done.
    public let done: Int
  }

  /// Runs what is left, then writes the table, the figures and what is needed to repeat them.
  ///
  /// - Parameter progress: Called before each step and within it, one call at a time, on any thread.
  /// - Throws: The error of the step that fails; what was done before stays.
  @discardableResult
  public func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) throws -> Result {
    try plan.folder.make(["archives", "data", "measurements", "figures"])
    let left = plan.remaining.count
    var record = StudyRecord(plan.folder)
    var number = 0
    for (step, work) in zip(plan.steps, plan.work) where !step.isDone {
      guard let work else { continue }
      number += 1
      let current = number
      let start = ContinuousClock.now
      let report: @Sendable (Int, Int) -> Void = {
        progress(Progress(step: current, steps: left, title: step.title, done: $0, total: $1))
      }
      report(0, 0)
      switch work {
      case .preprocess(let samples): try preprocess(samples, report)
      case .extract(let extraction): try extract(extraction, report)
      case .measure(let measurement): record.warnings += try measure(measurement, report)
      case .probe(let probe): record.warnings += try self.probe(probe, report)
      case .draw: continue
      }
      record.add(step, seconds: (ContinuousClock.now - start) / .seconds(1))
    }
    let (table, warning) = try table()
    record.warnings += [warning].compactMap(\.self)
    var drawn: [String] = []
    for case .draw(let figure, let key)? in plan.work { drawn += try draw(figure, key: key, of: table) }
    if left > 0 || !StudyFolder.exists(plan.folder.table) {
      try table.writeCSV(to: plan.folder.table)
      try table.writeJSONLines(to: plan.folder.jsonLines)
      try AtomicFile.write(Array(plan.study.yaml.utf8), to: plan.folder.resolvedStudy)
      try record.write(plan, threads: threads)
    }
    return Result(table: table, warnings: record.warnings, figures: drawn, done: number)
  }

  /// All measurements, from their pieces, with false discoveries controlled over all of them.
  private func table() throws -> (MeasurementTable, warning: String?) {
    var table = MeasurementTable()
    for piece in plan.pieces { table.rows += try MeasurementTable(contentsOfCSV: piece).rows }
    try plan.study.checkRows(table, of: plan.folder.path)
    let warning = try plan.study.statistics.falseDiscoveryRate.flatMap {
      try table.controlFalseDiscoveries(rate: $0)
    }
    table.sort()
    return (table, warning)
  }

  // MARK: Steps

  private func preprocess(_ samples: PlannedSamples, _ report: @escaping @Sendable (Int, Int) -> Void) throws
  {
    guard let images = samples.samples.images, let vae = samples.vae, let folder = samples.folder else {
      return
    }
    let writer = try PreprocessedWriter(
      Pictures(try StudyPlanner.collection(samples.samples, images)),
      vae: AutoencoderKL(vae, parts: [.encoder], threads: threads), resolution: samples.resolution,
      selection: samples.samples.limit.map { .first($0) } ?? .all)
    try writer.run(to: folder, threads: threads) { report($0.done, $0.total) }
  }

  private func extract(_ extraction: PlannedExtraction, _ report: @escaping @Sendable (Int, Int) -> Void)
    throws
  {
    let network = extraction.features.network
    guard case .checkpoint(_, let options) = network.source else { return }
    let choices = NetworkChoices(options)
    let extractor =
      switch try ModelKind(extraction.checkpoint, options: choices.diffusion, encoder: choices.encoder) {
      case .visionTransformer: try encoder(extraction, choices)
      default: try transformer(extraction, choices)
      }
    try extractor.run(to: extraction.features.path, threads: threads) { report($0.done, $0.total) }
  }

  private func encoder(_ extraction: PlannedExtraction, _ choices: NetworkChoices) throws -> Extractor {
    let samples = extraction.samples
    guard let images = samples.folder.map({ "\($0)/images" }) ?? samples.samples.images else {
      throw StudyError(
        .noData, path: extraction.checkpoint,
        "a vision encoder needs images; the study's data has latents only")
    }
    let model = try VisionTransformer(extraction.checkpoint, options: choices.encoder)
    var settings = EncoderSettings(model: extraction.features.network.name)
    let known = model.encoder.taps
    if let layers = extraction.features.network.layers {
      settings.taps = known.filter { layers.labels?.contains($0.label) ?? true }
      try checkLayers(layers.labels, among: known.map(\.label), extraction)
    }
    settings.pooling = choices.pooling
    let collection =
      samples.folder == nil
      ? try StudyPlanner.collection(samples.samples, images) : try ImageCollection.open(images)
    if samples.folder == nil, let limit = samples.samples.limit { settings.samples = .first(limit) }
    return try Extractor(model, inputs: EncoderInputs(Pictures(collection), for: model), settings: settings)
  }

  private func transformer(_ extraction: PlannedExtraction, _ choices: NetworkChoices) throws -> Extractor {
    let samples = extraction.samples
    guard let path = samples.folder.map({ "\($0)/vae-sd" }) ?? samples.samples.latents else {
      throw StudyError(
        .noData, path: extraction.checkpoint, "a diffusion transformer needs latents, or images and a vae")
    }
    let network = extraction.features.network
    let model = try DiffusionTransformer(extraction.checkpoint, options: choices.diffusion)
    let known: [Tap] = (0...model.configuration.depth).map { .layer($0) }
    let layers = network.layers.map(\.labels) ?? plan.study.layers
    try checkLayers(layers, among: known.map(\.label), extraction)
    var settings = ExtractionSettings(
      model: network.name, timesteps: network.timesteps ?? plan.study.timesteps,
      taps: known.filter { tap in layers?.contains(tap.label) ?? (tap != .layer(0)) })
    settings.noise = .seed(extraction.noiseSeed)
    settings.pooling = choices.pooling
    settings.timeConvention = choices.timeConvention
    settings.interpolant = choices.interpolant
    (settings.latentScale, settings.latentBias) = try LatentScale.found(
      vae: samples.vae, checkpoint: extraction.checkpoint)
    if samples.folder == nil, let limit = samples.samples.limit { settings.samples = .first(limit) }
    return try Extractor(
      model, latents: Latents(path, labels: samples.folder == nil ? samples.samples.labels : nil),
      settings: settings)
  }

  private func checkLayers(
    _ asked: Set<LayerLabel>?, among known: [LayerLabel], _ extraction: PlannedExtraction
  ) throws {
    let missing = (asked ?? []).subtracting(known).sorted()
    guard !missing.isEmpty else { return }
    throw StudyError(
      .noData, path: extraction.checkpoint,
      "\(extraction.features.network.name) has no layer \(missing.map(\.description).joined(separator: ", ")); it has "
        + known.map(\.description).joined(separator: ", "))
  }

  /// - Returns: Warnings.
  private func measure(_ measurement: PlannedMeasurement, _ report: @Sendable (Int, Int) -> Void) throws
    -> [String]
  {
    let model = try open(measurement.model)
    let references = try measurement.references.map(open)
    var sweep = Sweep(
      models: [model], references: references, metrics: measurement.metrics.compactMap(Metric.named),
      properties: measurement.properties.compactMap { RepresentationProperty.named($0.name) },
      settings: plan.study.settings, statistics: plan.study.statistics, threads: threads)
    sweep.settings.masks = try plan.study.masks.map { try PatchMasks(contentsOf: plan.study.resolved($0)) }
    if case .features = measurement.model.network.source {
      sweep.selection = Sweep.Selection(
        layers: measurement.model.network.layers.map(\.labels) ?? plan.study.layers,
        timesteps: measurement.model.network.timesteps.map(Set.init))
    }
    let result = try sweep.run { report($0.done, $0.total) }
    for (reference, pieces) in zip(references, measurement.pieces) {
      for (metric, piece) in zip(measurement.metrics, pieces) {
        let rows = result.table.filter(reference: reference.name, metric: metric)
        try rows.writeCSV(to: piece)
      }
    }
    for (name, piece) in measurement.properties { try result.table.filter(metric: name).writeCSV(to: piece) }
    return result.warnings
  }

  /// - Returns: Warnings.
  private func probe(_ planned: PlannedProbe, _ report: @Sendable (Int, Int) -> Void) throws -> [String] {
    let (training, validation) = (try open(planned.training), try open(planned.validation))
    let input = try ProbeInput(
      training: training, labels: SampleLabels(of: training), validation: validation,
      validationLabels: SampleLabels(of: validation))
    let result = try ProbeSweep(models: [input], probe: planned.probe, threads: threads).run {
      report($0.done, $0.total)
    }
    try result.table.writeCSV(to: planned.piece)
    return result.warnings
  }

  private func open(_ features: PlannedFeatures) throws -> any FeatureSource {
    try plan.study.open(features)
  }

  /// - Returns: The files.
  private func draw(_ figure: Study.Figure, key: String, of table: MeasurementTable) throws -> [String] {
    let base = plan.folder.figure(figure.file)
    let files = FigureFormat.allCases.map { "\(base).\($0.rawValue)" }
    let marker = plan.folder.figureKey(figure.file)
    if let old = try? AtomicFile.read(marker), String(decoding: old, as: UTF8.self) == key,
      files.allSatisfy(StudyFolder.exists)
    {
      return files
    }
    let rows = table.filter { row in
      (figure.models.isEmpty || figure.models.contains(row.model))
        && (figure.references.isEmpty || figure.references.contains(row.reference))
        && (figure.timesteps.isEmpty || row.timestep.map(figure.timesteps.contains) ?? true)
    }
    let shown = figure.showsBestLayers ? rows.bestLayers() : rows
    for file in files {
      switch figure.kind {
      case .line:
        try LineChart(shown, metric: figure.metric, against: figure.abscissa, title: figure.title).write(
          to: file)
      case .heatmap:
        var map = try HeatMap(shown, metric: figure.metric)
        map.title = figure.title ?? map.title
        try map.write(to: file)
      case .scatter:
        try ScatterChart(shown, x: figure.against ?? "", y: figure.metric, title: figure.title).write(
          to: file)
      }
    }
    try AtomicFile.write(Array(key.utf8), to: marker)
    return files
  }
}
