import ArgumentParser
import RepScope

/// What is taken of the network, and at which noise.
struct HiddenStateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Noise levels, such as 0.1,0.5: 0 is clean data, 1 is noise.", valueName: "list"))
  var timesteps: NumberList

  @Option(
    help: ArgumentHelp(
      "Time steps that the network is told, where they are not the noise levels': one for each, or one for all.",
      valueName: "list"))
  var conditionTimestep: NumberList?

  @Option(
    help: ArgumentHelp(
      "all, or such as 1-8,12,output,layer08.projector0; 0 is the input to the first block.",
      valueName: "list"))
  var layers = TapList.all

  @Option(help: "Of a hidden state the mean over its tokens, none (all tokens), or tokens:0,5.")
  var pooling = Pooling.mean

  @Option(help: "float32, or float16 for half the size.")
  var precision = Precision.float32

  @Option(help: "Label that the network is told: null, or the samples' own (labels).")
  var condition: ExtractionSettings.Condition = .nullLabel

  @Option(help: "linear, cosine or ddpm, where it is not the model's own.")
  var interpolant: Interpolant?

  @Option(
    help:
      "What the network's time means: repa (t), sit (1 - t) or dit (0...999), where it is not the model's own."
  )
  var timeConvention: TimeConvention?

  @Option(help: ArgumentHelp("Seed of the noise.", valueName: "n"))
  var seed = ExtractionSettings.defaultSeed

  @Option(
    help: ArgumentHelp("Exact noise, a tensor file [N, C, H, W], in place of the seed's.", valueName: "file"),
    completion: .file())
  var noise: String?

  @Option(
    help: ArgumentHelp("Samples in a shard; by default as many as fit 256 MiB, 512 at most.", valueName: "n"))
  var shardSize: Int?

  @Option(
    help: ArgumentHelp("What tables call the model; by default the checkpoint's name.", valueName: "name"))
  var name: String?

  enum Precision: String, ExpressibleByArgument, CaseIterable {
    case float32
    case float16

    var elementType: ElementType { self == .float16 ? .float16 : .float32 }
  }

  mutating func validate() throws {
    for t in timesteps.values + (conditionTimestep?.values ?? []) where !(t >= 0 && t <= 1) {
      throw ValidationError("the time step \(t) is outside 0...1 (0 is clean data, 1 is pure noise)")
    }
  }
}

/// Layers, projectors and the output, as people list them.
struct TapList: ExpressibleByArgument {
  static let all = TapList(labels: nil)

  private let labels: Set<LayerLabel>?

  private init(labels: Set<LayerLabel>?) {
    self.labels = labels
  }

  init?(argument: String) {
    guard argument != "all" else {
      self = .all
      return
    }
    guard let list = LayerList(argument: argument) else { return nil }
    labels = list.labels
  }

  var defaultValueDescription: String { "all" }

  /// The places in this network; all its layers and projectors where no list is given.
  func taps(of network: NetworkDescription) throws -> [Tap] {
    let projectors = network.projectors.indices.map {
      Tap.projector(layer: network.projectors[$0].layer, index: $0)
    }
    let layers = (1...max(network.depth, 1)).map { Tap.layer($0) }
    guard let labels else { return layers }
    let known = [.layer(0)] + layers + projectors + [.output]
    let unknown = labels.subtracting(known.map(\.label)).sorted()
    guard unknown.isEmpty else {
      let names = ["0 to \(network.depth)"] + (projectors + [.output]).map { "\($0.label)" }
      throw ValidationError(
        "the network has no \(unknown.map(\.description).joined(separator: ", ")); it has \(names.joined(separator: ", "))"
      )
    }
    return known.filter { labels.contains($0.label) }
  }
}

extension ExtractionSettings.Condition: ExpressibleByArgument {}
extension Interpolant: ExpressibleByArgument {}
extension TimeConvention: ExpressibleByArgument {}

extension Pooling: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "mean": self = .mean
    case "none": self = .none
    default:
      guard argument.hasPrefix("tokens:"), let tokens = IndexRanges(String(argument.dropFirst(7))) else {
        return nil
      }
      self = .tokens(tokens.indices)
    }
  }

  public var defaultValueDescription: String { "\(self)" }
}
