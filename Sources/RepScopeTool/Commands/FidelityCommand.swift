import ArgumentParser
import RepScope

struct FidelityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fidelity",
    abstract: "FID, KID, precision and recall of saved features against a reference.",
    discussion: """
      PATH is a .npy, .npz, .safetensors or PyTorch file or a folder of them with features [samples, dimensions], or a \
      .npz file with mu and sigma (mu_s and sigma_s for sfid) as pytorch-fid, clean-fid and the ADM evaluator store them. \
      PATH#NAME picks one tensor, LABEL=PATH names the model. The sides may have different numbers of samples. A reference \
      of one representation is compared with all; one of several, with equal layer and time step.

      Values go into the same table as alignment: draw one against the other with \
      repscope plot --kind scatter.

      METRICS
      \(FidelityMetric.all.map { "  \($0.name)\n" + indented($0.summary) + "\n" + indented($0.source) }.joined(separator: "\n"))

      EXAMPLES
        repscope fidelity --features sit=generated.npy --reference imagenet.npz
        repscope fidelity --features sit=generated.npy --reference imagenet.npy \\
            --metric fid --metric kid --metric precision --metric recall \\
            --csv fidelity.csv
        repscope fidelity --features sit=g.npz#spatial --reference adm.npz \\
            --metric sfid
        repscope fidelity --scores sit=logits.npy --metric inception-score
      """)

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Features of generated images: [LABEL=]PATH[#NAME]; repeat for several models.", valueName: "path"),
    completion: .file())
  var features: [LabelledPath] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Features to compare with: [LABEL=]PATH[#NAME]; repeat for several.", valueName: "path"),
    completion: .file())
  var reference: [LabelledPath] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A classifier's logits or probabilities [samples, classes], for inception-score; repeat for several models.",
      valueName: "path"),
    completion: .file())
  var scores: [LabelledPath] = []

  @Option(help: ArgumentHelp("Layers to measure, such as 1-8,12. All by default.", valueName: "list"))
  var layers: LayerList?

  @Option(help: ArgumentHelp("Time steps to measure, such as 0.1,0.5. All by default.", valueName: "list"))
  var timesteps: NumberList?

  @OptionGroup(title: "Metrics") var metrics: FidelityMetricOptions
  @OptionGroup(title: "Outputs") var output: TableOutputOptions
  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws {
    try output.look.check(isDrawn: output.plot != nil)
    let metrics = try self.metrics.metrics()
    if metrics.contains(where: { $0.input != .scores }) {
      if features.isEmpty { throw ValidationError("no features: give --features PATH") }
      if reference.isEmpty { throw ValidationError("no reference: give --reference PATH") }
    }
    if metrics.contains(where: { $0.input == .scores }), scores.isEmpty {
      throw ValidationError("inception-score needs --scores PATH, a classifier's logits or probabilities")
    }
    if !scores.isEmpty, !metrics.contains(where: { $0.input == .scores }) {
      throw ValidationError("--scores is for --metric inception-score")
    }
    if !metrics.contains(where: { $0.input != .scores }) {
      let ofFeatures = [
        ("--features", !features.isEmpty), ("--reference", !reference.isEmpty), ("--layers", layers != nil),
        ("--timesteps", timesteps != nil),
      ]
      if let option = ofFeatures.first(where: \.1) {
        throw ValidationError(
          "\(option.0) is about features, and inception-score is measured of --scores alone")
      }
    }
    for t in timesteps?.values ?? [] where !(t >= 0 && t <= 1) {
      throw ValidationError("the time step \(t) is outside 0...1 (0 is clean data, 1 is pure noise)")
    }
  }

  func run() throws {
    func source(_ labelled: LabelledPath) throws -> FidelitySource {
      try FidelitySource.open(labelled.path, options: ImportedFeatures.Options(name: labelled.label))
    }
    let models = try features.map(source)
    let references = try reference.map(source)
    let scores = try scores.map { try $0.open(nil) }
    let metrics = try self.metrics.metrics()
    try output.check(
      metrics: metrics.map(\.name), sources: [],
      inputs: (models + references).map(\.path) + scores.map(\.path))
    let path = models.first?.path ?? scores.first?.path ?? ""
    try output.checkAbscissa(models.flatMap(\.keys) + scores.flatMap(\.keys), of: path)
    let sweep = FidelitySweep(
      models: models, references: references, scores: scores, metrics: metrics,
      settings: self.metrics.settings,
      selection: Sweep.Selection(layers: layers?.labels, timesteps: timesteps.map { Set($0.values) }),
      threads: threads.value)
    let bar = ProgressBar(counting: "representations")
    defer { bar.finish() }
    let result = try sweep.run { bar.show($0.done, of: $0.total, $0.latest) }
    bar.finish()
    for warning in result.warnings { Console.warning(warning) }
    try output.write(result.table)
  }
}
