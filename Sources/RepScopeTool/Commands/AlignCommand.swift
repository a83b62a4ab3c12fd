import ArgumentParser
import RepScope

struct AlignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "align",
    abstract: "Alignment of saved features with a reference, by layer and time step.",
    discussion: """
      PATH is a .npy, .npz, .safetensors or PyTorch file, or a folder of them; PATH#NAME picks one tensor, \
      LABEL=PATH names the model in table and legend. Arrays are [samples, dimensions], or [samples, layers, dimensions], or with \
      --arrays tokens [samples, tokens, dimensions]. \
      Names such as layer08, t0.5/layer08 or blocks.7 give layer and time step. Row i must be the same sample on both sides.

      METRICS
      \(MetricDescriptions.all.map { "  \($0.name)\n" + indented($0.summary) + "\n" + indented($0.source) }.joined(separator: "\n"))

      EXAMPLES
        repscope align --features sit/ --reference dinov2.npy --plot curve.png
        repscope align --features vanilla=sit.npz --features repa=repa.npz \\
            --reference dinov2.pt#feats --metric cknna --metric cka-unbiased \\
            --csv table.csv --plot curves.pdf
        repscope align --features sit.npz --reference dinov2.npy --csv - | head
        repscope align --features archive/#t0.500/layer08.projector0 \\
            --reference patches.npy --arrays tokens --metric repa-cosine
        repscope align --features sit/ --reference dinov2.npy \\
            --permutations 1000 --aggregate max --fdr 0.05 \\
            --intervals jackknife --plot curve.png
        repscope align --features sit/ --metric effective-rank --plot rank.png
      """)

  @OptionGroup(title: "Inputs") var inputs: InputOptions
  @OptionGroup(title: "Metrics") var metrics: MetricOptions
  @OptionGroup(title: "Statistics") var statistics: StatisticsOptions
  @OptionGroup(title: "Patch structure") var patches: PatchOptions
  @OptionGroup(title: "Outputs") var output: TableOutputOptions
  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws {
    try output.look.check(isDrawn: output.plot != nil)
    if patches.masks != nil, try !metrics.properties().contains(where: { $0.dependencies.contains(.masks) }) {
      throw ValidationError("--masks are for --metric srss")
    }
    guard let metric = try metrics.metrics().first else {
      if let option = statistics.ofComparisons.first {
        throw ValidationError(
          "\(option) is about the comparison with a reference, but what is measured is of one representation alone"
        )
      }
      return
    }
    if inputs.reference.isEmpty {
      throw ValidationError(
        "no reference: give --reference PATH; \(metric.name) compares two representations")
    }
  }

  func run() throws {
    let models = try inputs.features.map { try $0.open(inputs, arrays: inputs.arrays) }
    let references = try inputs.reference.map { try $0.open(nil, arrays: inputs.arrays) }
    try ArrayOptions.check(
      firstLayer: inputs.firstLayer, arrays: inputs.arrays, models: models, others: references)
    let metrics = try self.metrics.metrics()
    try output.check(
      metrics: self.metrics.descriptions().map(\.name), sources: models + references,
      inputs: [patches.masks].compactMap(\.self))
    if metrics.isEmpty, !references.isEmpty {
      Console.warning("--reference is not used: what is measured is of one representation alone")
    }
    let abscissa = output.against ?? (statistics.sampleSizes == nil ? .layer : .samples)
    try output.checkAbscissa(models.flatMap(\.keys), of: models.first?.path ?? "", against: abscissa)
    let sweep = Sweep(
      models: models, references: references, metrics: metrics,
      properties: try self.metrics.properties(), settings: try settings(), selection: inputs.selection,
      matching: inputs.join ? .byName : .sameOrder,
      dropsNonFinite: inputs.dropNonfinite, statistics: statistics.statistics, threads: threads.value)
    let result = try sweep.runShowingProgress()
    try output.write(result.table, against: abscissa)
  }

  private func settings() throws -> AlignmentSettings {
    var settings = metrics.settings
    settings.patchDistances = patches.distances
    settings.masks = try patches.masks.map(PatchMasks.init(contentsOf:))
    return settings
  }
}

/// A text in lines that the help's own lines of 80 columns do not break.
func indented(_ text: String) -> String {
  var lines: [String] = []
  for word in text.split(separator: " ") {
    if let last = lines.last, last.count + 1 + word.count <= 78 {
      lines[lines.count - 1] += " \(word)"
    } else {
      lines.append("      \(word)")
    }
  }
  return lines.joined(separator: "\n")
}

extension Sweep {
  /// Runs with a progress bar, then prints the warnings.
  func runShowingProgress() throws -> Result {
    let bar = ProgressBar(counting: "representations")
    defer { bar.finish() }
    let result = try run { bar.show($0.done, of: $0.total, $0.latest) }
    bar.finish()
    for warning in result.warnings { Console.warning(warning) }
    return result
  }
}
