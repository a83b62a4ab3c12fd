import ArgumentParser
import Foundation
import RepScope

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The whole way on shipped checkpoints: hidden states, table, figures, in a minute.",
    discussion: """
      Takes two small SiT models, one of them trained with REPA's loss; runs 500 noisy latents of real images through them, \
      at five time steps and three training steps; and compares every layer with three vision encoders.
      """)

  @Option(help: ArgumentHelp("The folder fixtures/mnist of the repository.", valueName: "folder"))
  var fixtures = "fixtures/mnist"

  @Option(help: ArgumentHelp("Where archives, table and figures go.", valueName: "folder"))
  var output = "demo"

  @OptionGroup var threads: ThreadOptions

  private static let timesteps = [0.1, 0.3, 0.5, 0.7, 0.9]

  func run() throws {
    try makeFolder(output)
    let models = try ["vanilla", "repa"].flatMap { name in
      try [
        extract("\(name)-000500.safetensors", as: name, timesteps: [0.5]),
        extract("\(name)-002000.safetensors", as: name, timesteps: [0.5]),
        extract("\(name)-last.pt", as: name, timesteps: Self.timesteps),
      ]
    }
    let encoders = try ["dinov2", "mae", "mocov3"].map(encoder)
    let sweep = Sweep(
      models: models, references: encoders, metrics: [.cknna, .cka, .ckaUnbiased, .mutualKNN],
      threads: threads.value)
    var table = try sweep.runShowingProgress().table
    // The other encoders beside the models, as lines to hold the curves against.
    table.rows += try Sweep(
      models: Array(encoders.dropFirst()), references: [encoders[0]], metrics: sweep.metrics,
      threads: threads.value
    ).run().table.rows
    try table.writeCSV(to: "\(output)/alignment.csv")
    Console.print("Table:   \(output)/alignment.csv")
    try draw(table)
  }

  private func draw(_ table: MeasurementTable) throws {
    let withDINOv2 = table.filter(reference: "dinov2")
    let lastStep = withDINOv2.rows.compactMap(\.step).max()
    let last = withDINOv2.filter { $0.step == lastStep || $0.step == nil }
    let atHalf = last.filter { $0.timestep == 0.5 || $0.timestep == nil }
    for metric in ["cknna", "cka", "mutual-knn"] {
      try write(LineChart(atHalf, metric: metric), as: metric)
    }
    try write(LineChart(last.filter { $0.step != nil }, metric: "cknna"), as: "cknna-timesteps")
    try write(
      LineChart(withDINOv2.filter { $0.step != nil && $0.timestep == 0.5 }, metric: "cknna"),
      as: "cknna-training")
    Console.write("\n" + atHalf.filter(metric: "cknna").textTable(), to: 1)
  }

  private func write(_ chart: LineChart, as name: String) throws {
    try chart.write(to: "\(output)/\(name).png")
    Console.print("Figure:  \(output)/\(name).png")
  }

  /// A checkpoint's hidden states, pooled: every layer at every time step.
  private func extract(_ file: String, as name: String, timesteps: [Double]) throws -> any FeatureSource {
    let checkpoint = try existing("\(fixtures)/sit/\(file)")
    let model = try DiffusionTransformer(
      checkpoint, options: DiffusionTransformer.Options(threads: threads.value))
    var settings = ExtractionSettings(
      model: name, timesteps: timesteps, taps: (1...model.configuration.depth).map { .layer($0) })
    settings.latentScale = 1.16112  // of the VAE that made these latents: sit/config.json
    let latents = try Latents("\(fixtures)/latents/val_mean.safetensors#mean")
    let archive = "\(output)/archives/\(file.split(separator: ".")[0])"
    try makeFolder("\(output)/archives")
    nonisolated(unsafe) let bar = ProgressBar(counting: "images of \(file)")
    defer { bar.finish() }
    try Extractor(model, latents: latents, settings: settings).run(to: archive, threads: threads.value) {
      bar.show($0.done, of: $0.total, "")
    }
    return try FeatureArchive(archive)
  }

  private func encoder(_ name: String) throws -> any FeatureSource {
    let file = try existing("\(fixtures)/features/val_\(name)_tiny.safetensors")
    return try ImportedFeatures("\(file)#patch_mean", options: ImportedFeatures.Options(name: name))
  }

  private func existing(_ path: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FeatureError(
        .missing, path: path,
        "no such file; run this in the repository's folder, or give its folder fixtures/mnist with --fixtures"
      )
    }
    return path
  }

  private func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(operation: .write, path: path, reason: error.localizedDescription)
    }
  }
}
