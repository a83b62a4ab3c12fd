import Alignment
import Extraction
import Features
import Files
import Foundation
import Images
import Models
import Probing

/// Finds out what a study needs: looks at every file, opens no weights.
struct StudyPlanner {
  let study: Study
  let folder: StudyFolder

  private var steps: [(StudyPlan.Step, StudyWork?)] = []
  /// Identifies the masks.
  private var masksKey = ""
  /// The files of all measurements, those that are there and those to come.
  private var pieces: [String] = []
  /// Extractions that are planned already: the same checkpoint may be a model and a reference.
  private var planned: [String: PlannedFeatures] = [:]

  init(_ study: Study, output: String) {
    self.study = study
    folder = StudyFolder(path: output)
  }

  static func plan(_ study: Study, output: String) throws -> StudyPlan {
    var planner = StudyPlanner(study, output: output)
    try planner.planAll()
    return StudyPlan(
      study: study, steps: planner.steps.map(\.0), folder: planner.folder, work: planner.steps.map(\.1),
      pieces: planner.pieces)
  }

  private mutating func planAll() throws {
    masksKey = try study.masks.map { try Fingerprint.of(path: fileOf(study.resolved($0))) } ?? ""
    let samples = try study.data.map { try plan($0.samples, of: $0) }
    let models = try study.models.map { try features(of: $0, samples) }
    let references = try study.references.map { try features(of: $0, samples) }
    try Self.check(study, models + references, samples: samples)
    try Self.checkNames(study, models)
    for model in models { planMeasurement(of: model, against: references) }
    if !study.probes.isEmpty, let data = study.data, let training = data.training {
      let training = try plan(training, of: data)
      for validation in models + references {
        let features = try features(of: validation.network, training, isTraining: true)
        for probe in study.probes { planProbe(probe, training: features, validation: validation) }
      }
    }
    for figure in study.figures { planFigure(figure, measurements: Fingerprint.of(pieces)) }
  }

  // MARK: Samples

  private mutating func plan(_ samples: Study.Samples, of data: Study.Data) throws -> PlannedSamples {
    var samples = samples
    samples.images = samples.images.map(study.resolved)
    samples.latents = samples.latents.map(study.resolved)
    samples.labels = samples.labels.map(study.resolved)
    let vae = data.vae.map(study.resolved)
    var parts = ["samples", samples.split ?? "", "\(samples.limit ?? 0)", "\(data.resolution ?? 0)"]
    for path in [samples.images, samples.labels].compactMap(\.self) {
      parts.append(try Fingerprint.of(path: path))
    }
    if let latents = samples.latents { parts.append(try Fingerprint.of(path: fileOf(latents))) }
    if let vae { parts.append(try Fingerprint.of(path: vae)) }
    let key = Fingerprint.of(parts)
    let makesLatents = samples.images != nil && vae != nil
    let planned = PlannedSamples(
      samples: samples, key: key, count: try count(samples),
      folder: makesLatents ? folder.preprocessed(key) : nil,
      vae: vae, resolution: data.resolution)
    if let place = planned.folder {
      let operations = try vae.map { Double(try ModelKind($0).floatingPointOperations) } ?? 0
      let side = Double(data.resolution ?? 256)
      add(
        .preprocess, "\(planned.count) pictures to latents",
        isDone: StudyFolder.exists("\(place)/vae-sd/dataset.json"),
        operations: operations * Double(planned.count), bytes: Double(planned.count) * side * side * 3,
        .preprocess(planned))
    }
    return planned
  }

  private func count(_ samples: Study.Samples) throws -> Int {
    let all =
      if let images = samples.images {
        try Self.collection(samples, images).count
      } else if let latents = samples.latents {
        try Latents(latents).samples.count
      } else { 0 }
    return min(samples.limit ?? all, all)
  }

  static func collection(_ samples: Study.Samples, _ images: String) throws -> ImageCollection {
    try .open(images, labels: samples.labels, rows: samples.split.map { ("split", $0) })
  }

