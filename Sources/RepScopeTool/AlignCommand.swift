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
      \(Metric.all.map { "  \($0.name)\n      \($0.summary)\n      \($0.source)" }.joined(separator: "\n"))

      EXAMPLES
        repscope align --features features/ --reference dinov2.npy --plot curve.png
        repscope align --features vanilla=sit.npz --features repa=repa.npz --reference dinov2.pt#feats \\
            --metric cknna --metric cka-unbiased --csv table.csv --plot curves.pdf
        repscope align --features sit.safetensors --reference dinov2.npy --csv - | head
        repscope align --features archive/#t0.500/layer08.projector0 --reference patches.npy --arrays tokens \\
            --metric repa-cosine --metric nt-xent --tau 0.07
      """)

  @OptionGroup(title: "Inputs") var inputs: InputOptions
  @OptionGroup(title: "Metrics") var metrics: MetricOptions
  @OptionGroup(title: "Outputs") var output: TableOutputOptions
  @OptionGroup(title: "Machine") var threads: ThreadOptions

  func run() throws {
    let sweep = Sweep(
      models: try inputs.features.map { try $0.open(inputs, arrays: inputs.arrays) },
      references: try inputs.reference.map { try $0.open(nil, arrays: inputs.arrays) },
      metrics: try metrics.metrics(),
      settings: metrics.settings, selection: inputs.selection, matching: inputs.join ? .byName : .sameOrder,
      dropsNonFinite: inputs.dropNonfinite, threads: threads.value)
    let result = try sweep.runShowingProgress()
    try output.write(result.table)
  }
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
