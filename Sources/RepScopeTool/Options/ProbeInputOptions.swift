import ArgumentParser
import RepScope

/// Which features are probed, and where their labels are.
struct ProbeInputOptions: ParsableArguments {
  @Option(
    name: [.long, .customLong("train-features")], parsing: .singleValue,
    help: ArgumentHelp(
      "Features of a model: [LABEL=]PATH[#NAME]; repeat for several models. With --val-features, those to train on.",
      valueName: "path"), completion: .file())
  var features: [LabelledPath]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Validation features, where they are in files of their own; one for each --features, in their order.",
      valueName: "path"), completion: .file())
  var valFeatures: [LabelledPath] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Features of a reference, such as the encoder aligned with, whose own accuracy is drawn as a line; repeat for several.",
      valueName: "path"), completion: .file())
  var reference: [LabelledPath] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Validation features of a reference, where they are in files of their own.", valueName: "path"),
    completion: .file())
  var valReference: [LabelledPath] = []

  @Option(
    help: ArgumentHelp(
      "A CSV with a column label and a column path or index, and a column split (train, val; empty for samples left out); an "
        + "array of whole numbers; or the word folders, for the folders that the samples lie in, or archive, for the labels in "
        + "an archive's samples.csv.", valueName: "file"), completion: .file())
  var labels: String

  @Option(
    help: ArgumentHelp(
      "Labels of --val-features; by default --labels has them too, by path.", valueName: "file"),
    completion: .file())
  var valLabels: String?

  @Option(
    help: ArgumentHelp(
      "Draw this share of every class for validation, where labels have no split.", valueName: "share"))
  var valFraction: Double?

  @Option(help: ArgumentHelp("Draws the validation samples, and all else that is random.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Layers to probe, such as 1-8,12. All by default.", valueName: "list"))
  var layers: LayerList?

  @Option(help: ArgumentHelp("Time steps to probe, such as 0.1,0.5. All by default.", valueName: "list"))
  var timesteps: NumberList?

  @Option(help: ArgumentHelp("Time step of features whose names tell none.", valueName: "t"))
  var assumeTimestep: Double?

  @Option(
    help: ArgumentHelp(
      "Number of the first layer in an array [samples, layers, dimensions].", valueName: "n"))
  var firstLayer = 1

  @Option(
    help: ArgumentHelp(
      "What the second of an array's three dimensions is: layers, or patch tokens, which are averaged.",
      valueName: "kind"))
  var arrays: ImportedFeatures.Arrays = .layers

  var selection: Sweep.Selection {
    Sweep.Selection(layers: layers?.labels, timesteps: timesteps.map { Set($0.values) })
  }

  mutating func validate() throws {
    if features.isEmpty { throw ValidationError("no features: give --features PATH") }
    for (main, validation, name) in [
      (features, valFeatures, "features"), (reference, valReference, "reference"),
    ]
    where !validation.isEmpty && validation.count != main.count {
      throw ValidationError(
        "there are \(main.count) --\(name) and \(validation.count) --val-\(name); give one for each")
    }
    if valFeatures.isEmpty, !valReference.isEmpty {
      throw ValidationError("--val-reference goes with --val-features")
    }
    if !valFeatures.isEmpty, !reference.isEmpty, valReference.isEmpty {
      throw ValidationError("validation features of the reference are missing: give --val-reference")
    }
    if valFeatures.isEmpty, valLabels != nil {
      throw ValidationError("--val-labels are the labels of --val-features, which are missing")
    }
    if let valFraction {
      guard valFraction > 0, valFraction < 1 else {
        throw ValidationError("--val-fraction is \(valFraction); it lies between 0 and 1")
      }
      guard valFeatures.isEmpty else {
        throw ValidationError("--val-fraction draws from --features; --val-features are there already")
      }
    }
    guard FeatureKey.layerNumbers.contains(firstLayer) else {
      throw ValidationError("--first-layer is \(firstLayer); layers have numbers from 0 to 99999")
    }
    for t in [assumeTimestep].compactMap(\.self) + (timesteps?.values ?? []) where !(t >= 0 && t <= 1) {
      throw ValidationError("the time step \(t) is outside 0...1 (0 is clean data, 1 is pure noise)")
    }
  }

  /// Everything opened, and labels matched with samples.
  func open() throws -> (models: [ProbeInput], references: [ProbeInput]) {
    let file = try labelFile(labels)
    let validationFile = try valLabels.map(labelFile) ?? file
    var (models, others): ([any FeatureSource], [any FeatureSource]) = ([], [])
    func opened(_ path: LabelledPath, isModel: Bool) throws -> any FeatureSource {
      let source = try open(path, isModel: isModel)
      if isModel { models.append(source) } else { others.append(source) }
      return source
    }
    func inputs(_ main: [LabelledPath], _ validation: [LabelledPath], isModel: Bool) throws -> [ProbeInput] {
      try main.enumerated().map { place, path in
        let source = try opened(path, isModel: isModel)
        let own = try labels(labels, file, of: source)
        guard !validation.isEmpty else {
          return try ProbeInput(source, labels: own, validationFraction: valFraction, seed: seed)
        }
        let other = try opened(validation[place], isModel: isModel)
        return try ProbeInput(
          training: source, labels: own, validation: other,
          validationLabels: labels(valLabels ?? labels, validationFile, of: other))
      }
    }
    let result = (
      models: try inputs(features, valFeatures, isModel: true),
      references: try inputs(reference, valReference, isModel: false)
    )
    try ArrayOptions.check(firstLayer: firstLayer, arrays: arrays, models: models, others: others)
    return result
  }

  /// The label files, which must not be written over.
  var labelPaths: [String] { [labels, valLabels].compactMap(\.self).filter { !Self.words.contains($0) } }

  private static let words = ["folders", "archive"]

  private func labelFile(_ word: String) throws -> LabelFile? {
    Self.words.contains(word) ? nil : try LabelFile(word)
  }

  private func labels(_ word: String, _ file: LabelFile?, of source: any FeatureSource) throws -> SampleLabels
  {
    if let file { return try file.labels(of: source) }
    return word == "folders" ? try SampleLabels(foldersOf: source) : try SampleLabels(of: source)
  }

  private func open(_ path: LabelledPath, isModel: Bool) throws -> any FeatureSource {
    try FeatureSources.open(
      path.path,
      options: ImportedFeatures.Options(
        name: path.label, timestep: isModel ? assumeTimestep : nil, firstLayer: isModel ? firstLayer : 1,
        arrays: arrays))
  }
}
