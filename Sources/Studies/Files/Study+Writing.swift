import Alignment
import Curves
import Features
import Probing

extension Study {
  /// The experiment file with every default written out and every path from the root: what a run used.
  public var yaml: String {
    var text = YAMLText()
    text.line("name", name)
    if !notes.isEmpty { text.line("notes", notes) }
    if let data {
      text.section("data") { text in
        text.add(data.samples, resolved)
        text.line("vae", data.vae.map(resolved))
        text.line("resolution", data.resolution)
        if let training = data.training { text.section("training") { $0.add(training, resolved) } }
      }
    }
    text.line("timesteps", list: timesteps)
    text.line("layers", Self.text(of: layers))
    text.line("seed", seed)
    text.section("settings") { text in
      text.line("k", settings.k)
      text.line("sigma", settings.sigma.text)
      text.line("components", settings.components)
      text.line("discard", settings.discard)
      text.line("far-distance", settings.patchDistances.far)
      text.line("decay-distance", settings.patchDistances.decay)
      text.line("near-distance", settings.patchDistances.near)
      text.line("background-distance", settings.patchDistances.background)
      text.line("grid", settings.patchDistances.grid.map { "\($0.rows)x\($0.columns)" })
      text.line("masks", masks.map(resolved))
      text.line("normalize", settings.normalization.rawValue)
      text.line("epsilon", settings.epsilon)
      text.line("tau", settings.tau)
      text.line("candidates", settings.candidates.rawValue)
      switch settings.clamp {
      case .none: text.line("clamp", "none")
      case .mean(let quantile):
        text.line("clamp", "mean")
        text.line("clamp-quantile", quantile)
      case .exact(let quantile):
        text.line("clamp", "exact")
        text.line("clamp-quantile", quantile)
      }
    }
    text.line("metrics", list: metrics.map(\.name) + properties.map(\.name))
    text.section("statistics") { $0.add(statistics) }
    text.items("probes", probes) { $0.add($1) }
    text.items("models", models) { $0.add($1, resolved) }
    text.items("references", references) { $0.add($1, resolved) }
    text.items("figures", figures) { $0.add($1) }
    return text.text
  }

  /// A path of the experiment file, from the file's own folder.
  func resolved(_ path: String) -> String {
    path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
  }

  fileprivate static func text(of layers: Set<LayerLabel>?) -> String {
    layers.map { $0.sorted().map(\.description).joined(separator: ",") } ?? "all"
  }
}

/// Lines of YAML.
private struct YAMLText {
  private(set) var text = ""
  private var indent = ""
  /// What stands before the next line in place of its indent: a list's dash.
  private var dash: String?

  mutating func line(_ key: String, _ value: (some CustomStringConvertible)?) {
    guard let value else { return }
    write("\(key): \(Self.quoted(value))")
  }

  mutating func line(_ key: String, list: [some CustomStringConvertible]) {
    write("\(key): [\(list.map { Self.quoted($0) }.joined(separator: ", "))]")
  }

  mutating func section(_ key: String, _ body: (inout YAMLText) -> Void) {
    write("\(key):")
    indent += "  "
    body(&self)
    indent.removeLast(2)
  }

  mutating func items<Item>(_ key: String, _ items: [Item], _ body: (inout YAMLText, Item) -> Void) {
    guard !items.isEmpty else { return }
    write("\(key):")
    indent += "    "
    for item in items {
      dash = String(indent.dropLast(2)) + "- "
      body(&self, item)
    }
    indent.removeLast(4)
  }

  private mutating func write(_ line: String) {
    text += (dash ?? indent) + line + "\n"
    dash = nil
  }

  /// Numbers as they are, texts in quotes, which YAML reads the same way as JSON.
  private static func quoted(_ value: some CustomStringConvertible) -> String {
    guard let text = value as? String else { return value.description }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension YAMLText {
  fileprivate mutating func add(_ samples: Study.Samples, _ resolved: (String) -> String) {
    line("images", samples.images.map(resolved))
    line("split", samples.split)
    line("latents", samples.latents.map(resolved))
    line("labels", samples.labels.map(resolved))
    line("limit", samples.limit)
  }

  fileprivate mutating func add(_ network: Study.Network, _ resolved: (String) -> String) {
    line("name", network.name)
    switch network.source {
    case .checkpoint(let path, let options):
      line("checkpoint", resolved(path))
      for (name, value) in options.sorted(by: { $0.key < $1.key }) { line(name, value) }
    case .features(let path): line("features", resolved(path))
    }
    line("step", network.step)
    if let timesteps = network.timesteps { line("timesteps", list: timesteps) }
    if let layers = network.layers { line("layers", Study.text(of: layers.labels)) }
    line("size", network.size)
  }

  fileprivate mutating func add(_ figure: Study.Figure) {
    line("file", figure.file)
    line("kind", figure.kind.rawValue)
    line("metric", list: figure.metrics)
    if figure.kind == .line { line("x", figure.abscissa.rawValue) }
    line("best", figure.showsBestLayers)
    line("against", figure.against)
    line("points", figure.points?.rawValue)
    line("panels", figure.panels?.rawValue)
    line("title", figure.title)
    if !figure.models.isEmpty { line("models", list: figure.models) }
    if !figure.references.isEmpty { line("references", list: figure.references) }
    if !figure.timesteps.isEmpty { line("timesteps", list: figure.timesteps) }
    if !figure.published.isEmpty { line("published", list: figure.published) }
    line("theme", figure.theme.name)
    line("width", figure.width)
    line("height", figure.height)
  }

  fileprivate mutating func add(_ statistics: Sweep.Statistics) {
    line("permutations", statistics.permutations)
    line("alpha", statistics.alpha)
    if !statistics.aggregates.isEmpty { line("aggregate", list: statistics.aggregates.map(\.rawValue)) }
    line("fdr", statistics.falseDiscoveryRate)
    line("intervals", statistics.intervals?.rawValue)
    line("resamples", statistics.resamples)
    line("confidence", statistics.confidence)
    if !statistics.sampleSizes.isEmpty { line("sample-sizes", list: statistics.sampleSizes) }
    line("seed", statistics.seed)
  }

  fileprivate mutating func add(_ probe: ProbeProtocol) {
    line("protocol", probe.name)
    switch probe {
    case .logistic(let probe):
      line("c", list: probe.cs)
      line("standardize", probe.standardize)
      line("holdout", probe.holdout)
      line("max-iterations", probe.maximumIterations)
      line("seed", probe.seed)
    case .ridge(let probe):
      line("lambda", list: probe.lambdas)
      line("standardize", probe.standardize)
    case .gradient(let probe):
      line("batch-size", probe.batchSize)
      line("epochs", probe.epochs)
      line("learning-rate", probe.learningRate)
      line("warmup-epochs", probe.warmupEpochs)
      line("weight-decay", probe.weightDecay)
      line("seed", probe.seed)
    case .neighbors(let probe):
      line("k", probe.k)
      line("temperature", probe.temperature)
    }
  }
}
