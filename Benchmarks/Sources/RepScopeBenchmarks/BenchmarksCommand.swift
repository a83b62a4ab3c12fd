import ArgumentParser
import Foundation
import RepScope

@main
struct BenchmarksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repscope-benchmarks", abstract: "How fast repscope is, beside what else there is.",
    discussion: "Every time is a median over rounds that take turns; what counts are the ratios.",
    subcommands: [RunCommand.self, MeasureCommand.self], defaultSubcommand: RunCommand.self)
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measure, and print one table (the default).")

  enum Group: String, CaseIterable, ExpressibleByArgument {
    case pair, family, graph, large, layers, scaling, null, probe, fidelity, study
    case inspect, images, vae, encoder, model

    var benchmark: any Benchmark {
      switch self {
      case .pair: PairBenchmark()
      case .family: FamilyBenchmark()
      case .graph: GraphBenchmark()
      case .large: LargeBenchmark()
      case .layers: LayersBenchmark()
      case .scaling: ScalingBenchmark()
      case .inspect: InspectBenchmark()
      case .model: ModelBenchmark()
      case .images: ImagesBenchmark()
      case .vae: AutoencoderBenchmark()
      case .encoder: EncoderBenchmark()
      case .null: NullBenchmark()
      case .fidelity: FidelityBenchmark()
      case .probe: ProbeBenchmark()
      case .study: StudyBenchmark()
      }
    }
  }

  @Argument(help: "What to measure; all of it where nothing is named.")
  var groups: [Group] = []
  @Option(help: "Samples of a representation.") var samples = 10_000
  @Option(help: "Samples of the large graph.") var largeSamples = 50_000
  @Option(help: "Dimensions of a hidden state.") var dimensions = 1152
  @Option(help: "Dimensions of the reference.") var referenceDimensions = 1536
  @Option(help: "Neighbors of a sample.") var k = 10
  @Option(help: "Layers of a model.") var layers = 28
  @Option(help: "Images that a diffusion transformer or an encoder takes in, a multiple of 8.") var images = 8
  @Option(
    help: "Threads of the diffusion transformers and encoders; one is fair to both where other programs run.")
  var modelThreads = Threads.all.count
  @Option(help: "Training samples of a linear probe.") var probeSamples = 50_000
  @Option(help: "Classes of a linear probe.") var probeClasses = 100
  @Option(help: "Training samples of the large linear probe.") var largeProbeSamples = 200_000
  @Option(help: "Classes of the large linear probe.") var largeProbeClasses = 1000
  @Option(help: "Representations of the large study that are measured, of 1,680.") var representations = 8
  @Option(help: "Rounds of what takes seconds.") var rounds = 5
  @Option(help: "Rounds of the large graph.") var largeRounds = 2
  @Option(help: "Rounds of the tuned PyTorch way and of pytorch-cka.") var peerRounds = 3
  @Option(help: "Rounds of the usual PyTorch way, minutes each.") var usualRounds = 1
  @Flag(inversion: .prefixedNo, help: "Measure the Python peers, which peers/setup.sh installs.") var peers =
    true
  @Flag(help: "Print the table in Markdown.") var markdown = false

  func validate() throws {
    guard min(samples, largeSamples) > max(k, 15), k > 1 else {
      throw ValidationError("--samples and --large-samples must be above --k and 15, and --k above 1")
    }
    guard min(dimensions, referenceDimensions, layers, rounds, largeRounds, representations) > 0,
      peerRounds >= 0,
      usualRounds >= 0
    else { throw ValidationError("dimensions, layers and rounds must be positive") }
    guard min(probeClasses, largeProbeClasses) > 1, probeSamples >= 4 * probeClasses,
      largeProbeSamples >= 4 * largeProbeClasses
    else { throw ValidationError("a probe needs two classes at least, and four samples of each") }
    guard modelThreads > 0, images > 0, images % 8 == 0 else {
      throw ValidationError("--images must be a multiple of 8, and --model-threads positive")
    }
  }

  func run() throws {
    if peers, !ChildProcess.hasPeers {
      throw ValidationError(
        "the Python peers are not installed: run Benchmarks/peers/setup.sh, or give --no-peers")
    }
    let plan = Plan(
      samples: samples, largeSamples: largeSamples, dimensions: (dimensions, referenceDimensions), k: k,
      layers: layers, images: images, modelThreads: modelThreads, rounds: rounds, largeRounds: largeRounds,
      peerRounds: peerRounds,
      usualRounds: usualRounds,
      hasPeers: peers,
      representations: representations,
      probe: (probeSamples, probeClasses, largeProbeSamples, largeProbeClasses))
    let files = try FeatureFiles(plan)
    var table = ResultTable()
    for group in groups.isEmpty ? Group.allCases : groups {
      Progress.show("\(group.rawValue):")
      try group.benchmark.run(plan, files, into: &table)
    }
    let kernel = BLASKernel.current
    let speed = try MatrixProductSpeed.measure(threads: .all)
    print(
      """
      \(Processor.current.name), \(Threads.all.count) threads; \(kernel.library), kernel \(kernel.name) \
      (\(kernel.reason)), sgemm at \(digits(speed)) Gflop/s. k = \(k). Medians of rounds that take turns, least and greatest in brackets.
      \(table.notes.map { $0 + "\n" }.joined())
      \(markdown ? table.markdown() : table.plain())
      """)
  }
}
