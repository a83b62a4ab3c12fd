import ArgumentParser
import Foundation
import RepScope

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The whole way on shipped pictures and checkpoints: features, table, figures, in a minute.",
    discussion: """
      Takes 500 pictures; makes latents of them with a small VAE; runs them, at five noise levels, through two small SiT \
      models at three training steps, one of them trained with REPA's loss; runs the pictures through three small vision \
      encoders; and compares every layer with them. The values are held against those of the official code.
      """)

  @Option(
    help: ArgumentHelp(
      "The folder fixtures/mnist of the repository; by default that of this folder, else the installed one.",
      valueName: "folder"), completion: .directory)
  var fixtures: String?

  @Option(help: ArgumentHelp("Where archives, table and figures go.", valueName: "folder"))
  var output = "demo"

  @OptionGroup var threads: ThreadOptions

  private static let timesteps = [0.1, 0.3, 0.5, 0.7, 0.9]
  private static let metrics: [Metric] = [.cknna, .cka, .ckaUnbiased, .mutualKNN]

  func run() throws {
    let shipped = try shipped
    let list = try existing("\(shipped)/split.csv")
    let goldens = try DemoGoldens(existing("\(shipped)/goldens/curves.json"))
    try OutputFolder(output).check(inputs: [shipped])
    try makeFolder("\(output)/archives")
    let pictures = Pictures(try ImageCollection.open(list, rows: ("split", "val")))
    let encoders = try [
      encoder("dinov2_tiny.pth", as: "dinov2", pictures), encoder("mae_tiny.pth", as: "mae", pictures),
      encoder("mocov3_tiny.pth.tar", as: "mocov3", pictures),
    ]
    let vae = try AutoencoderKL(existing("\(shipped)/vae"), parts: [.encoder], threads: threads.value)
    let latents = try Latents(pictures, vae: vae, resolution: 32)
    let scale = vae.configuration.scalingFactor
    let models = try ["vanilla", "repa"].flatMap { name in
      try [
        sit("\(name)-000500.safetensors", as: name, latents, scale, timesteps: [0.5]),
        sit("\(name)-002000.safetensors", as: name, latents, scale, timesteps: [0.5]),
        sit("\(name)-last.pt", as: name, latents, scale, timesteps: Self.timesteps),
      ]
    }
    let sweep = Sweep(
      models: models, references: encoders, metrics: Self.metrics, threads: threads.value)
    var table = try sweep.runShowingProgress().table
    // The other encoders beside the models, as lines to hold the curves against.
    table.rows += try Sweep(
      models: Array(encoders.dropFirst()), references: [encoders[0]], metrics: Self.metrics,
      threads: threads.value
    ).run().table.rows
    try table.writeCSV(to: "\(output)/alignment.csv")
    Console.print("Table:   \(output)/alignment.csv")
    try draw(table)
    compare(table, with: goldens)
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

  /// Says how far the values are from those of the official code.
  private func compare(_ table: MeasurementTable, with goldens: DemoGoldens) {
    Console.print(
      "\nLargest difference from the official code's values on the same pictures and checkpoints:")
    for metric in Self.metrics {
      let found = goldens.differences(of: table, metric: metric.name)
      guard let largest = found.max() else { continue }
      let digits = (largest * 1e7).rounded() / 1e7
      Console.print("  \(metric.name): \(digits) in \(found.count) values")
    }
  }

  /// A checkpoint's hidden states, pooled: every layer at every time step.
  private func sit(
    _ file: String, as name: String, _ latents: Latents, _ scale: Double, timesteps: [Double]
  ) throws -> any FeatureSource {
    let model = try DiffusionTransformer(
      existing("\(shipped)/sit/\(file)"), options: DiffusionTransformer.Options(threads: threads.value))
    var settings = DiffusionSettings(
      model: name, timesteps: timesteps, taps: (1...model.configuration.depth).map { .layer($0) })
    settings.latentScale = scale
    return try run(Extractor(model, latents: latents, settings: settings), file)
  }

  /// An encoder's features, as REPA takes them, pooled.
  private func encoder(_ file: String, as name: String, _ pictures: Pictures) throws -> any FeatureSource {
    let model = try VisionTransformer(
      existing("\(shipped)/encoders/\(file)"), options: VisionTransformer.Options(threads: threads.value))
    return try run(
      Extractor(model, inputs: EncoderInputs(pictures, for: model), settings: EncoderSettings(model: name)),
      file)
  }

  private func run(_ extractor: Extractor, _ file: String) throws -> any FeatureSource {
    let archive = "\(output)/archives/\(file.split(separator: ".")[0])"
    nonisolated(unsafe) let bar = ProgressBar(counting: "images of \(file)")
    defer { bar.finish() }
    try extractor.run(to: archive, threads: threads.value) { bar.show($0.done, of: $0.total, "") }
    return try FeatureArchive(archive)
  }

  private var shipped: String {
    get throws { try fixtures ?? ShippedFixtures.mnist() }
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
}