  /// `PATH` of `PATH#NAME`.
  private func fileOf(_ specification: String) -> String {
    FileManager.default.fileExists(atPath: specification)
      ? specification : String(specification.split(separator: "#", maxSplits: 1)[0])
  }

  // MARK: Features

  private mutating func features(
    of network: Study.Network, _ samples: PlannedSamples?, isTraining: Bool = false
  ) throws -> PlannedFeatures {
    switch network.source {
    case .features(let path):
      guard !isTraining else {
        throw StudyError(
          .noData, path: path, "probes need training features of \(network.name) too; give its checkpoint")
      }
      let path = study.resolved(path)
      let key = Fingerprint.of([
        "features", try Fingerprint.of(path: fileOf(path)), String(path.dropFirst(fileOf(path).count)),
      ])
      return PlannedFeatures(network: network, key: key, path: path, representations: nil)
    case .checkpoint(let path, let options):
      guard let samples else {
        throw StudyError(
          .noData, path: path, "\(network.name) is a checkpoint, and the study has no data for it")
      }
      return try extraction(of: network, study.resolved(path), options, samples, isTraining)
    }
  }

  private mutating func extraction(
    of network: Study.Network, _ path: String, _ options: [String: String], _ samples: PlannedSamples,
    _ isTraining: Bool
  ) throws -> PlannedFeatures {
    let choices = NetworkChoices(options)
    let kind = try ModelKind(path, options: choices.diffusion, encoder: choices.encoder)
    try Self.check(network, options: options, against: kind, path: path)
    let timesteps = network.timesteps ?? study.timesteps
    var parts = [
      "extraction 1", try Fingerprint.of(path: path), samples.key,
      "\(noiseSeed(isTraining: isTraining))",
      options.sorted { $0.key < $1.key }.description,
    ]
    let layers = network.layers.map(\.labels) ?? study.layers
    parts.append(layers.map { $0.sorted().description } ?? "all")
    let (representations, width, operations): (Int, Int, Double)
    switch kind {
    case .diffusionTransformer(let configuration):
      parts.append("\(timesteps)")
      let count = layers?.count ?? configuration.depth
      representations = count * timesteps.count
      width = configuration.width
      operations = Double(configuration.floatingPointOperations * timesteps.count)
    case .visionTransformer(let configuration):
      representations = network.layers?.labels?.count ?? 1
      width = configuration.width
      operations = Double(configuration.floatingPointOperations)
    case .autoencoder:
      throw StudyError(
        .notANetwork, path: path, "it is a VAE; a model is a diffusion transformer or a vision encoder")
    }
    let key = Fingerprint.of(parts)
    if let known = planned[key] {
      return PlannedFeatures(network: network, key: key, path: known.path, representations: representations)
    }
    let features = PlannedFeatures(
      network: network, key: key, path: folder.archive(network.name, key), representations: representations)
    planned[key] = features
    let size = Double(samples.count * representations * width * 4)
    add(
      .extract,
      "\(network.name): \(representations) representations of \(samples.count) \(isTraining ? "training " : "")samples",
      isDone: (try? FeatureArchive(features.path)) != nil, operations: operations * Double(samples.count),
      bytes: size,
      .extract(
        PlannedExtraction(
          features: features, samples: samples, checkpoint: path, noiseSeed: noiseSeed(isTraining: isTraining)
        )))
    return features
  }

  /// Training and validation samples must not share their noise: where both lists go through the classes in the same order,
  /// a probe would learn classes from it.
  private func noiseSeed(isTraining: Bool) -> UInt64 { isTraining ? study.seed &+ 1 : study.seed }

  // MARK: Measurements and figures

