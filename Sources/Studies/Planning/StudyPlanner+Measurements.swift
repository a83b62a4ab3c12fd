import Alignment
import Curves
import Features
import Files
import Probing

/// What a study measures and draws, and what of it is there.
extension StudyPlanner {
  mutating func planMeasurement(of model: PlannedFeatures, against references: [PlannedFeatures]) {
    /// References by the metrics that are missing: those that share them share a run, and so their preparation.
    var missing: [[String]: [(PlannedFeatures, [String])]] = [:]
    var order: [[String]] = []
    var outputs: [String] = []
    // Of the whole study, not of what is left of it: else an interrupted run would have other last digits.
    let keepsGramMatrices = GramRole.pays(
      for: study.metrics, settings: study.settings, samples: model.size.samples,
      references: references.reduce(0) { $0 + $1.size.representations })
    for reference in references {
      var names: [String] = []
      var places: [String] = []
      for metric in study.metrics {
        let key = Fingerprint.of([
          "measurement 3", model.key, model.network.name, reference.key, reference.network.name, metric.name,
          metric.parameters(study.settings), reading(of: model), reading(of: reference),
          "\(study.statistics)", keepsGramMatrices && metric.sumsGramMatrices ? "Gram matrices" : "",
        ])
        let piece = folder.measurements(key)
        pieces.append(StudyPlan.Piece(path: piece, metric: metric.name))
        outputs.append(piece)
        if !StudyFolder.exists(piece) {
          names.append(metric.name)
          places.append(piece)
        }
      }
      // A study may be for its archives alone.
      if !(study.metrics.isEmpty && study.properties.isEmpty && study.probes.isEmpty) {
        for features in [model, reference] { note(features, isNeeded: !names.isEmpty) }
      }
      guard !names.isEmpty else { continue }
      if missing[names] == nil { order.append(names) }
      missing[names, default: []].append((reference, places))
    }
    let properties = planProperties(of: model)
    outputs += properties.map(\.piece)
    let lacking = properties.filter { !StudyFolder.exists($0.piece) }
    if !properties.isEmpty { note(model, isNeeded: !lacking.isEmpty) }
    if !lacking.isEmpty, order.isEmpty {
      order.append([])
      missing[[]] = []
    }
    if order.isEmpty, !outputs.isEmpty {
      let metrics = (study.metrics.map(\.name) + study.properties.map(\.name)).joined(separator: ", ")
      add(.measure, "\(model.network.name): \(metrics)", isDone: true, .none, makes: outputs, nil)
    }
    for (place, names) in order.enumerated() {
      let group = missing[names] ?? []
      // They ride along with the first run.
      let properties = place == 0 ? lacking : []
      let what = (names + properties.map(\.name)).joined(separator: ", ")
      let with = group.isEmpty ? "" : " with \(group.map(\.0.network.name).joined(separator: ", "))"
      add(
        .measure, "\(model.network.name): \(what)\(with)", isDone: false,
        .measurement(
          of: model.size, against: group.map(\.0.size), metrics: names.compactMap(Metric.named),
          properties: properties.compactMap { RepresentationProperty.named($0.name) },
          keepsGramMatrices: keepsGramMatrices, study: study),
        makes: group.flatMap(\.1) + properties.map(\.piece),
        .measure(
          PlannedMeasurement(
            model: model, references: group.map(\.0), metrics: names, pieces: group.map(\.1),
            properties: properties, masks: masks, keepsGramMatrices: keepsGramMatrices)))
    }
  }

  /// The properties of a model, and where they go.
  private mutating func planProperties(of model: PlannedFeatures) -> [(name: String, piece: String)] {
    let properties = study.properties.map { property in
      let key = Fingerprint.of([
        "property 3", model.key, model.network.name, property.name, property.parameters(study.settings),
        masks?.fingerprint ?? "", study.masks.flatMap { FeaturePath.split(study.resolved($0)).tensor } ?? "",
        reading(of: model), "\(study.statistics.sampleSizes)",
        study.statistics.sampleSizes.isEmpty ? "" : "\(study.statistics.seed)",
      ])
      return (name: property.name, piece: folder.measurements(key))
    }
    pieces += properties.map { StudyPlan.Piece(path: $0.piece, metric: $0.name) }
    return properties
  }

  mutating func planProbe(
    _ probe: ProbeProtocol, training: PlannedFeatures, validation: PlannedFeatures, classes: Int
  ) {
    let path = folder.measurements(
      Fingerprint.of([
        "probe 2", training.key, validation.key, validation.network.name, probe.parameters,
        reading(of: validation),
      ]))
    let piece = StudyPlan.Piece(path: path, metric: probe.metric)
    guard !pieces.contains(piece) else { return }
    pieces.append(piece)
    for features in [training, validation] { note(features, isNeeded: !StudyFolder.exists(path)) }
    add(
      .probe, "\(validation.network.name): \(probe.name)", isDone: StudyFolder.exists(path),
      .probe(probe, training: training.size, validation: validation.size, classes: classes), makes: [path],
      .probe(PlannedProbe(training: training, validation: validation, probe: probe, piece: path)))
  }

  /// What is taken of a network's features, and how they are read: a change of it makes another measurement.
  private func reading(of features: PlannedFeatures) -> String {
    let selection = features.selection
    let layers = selection.layers.map { $0.sorted().description } ?? "all"
    let timesteps = selection.timesteps.map { $0.sorted().description } ?? "all"
    return "\(layers) \(timesteps) \(features.network.step ?? -1) \(study.readsTokens)"
  }

  /// A figure depends on the measurements of the metrics that it draws, and where false discoveries are controlled on all.
  mutating func planFigure(_ figure: Study.Figure) throws {
    let figure = try study.completed(figure)
    let drawn = Set(figure.metrics + [figure.against].compactMap(\.self))
    let isAlone = study.statistics.falseDiscoveryRate == nil
    let shown = pieces.filter { !isAlone || drawn.contains($0.metric) }
    let key = Fingerprint.of(["figure 3", repscopeVersion, "\(figure)"] + shown.map(\.name))
    // A piece was removed to be measured again: it may then be something else.
    let isMeasured = shown.allSatisfy { StudyFolder.exists($0.path) }
    let marker = (try? WholeFile.read(folder.figureKey(figure.file))).map {
      String(decoding: $0, as: UTF8.self)
    }
    let files = folder.figureFiles(figure.file)
    add(
      .draw, "\(figure.file): \(figure.summary)",
      isDone: isMeasured && marker == key && files.allSatisfy(StudyFolder.exists), .figure, makes: files,
      .draw(figure, key: key))
  }
}
