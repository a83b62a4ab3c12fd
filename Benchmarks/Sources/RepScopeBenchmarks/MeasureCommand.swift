import RepScope
import ArgumentParser
import Foundation

/// One measurement, in a process of its own so that its peak memory is its own; prints one line of JSON.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "One measurement in this process (used by the others).",
    shouldDisplay: false)

  enum Task: String, ExpressibleByArgument {
    case pair, graph, layers
    case inspect, model, images, vae, encoder, null, frechet, manifolds, probe
    case study, studyPairs, studyPlan, studyRun, studyFiles
  }

  @Argument var task: Task
  /// None where the features are generated.
  @Argument var x: String = ""
  @Argument var y: String?
  @Option var k = 10
  @Option var threads = Threads.all.count
  @Option var rounds = 1
  @Option var layers = 28
  @Option var metrics = "cknna,mutual-knn,cka,cka-unbiased"
  @Option var images = 8
  @Option var samples = 10_000
  @Option var dimensions = 1152
  @Option var representations = 8
  @Option var permutations = 1000
  @Option var archive: String?
  @Option var method = "logistic"
  @Option var classes = 100
  @Flag var product = false

  func run() throws {
    let settings = AlignmentSettings(k: k)
    let threads = Threads(threads)
    let measured =
      switch task {
      case .pair:
        try PairMeasurement(metrics: namedMetrics(), settings: settings, threads: threads).run(
          first(), second())
      case .graph:
        try GraphMeasurement(k: k, rounds: rounds, comparesProduct: product, threads: threads).run(first())
      case .layers:
        try LayersMeasurement(layers: layers, settings: settings, threads: threads).run(first(), second())
      case .inspect:
        try InspectMeasurement().run(x)
      case .images:
        try ImagesMeasurement().run(x)
      case .frechet: try FidelityMeasurement(threads: threads).frechet(first(), second())
      case .manifolds: try FidelityMeasurement(threads: threads).manifolds(first(), second())
      case .model:
        try ModelMeasurement(images: images, layers: layers, threads: threads).run(
          x, latents: secondPath(), archive: archivePath())
      case .vae:
        try AutoencoderMeasurement(images: images, threads: threads).run(
          x, pictures: secondPath(), output: archivePath())
      case .encoder:
        try EncoderMeasurement(images: images, threads: threads).run(
          x, inputs: secondPath(), output: archivePath())
      case .null:
        try NullMeasurement(permutations: permutations, rounds: rounds, settings: settings, threads: threads)
          .run(first(), second())
      case .probe:
        try ProbeMeasurement(method: probeMethod(), classes: classes, rounds: rounds, threads: threads).run(x)
      case .study: try study(settings, threads).run()
      case .studyPairs: try study(settings, threads).runPairs()
      case .studyPlan: try StudyPlanMeasurement(rounds: rounds).plan(StudyFiles(folder: x))
      case .studyFiles: try StudyPlanMeasurement(rounds: rounds).write(StudyFiles(folder: x))
      case .studyRun: try StudyPlanMeasurement(rounds: rounds).run(StudyFiles(folder: x))
      }
    print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
  }

  private func study(_ settings: AlignmentSettings, _ threads: Threads) -> StudyMeasurement {
    StudyMeasurement(
      samples: samples, dimensions: dimensions, representations: representations, settings: settings,
      threads: threads)
  }

  private func first() throws -> Matrix { try NumPyFile.read(x) }

  private func second() throws -> Matrix { try NumPyFile.read(secondPath()) }

  private func secondPath() throws -> String {
    guard let y else { throw ValidationError("\(task.rawValue) needs two files") }
    return y
  }

  private func archivePath() throws -> String {
    guard let archive else { throw ValidationError("\(task.rawValue) needs --archive") }
    return archive
  }

  private func probeMethod() throws -> ProbeMeasurement.Method {
    guard let found = ProbeMeasurement.Method(rawValue: method) else {
      throw ValidationError("there is no method \(method)")
    }
    return found
  }

  private func namedMetrics() throws -> [Metric] {
    try metrics.split(separator: ",").map { name in
      guard let metric = Metric.named(String(name)) else {
        throw ValidationError("there is no metric \(name)")
      }
      return metric
    }
  }
}
