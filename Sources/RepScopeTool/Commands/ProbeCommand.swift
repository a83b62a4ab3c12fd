import ArgumentParser
import RepScope

struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "What a classifier on frozen features can tell, by layer and time step.",
    discussion: """
      Trains a linear classifier, or looks at nearest neighbors, on every layer and time step, and tests it on validation samples. \
      The table has one row each: top-1 accuracy with its Wilson interval. Patch tokens are averaged first.

      PROTOCOLS
        logistic     multinomial logistic regression to its minimum, by L-BFGS
        ridge        least squares on one-hot labels, the penalty by leave-one-out
        repa         REPA's: batch norm without parameters, Adam, 90 epochs
        repa-affine  the same, with the batch norm of issue 32 of REPA's repository
        l-dae        l-DAE's: the same as repa at 6.4 times its learning rate
        mae          MAE's: LARS with warm-up
        sgd          SGD in small batches, for small sets
        knn          DINO's weighted k-NN classifier

      EXAMPLES
        repscope probe --features sit/ --labels labels.csv --plot accuracy.png
        repscope probe --features sit/ --labels folders --val-fraction 0.2 \\
            --protocol ridge --layers 1-8 --timesteps 0.5 --csv table.csv
        repscope probe --train-features train.npz --val-features val.npz \\
            --labels train.npy --val-labels val.npy --protocol repa
        repscope probe --features sit/ --reference dinov2/ \\
            --labels labels.csv --protocol knn --k 10 --confusion confusion.csv
      """)

  @OptionGroup(title: "Inputs") var inputs: ProbeInputOptions
  @OptionGroup(title: "Protocol") var settings: ProtocolOptions

  @Flag(name: .customLong("top5"), help: "Measure the top-5 accuracy too.")
  var topFive = false

  @Option(help: ArgumentHelp("Level of the confidence intervals.", valueName: "level"))
  var level = 0.95

  @Option(
    help: ArgumentHelp(
      "Write how often each class was taken for each, as CSV. With several representations, model, layer and time step are "
        + "put before the ending.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var confusion: String?

  @Option(
    help: ArgumentHelp("Draw the same, by ending: .png, .svg or .pdf.", valueName: "file"),
    completion: .file(extensions: ["png", "svg", "pdf"]))
  var confusionPlot: String?

  @Option(
    help: ArgumentHelp("Write the accuracy of every class, as CSV.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var classes: String?

  @Option(
    help: ArgumentHelp(
      "Write training and validation loss and accuracy by epoch, as CSV.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var trainingCurves: String?

  @OptionGroup(title: "Outputs") var output: TableOutputOptions

  @Option(
    help: ArgumentHelp(
      "Memory for features and training, such as 4GB; features beyond it are read again in every pass.",
      valueName: "size"))
  var memory = ByteCount.fourGigabytes

  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws {
    try output.look.check(isDrawn: output.plot != nil || confusionPlot != nil)
    guard level > 0, level < 1 else {
      throw ValidationError("--level is \(level); it lies between 0 and 1")
    }
    if trainingCurves != nil {
      guard case .gradient = try settings.value(seed: 0) else {
        throw ValidationError("--training-curves: the protocol \(settings.name) has no epochs")
      }
    }
    if let confusionPlot { _ = try FigurePath(confusionPlot) }
    for (option, path) in [
      ("--confusion", confusion), ("--classes", classes), ("--training-curves", trainingCurves),
    ] {
      if path == "" { throw ValidationError("\(option) has no file name") }
      if path == "-" {
        throw ValidationError("\(option) writes a file; only --csv and --json take standard output")
      }
    }
  }

  func run() throws {
    let probe = try settings.value(seed: inputs.seed)
    let (models, references) = try inputs.open()
    let sources = (models + references).flatMap { [$0.source, $0.validationSource] }
    let metrics = [probe.metric] + (topFive ? ["\(probe.metric)-top5"] : [])
    try output.checkAbscissa(models.flatMap(\.source.keys), of: models.first?.source.path ?? "")
    let sweep = ProbeSweep(
      models: models, references: references, probe: probe, selection: inputs.selection,
      measuresTopFive: topFive, level: level, memory: memory.bytes, threads: threads.value)
    let names = try sweep.representations().map(Self.name)
    try output.check(
      metrics: metrics, sources: sources,
      tables: confusionFiles(confusion, names) + confusionFiles(confusionPlot, names)
        + [classes, trainingCurves].compactMap(\.self), inputs: inputs.labelPaths)
    let bar = ProgressBar(counting: "representations")
    defer { bar.finish() }
    let result = try sweep.run { bar.show($0.done, of: $0.total, $0.latest) }
    bar.finish()
    for warning in result.warnings { Console.warning(warning) }
    for found in result.found {
      guard let chosen = found.result.chosen else { continue }
      Console.note("\(found.model), \(found.key): \(chosen)")
    }
    try output.write(result.table) {
      try write(result.classesCSV, to: classes)
      try write(result.epochsCSV, to: trainingCurves)
      for (found, file) in zip(result.found, confusionFiles(confusion, names)) {
        try write(result.confusionCSV(of: found), to: file)
      }
      for (found, file) in zip(result.found, confusionFiles(confusionPlot, names)) {
        try HeatMap(
          confusion: result.confusion(of: found), classes: result.classes,
          title: "\(found.model), \(found.key)"
        ).write(to: file, output.look)
        Console.note("wrote \(file)")
      }
    }
  }

  /// A file a representation: the name itself where there is one only.
  private func confusionFiles(_ path: String?, _ names: [String]) -> [String] {
    guard let path else { return [] }
    guard names.count > 1 else { return [path] }
    // A folder's name may have a dot too.
    let (start, name) = (FilePath.start(of: path), FilePath.name(of: path))
    let end = name.lastIndex(of: ".") ?? name.endIndex
    return names.map { "\(start)\(name[..<end])-\($0)\(name[end...])" }
  }

  /// A representation as part of a file's name.
  private static func name(_ model: String, _ step: Int?, _ key: FeatureKey) -> String {
    let parts = [
      model, step.map { "step\($0)" }, key.layer.map { $0.number == nil ? "\($0)" : "layer\($0)" },
      key.timestep.map { "t\($0)" },
    ]
    return plainFileName(parts.compactMap(\.self).joined(separator: "-"))
  }

  private func write(_ text: @autoclosure () -> String, to path: String?) throws {
    guard let path else { return }
    try ProbeSweep.Result.write(text(), to: path)
    Console.note("wrote \(path)")
  }
}