  private mutating func planMeasurement(of model: PlannedFeatures, against references: [PlannedFeatures]) {
    /// References by the metrics that are missing: those that share them share a run, and so their preparation.
    var missing: [[String]: [(PlannedFeatures, [String])]] = [:]
    var order: [[String]] = []
    for reference in references {
      var names: [String] = []
      var pieces: [String] = []
      for metric in study.metrics {
        let key = Fingerprint.of([
          "measurement 1", model.key, model.network.name, reference.key, reference.network.name, metric.name,
          metric.parameters(study.settings),
          selectionText(of: model), "\(study.statistics)",
        ])
        let piece = folder.measurements(key)
        self.pieces.append(piece)
        if !StudyFolder.exists(piece) {
          names.append(metric.name)
          pieces.append(piece)
        }
      }
      guard !names.isEmpty else { continue }
      if missing[names] == nil { order.append(names) }
      missing[names, default: []].append((reference, pieces))
    }
    let properties = missingProperties(of: model)
    if !properties.isEmpty, order.isEmpty {
      order.append([])
      missing[[]] = []
    }
    let metrics = (study.metrics.map(\.name) + study.properties.map(\.name)).joined(separator: ", ")
    if order.isEmpty {
      add(.measure, "\(model.network.name): \(metrics)", isDone: true, operations: 0, bytes: 0, nil)
    }
    for (place, names) in order.enumerated() {
      let group = missing[names] ?? []
      // They ride along with the first run.
      let properties = place == 0 ? properties : []
      let what = (names + properties.map(\.name)).joined(separator: ", ")
      let with = group.isEmpty ? "" : " with \(group.map(\.0.network.name).joined(separator: ", "))"
      let count = Double(model.representations ?? 1)
      let samples = Double(study.data?.samples.limit ?? 10_000)
      // A neighbor graph is half a Gram matrix; moments cost about the same again.
      let operations = count * samples * samples * 1024 * 1.2
      add(
        .measure,
        "\(model.network.name): \(what)\(with)",
        isDone: false, operations: operations, bytes: 200 * count * Double(names.count * group.count),
        .measure(
          PlannedMeasurement(
            model: model, references: group.map(\.0), metrics: names, pieces: group.map(\.1),
            properties: properties)))
    }
  }

  /// The properties that are not there yet, and where they go.
  private mutating func missingProperties(of model: PlannedFeatures) -> [(name: String, piece: String)] {
    study.properties.compactMap { property in
      let piece = folder.measurements(
        Fingerprint.of([
          "property 1", model.key, model.network.name, property.name, property.parameters(study.settings),
          masksKey,
          selectionText(of: model),
        ]))
      pieces.append(piece)
      return StudyFolder.exists(piece) ? nil : (property.name, piece)
    }
  }

  private mutating func planProbe(
    _ probe: ProbeProtocol, training: PlannedFeatures, validation: PlannedFeatures
  ) {
    let piece = folder.measurements(
      Fingerprint.of([
        "probe 1", training.key, validation.key, validation.network.name, probe.parameters,
        selectionText(of: validation),
      ]))
    guard !pieces.contains(piece) else { return }
    pieces.append(piece)
    add(
      .probe, "\(validation.network.name): \(probe.name)", isDone: StudyFolder.exists(piece), operations: 0,
      bytes: 10_000,
      .probe(PlannedProbe(training: training, validation: validation, probe: probe, piece: piece)))
  }

  /// What is measured of a network's features, and how they are read: a change of it makes another measurement.
  private func selectionText(of features: PlannedFeatures) -> String {
    let network = features.network
    let layers = (network.layers.map(\.labels) ?? study.layers).map { $0.sorted().description } ?? "all"
    return "\(layers) \(network.timesteps ?? []) \(network.step ?? -1) \(study.readsTokens)"
  }

  private mutating func planFigure(_ figure: Study.Figure, measurements: String) {
    let key = Fingerprint.of(["figure 1", measurements, "\(figure)"])
    let isDone =
      (try? AtomicFile.read(folder.figureKey(figure.file))).map { String(decoding: $0, as: UTF8.self) } == key
    add(
      .draw, "\(figure.file): \(figure.kind.rawValue) of \(figure.metric)", isDone: isDone, operations: 0,
      bytes: 200_000,
      .draw(figure, key: key))
  }

  private mutating func add(
    _ kind: StudyPlan.Step.Kind, _ title: String, isDone: Bool, operations: Double, bytes: Double,
    _ work: StudyWork?
  ) {
    steps.append(
      (StudyPlan.Step(kind: kind, title: title, isDone: isDone, operations: operations, bytes: bytes), work))
  }
}
