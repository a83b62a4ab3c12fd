import Alignment
import Curves
import Features
import Probing
import Files
import Foundation
internal import Yams

extension Study {
  /// Reads an experiment file.
  ///
  /// - Throws: ``StudyFileError`` with everything that is wrong in it, each with line and column; `FileError` where it cannot
  ///   be read.
  public init(contentsOf path: String) throws {
    let bytes = try WholeFile.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let problem = StudyProblem(line: 1, column: 1, key: "", message: "the file is not UTF-8 text")
      throw StudyFileError(file: path, problems: [problem])
    }
    self = try Study(text, file: path, folder: URL(filePath: path).deletingLastPathComponent().path)
  }

  /// Reads an experiment file's text.
  ///
  /// - Parameters:
  ///   - text: The experiment file, YAML.
  ///   - file: What errors call it.
  ///   - folder: Where its paths start.
  /// - Throws: ``StudyFileError``
  public init(_ text: String, file: String, folder: String) throws {
    let problems = ProblemList()
    let root: Node
    do {
      root = try Yams.compose(yaml: text) ?? Node([(Node, Node)]())
    } catch {
      throw StudyFileError(file: file, problems: [StudyProblem(error)])
    }
    let study = problems.section(YAMLPlace(node: root, key: "")) { Study($0, folder: folder) }
    guard let study, problems.problems.isEmpty else {
      throw StudyFileError(file: file, problems: problems.problems)
    }
    self = study
  }

  private init(_ top: YAMLSection, folder: String) {
    self.folder = folder
    name = top.string("name") ?? "Study"
    notes = top.string("notes") ?? ""
    data = top.section("data", Data.init)
    timesteps = top.distinctNumbers("timesteps", in: 0...1) ?? [0.5]
    layers = top.layers("layers")?.labels
    seed = UInt64(top.integer("seed", in: 0...Int.max) ?? 20_241_009)
    models = top.sections("models", Network.init) ?? []
    references = top.sections("references", Network.init) ?? []
    let names = top.metricNames("metrics") ?? (references.isEmpty ? [] : ["cknna"])
    metrics = names.compactMap(Metric.named)
    properties = names.compactMap(RepresentationProperty.named)
    (settings, masks) =
      top.section("settings") { (AlignmentSettings($0), $0.string("masks")) } ?? (AlignmentSettings(), nil)
    statistics = top.section("statistics", Sweep.Statistics.init) ?? Sweep.Statistics()
    probes = top.sections("probes", ProbeProtocol.init) ?? []
    let theme = top.theme ?? .light
    figures = top.sections("figures") { Figure($0, theme: theme) } ?? []
    check(top)
  }

  /// What no single key can tell.
  private func check(_ top: YAMLSection) {
    if models.isEmpty {
      top.problem("models", "there is no model; expected a list, each with name and checkpoint or features")
    }
    for (list, networks) in [("models", models), ("references", references)] {
      let isExtracted = networks.contains { if case .checkpoint = $0.source { true } else { false } }
      if isExtracted, data == nil {
        top.problem(list, "a checkpoint needs data: add a section data with images or latents")
      }
    }
    let names = metrics.map(\.name) + properties.map(\.name) + probes.map(\.metric)
    for figure in figures {
      for metric in figure.metrics + [figure.against].compactMap(\.self) where !names.contains(metric) {
        top.problem(
          "figures",
          "\(figure.file) draws \(metric), which is not measured; measured are \(names.joined(separator: ", "))"
        )
      }
    }
    if !metrics.isEmpty, references.isEmpty {
      top.problem("references", "\(metrics[0].name) compares with references, and there are none")
    }
    checkMeasurements(top)
    checkNames(top)
    checkFigures(top)
    if !probes.isEmpty, data?.training == nil {
      top.problem("probes", "probes learn from training samples: add training to the section data")
    }
    let files = figures.map(\.file)
    for file in Set(files) where files.count(where: { $0 == file }) > 1 {
      top.problem("figures", "two figures are called \(file)")
    }
  }
}

extension Study.Data {
  init(_ section: YAMLSection) {
    samples = Study.Samples(section)
    vae = section.string("vae")
    resolution = section.integer("resolution", in: 1...8192)
    training = section.section("training", Study.Samples.init)
    if resolution != nil, samples.images == nil, training?.images == nil {
      section.problem(
        "resolution", "pictures are cropped to it, and there are none: latents are taken as they are")
    } else if resolution != nil, vae == nil {
      section.problem("resolution", "pictures are cropped to it for the vae, and there is none")
    }
  }
}

