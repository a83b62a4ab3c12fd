import ArgumentParser
import Foundation
import RepScope

/// What is compared with what.
struct InputOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Features of a model: [LABEL=]PATH[#NAME]; repeat for several models.", valueName: "path"),
    completion: .file())
  var features: [LabelledPath]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Features of a reference: [LABEL=]PATH[#NAME]; repeat for several.", valueName: "path"),
    completion: .file())
  var reference: [LabelledPath] = []

  @Option(
    help: ArgumentHelp("Layers to measure, such as 1-8,12. All by default.", valueName: "list"))
  var layers: LayerList?

  @Option(help: ArgumentHelp("Time steps to measure, such as 0.1,0.5. All by default.", valueName: "list"))
  var timesteps: NumberList?

  @Option(help: ArgumentHelp("Time step of features whose names tell none.", valueName: "t"))
  var assumeTimestep: Double?

  @Option(
    help: ArgumentHelp(
      "Number of the first layer in an array [samples, layers, dimensions]; the matrices of a list have their places from 0.",
      valueName: "n")
  )
  var firstLayer = 1

  @Option(
    help: ArgumentHelp(
      "What the second of an array's three dimensions is: layers, or the patch tokens of one representation.",
      valueName: "kind"))
  var arrays: ImportedFeatures.Arrays = .layers

  @Flag(help: "Match samples by name, and leave out those that are not on every side.")
  var join = false

  @Flag(help: "Leave out samples with NaN or infinity, and say how many, instead of stopping.")
  var dropNonfinite = false

  var selection: Sweep.Selection {
    Sweep.Selection(layers: layers?.labels, timesteps: timesteps.map { Set($0.values) })
  }

  mutating func validate() throws {
    if features.isEmpty { throw ValidationError("no features: give --features PATH") }
    guard FeatureKey.layerNumbers.contains(firstLayer) else {
      throw ValidationError("--first-layer is \(firstLayer); layers have numbers from 0 to 99999")
    }
    for t in [assumeTimestep].compactMap(\.self) + (timesteps?.values ?? []) where !(t >= 0 && t <= 1) {
      throw ValidationError("the time step \(t) is outside 0...1 (0 is clean data, 1 is pure noise)")
    }
  }
}

/// `[LABEL=]PATH[#NAME]`.
struct LabelledPath: ExpressibleByArgument {
  let label: String?
  let path: String

  init?(argument: String) {
    // A = inside a path belongs to the path: labels hold no slash, and a file of the whole name is that file.
    let isFile = FileManager.default.fileExists(atPath: FeaturePath.split(argument).path)
    if !isFile, let equals = argument.firstIndex(of: "="), !argument[..<equals].contains("/"),
      equals > argument.startIndex
    {
      label = String(argument[..<equals])
      path = String(argument[argument.index(after: equals)...])
    } else {
      label = nil
      path = argument
    }
    if path.isEmpty { return nil }
  }

  func open(_ inputs: InputOptions?, arrays: ImportedFeatures.Arrays = .layers) throws -> any FeatureSource {
    try FeatureSources.open(
      path,
      options: ImportedFeatures.Options(
        name: label, timestep: inputs?.assumeTimestep, firstLayer: inputs?.firstLayer ?? 1, arrays: arrays))
  }
}

extension ImportedFeatures.Arrays: ExpressibleByArgument {}

/// Layers such as `1-8,12,final`.
struct LayerList: ExpressibleByArgument {
  let labels: Set<LayerLabel>

  init?(argument: String) {
    guard let labels = LayerLabel.list(argument) else { return nil }
    self.labels = labels
  }
}

/// Numbers such as `0.1,0.5`.
struct NumberList: ExpressibleByArgument {
  let values: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Double($0) }
    if values.count != parts.count { return nil }
  }
}
