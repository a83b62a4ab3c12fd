import Alignment
import Curves
import Extraction
import Features
import Files
import Foundation
import Images
import Models
import Probing

/// The steps of a study, one by one.
extension StudyRunner {
  func preprocess(_ samples: PlannedSamples, _ report: @escaping @Sendable (Int, Int) -> Void) throws {
    guard let images = samples.samples.images, let vae = samples.vae, let folder = samples.folder else {
      return
    }
    let writer = try PreprocessedWriter(
      Pictures(try StudyPlanner.collection(samples.samples, images)),
      vae: AutoencoderKL(vae, parts: [.encoder], threads: threads), resolution: samples.resolution,
      selection: samples.samples.limit.map { .first($0) } ?? .all)
    try keeping(folder, madeFrom: samples.inputs) {
      try writer.run(to: folder, threads: threads) { report($0.done, $0.total) }
    }
  }

  func extract(_ extraction: PlannedExtraction, _ report: @escaping @Sendable (Int, Int) -> Void)
    throws
  {
    let network = extraction.features.network
    guard case .checkpoint(_, let options) = network.source else { return }
    let choices = NetworkChoices(options)
    try extraction.inputs.forEach { try $0.checkUnchanged() }
    let extractor =
      switch try ModelKind(extraction.checkpoint, options: choices.diffusion, encoder: choices.encoder) {
      case .visionTransformer: try encoder(extraction, choices)
      default: try transformer(extraction, choices)
      }
    try keeping(extraction.features.path, madeFrom: extraction.inputs) {
      try extractor.run(to: extraction.features.path, threads: threads) { report($0.done, $0.total) }
    }
    // Whoever needs room removes archives; the report goes on telling how they were made.
    try AtomicFile.write(
      WholeFile.read(ArchiveFolder(extraction.features.path).description),
      to: plan.folder.description(of: extraction.features.path))
  }

  /// What a step makes over a long time goes to its place bit by bit: where a file has changed meanwhile, none of it stays.
  private func keeping(_ output: String, madeFrom inputs: [InputFile], _ make: () throws -> Void) throws {
    func isUnchanged() -> Bool { inputs.allSatisfy { (try? $0.checkUnchanged()) != nil } }
    do {
      try make()
    } catch {
      if !isUnchanged() { try? FileManager.default.removeItem(atPath: output) }
      throw error
    }
    if !isUnchanged() { try? FileManager.default.removeItem(atPath: output) }
    try inputs.forEach { try $0.checkUnchanged() }
  }

  private func encoder(_ extraction: PlannedExtraction, _ choices: NetworkChoices) throws -> Extractor {
    let samples = extraction.samples
    guard let originals = samples.samples.images else {
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
    let pictures: Pictures
    if let folder = samples.folder, !choices.seesOriginals {
      pictures = try Pictures(ImageCollection.open("\(folder)/images"))
    } else {
      pictures = try Pictures(StudyPlanner.collection(samples.samples, originals))
      if let limit = samples.samples.limit { settings.samples = .first(limit) }
    }
    return try Extractor(model, inputs: EncoderInputs(pictures, for: model), settings: settings)
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
    var settings = DiffusionSettings(
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
  func measure(_ measurement: PlannedMeasurement, _ report: @Sendable (Int, Int) -> Void) throws
    -> [String]
  {
    let inputs =
      ([measurement.model] + measurement.references).flatMap(\.inputs)
      + [measurement.masks].compactMap(\.self)
    try inputs.forEach { try $0.checkUnchanged() }
    let model = try open(measurement.model)
    let references = try measurement.references.map(open)
    var sweep = Sweep(
      models: [model], references: references, metrics: measurement.metrics.compactMap(Metric.named),
      properties: measurement.properties.compactMap { RepresentationProperty.named($0.name) },
      settings: plan.study.settings, statistics: plan.study.statistics, threads: threads)
    sweep.isPartOfTable = true
    sweep.otherMetrics = plan.study.metrics
    sweep.keepsGramMatrices = measurement.keepsGramMatrices
    sweep.settings.masks = try plan.study.masks.map { try PatchMasks(contentsOf: plan.study.resolved($0)) }
    let result = try sweep.run { report($0.done, $0.total) }
    try inputs.forEach { try $0.checkUnchanged() }
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
  func probe(_ planned: PlannedProbe, _ report: @Sendable (Int, Int) -> Void) throws -> [String] {
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

  /// A network's features, as far as they are asked for.
  private func open(_ features: PlannedFeatures) throws -> any FeatureSource {
    try SelectedFeatures(plan.study.open(features.path, as: features.network), features.selection)
  }
}
