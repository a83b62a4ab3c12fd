import ArgumentParser
import Foundation
import RepScope

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The whole way on shipped real features: two SiT models against three encoders.",
    discussion: """
      Reads the features that a vanilla and a REPA-trained SiT (eight layers, t = 0.5) and three small vision encoders \
      have of 500 images, and writes the table and a figure for each of CKNNA, CKA and mutual k-NN by layer.
      """)

  @Option(help: ArgumentHelp("The folder fixtures/mnist of the repository.", valueName: "folder"))
  var fixtures = "fixtures/mnist"

  @Option(help: ArgumentHelp("Where table and figures go.", valueName: "folder"))
  var output = "demo"

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let models = ["vanilla", "repa"].map { ($0, "val_\($0)_t0.5.safetensors") }
    let encoders = ["dinov2", "mae", "mocov3"].map { ($0, "val_\($0)_tiny.safetensors#patch_mean") }
    let sweep = Sweep(
      models: try models.map(open), references: try encoders.map(open),
      metrics: [.cknna, .cka, .ckaUnbiased, .mutualKNN], threads: threads.value)
    let table = try sweep.runShowingProgress().table

    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw FileError(operation: .write, path: output, reason: error.localizedDescription)
    }
    try table.writeCSV(to: "\(output)/alignment.csv")
    Console.write(table.filter(metric: "cknna").textTable(), to: 1)
    Console.print("\nTable:   \(output)/alignment.csv")
    for metric in ["cknna", "cka", "mutual-knn"] {
      let file = "\(output)/\(metric).png"
      try LineChart(table, metric: metric).write(to: file)
      Console.print("Figure:  \(file)")
    }
  }

  private func open(_ name: String, _ file: String) throws -> ImportedFeatures {
    do {
      return try ImportedFeatures(
        "\(fixtures)/features/\(file)", options: ImportedFeatures.Options(name: name))
    } catch let error as FeatureError where error.code == .missing {
      throw FeatureError(
        .missing, path: error.path,
        "\(error.message); run this in the repository's folder, or give its folder fixtures/mnist with --fixtures"
      )
    }
  }
}