extension Study.Samples {
  init(_ section: YAMLSection) {
    images = section.string("images")
    split = section.string("split")
    latents = section.string("latents")
    labels = section.string("labels")
    limit = section.integer("limit", in: 1...Int.max)
    if images != nil, latents != nil {
      section.problem("latents", "images and latents exclude each other: latents are made of the images")
    }
    if images == nil, latents == nil { section.problem("images", "there are neither images nor latents") }
    if images == nil, latents != nil, split != nil {
      section.problem("split", "it picks rows of a list of images, and there are latents")
    }
  }
}

extension Study.Network {
  init?(_ section: YAMLSection) {
    let checkpoint = section.string("checkpoint")
    let features = section.string("features")
    var options: [String: String] = [:]
    for name in NetworkChoices.names {
      if let value = section.string(name) { options[name] = value }
    }
    _ = NetworkChoices(options) { name, expected in
      section.problem(name, "found \(options[name] ?? ""), expected \(expected)")
    }
    if checkpoint == nil, let (name, _) = options.first {
      section.problem(name, "this is for checkpoints, and there is none here")
    }
    step = section.integer("step", in: 0...Int.max)
    timesteps = section.distinctNumbers("timesteps", in: 0...1)
    layers = section.layers("layers")
    size = section.number("size", in: Double.leastNonzeroMagnitude...1e9)
    name = section.requiredString("name") ?? ""
    switch (checkpoint, features) {
    case (let checkpoint?, nil): source = .checkpoint(checkpoint, options: options)
    case (nil, let features?): source = .features(features)
    case (nil, nil):
      section.problem("checkpoint", "\(name.isEmpty ? "it" : name) has neither checkpoint nor features")
      return nil
    case (_?, _?):
      section.problem("features", "checkpoint and features exclude each other")
      return nil
    }
  }
}

extension AlignmentSettings {
  fileprivate init(_ section: YAMLSection) {
    self.init()
    k = section.integer("k") ?? k
    if let text = section.string("sigma") {
      if let width = KernelWidth(text: text) {
        sigma = width
      } else {
        section.problem("sigma", "found \(text), expected a positive number, median or median:0.5")
      }
    }
    var distances = PatchDistances()
    distances.far = section.integer("far-distance") ?? distances.far
    distances.decay = section.integer("decay-distance") ?? distances.decay
    distances.near = section.integer("near-distance") ?? distances.near
    distances.background = section.integer("background-distance") ?? distances.background
    if let text = section.string("grid") {
      distances.grid = PatchGrid(text: text)
      if distances.grid == nil {
        section.problem("grid", "found \(text), expected rows x columns such as 16x16")
      }
    }
    patchDistances = distances
    components = section.integer("components") ?? components
    discard = section.number("discard") ?? discard
    normalization =
      section.choice("normalize", Normalization.allCases.map { ($0.rawValue, $0) }) ?? normalization
    epsilon = section.number("epsilon") ?? epsilon
    tau = section.number("tau") ?? tau
    candidates =
      section.choice("candidates", TokenCandidates.allCases.map { ($0.rawValue, $0) }) ?? candidates
    let quantile = section.number("clamp-quantile")
    clamp =
      section.choice(
        "clamp",
        [
          ("none", .none), ("mean", .mean(quantile: quantile ?? 0.95)),
          ("exact", .exact(quantile: quantile ?? 0.95)),
        ]) ?? clamp
    if quantile != nil, clamp == .none {
      section.problem("clamp-quantile", "it needs clamp: mean or clamp: exact")
    }
    section.report(problems())
  }
}

extension YAMLSection {
  fileprivate func layers(_ name: String) -> Study.LayerChoice? {
    guard let place = value(name) else { return nil }
    let items = place.node.sequence?.map(\.scalar?.string)
    let text =
      items.map { $0.contains(nil) ? "" : $0.compactMap(\.self).joined(separator: ",") }
      ?? place.node.scalar?.string
    if text == "all" { return .all }
    guard let text, let labels = LayerLabel.list(text) else {
      problem(name, "found \(place.node.kind), expected all or layers such as 1-8,12,final")
      return nil
    }
    return .some(labels)
  }

  /// Names of alignment metrics and of properties.
  fileprivate func metricNames(_ name: String) -> [String]? {
    let all = MetricDescriptions.all.map { ($0.name, $0.name) }
    return list(name).map { distinct($0.compactMap { choice($0, all) }) }
  }
}

extension StudyProblem {
  /// What the YAML parser could not read.
  fileprivate init(_ error: any Error) {
    guard let error = error as? YamlError else {
      self.init(line: 1, column: 1, key: "", message: "\(error)")
      return
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, column: mark.column, key: "", message: "this is no YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        line: context.mark.line, column: context.mark.column, key: duplicates.joined(separator: ", "),
        message: "the key is there twice")
    default: self.init(line: 1, column: 1, key: "", message: "this is no YAML: \(error)")
    }
  }
}
