import ArgumentParser
import RepScope

/// What is taken of a network, and how an archive keeps it.
struct FeatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "all, or such as 1-8,12; 0 is the input to the first block. Diffusion transformers, all by default, have also output and layer08.projector0; encoders have final, the protocol's features and their default, and image, their vector for the whole picture where they have one.",
      valueName: "list"))
  var layers: TapList?

  @Option(
    help:
      "Of a hidden state the mean over its patch tokens, none (all patch tokens), or tokens:0,5; of an encoder's also class (the class token) or both (class token, then mean, as one vector)."
  )
  var pooling = Pooling.mean

  @Option(help: "float32, or float16 for half the size.")
  var precision = Precision.float32

  @Option(
    help: ArgumentHelp("Samples in a shard; by default as many as fit 256 MiB, 512 at most.", valueName: "n"))
  var shardSize: Int?

  @Option(
    help: ArgumentHelp("What tables call the model; by default the checkpoint's name.", valueName: "name"))
  var name: String?

  mutating func validate() throws {
    if let shardSize, !(1...1 << 24).contains(shardSize) {
      throw ValidationError("--shard-size is \(shardSize); a shard has from 1 to \(1 << 24) samples")
    }
  }

  enum Precision: String, ExpressibleByArgument, CaseIterable {
    case float32
    case float16

    var elementType: ElementType { self == .float16 ? .float16 : .float32 }
  }
}

/// Layers, and what else a network has, as people list them.
enum TapList: ExpressibleByArgument {
  case all
  case labels(Set<LayerLabel>)

  init?(argument: String) {
    guard argument != "all" else {
      self = .all
      return
    }
    guard let list = LayerList(argument: argument) else { return nil }
    self = .labels(list.labels)
  }

  /// The places in a diffusion transformer; `all` are its layers.
  func taps(of network: NetworkDescription) throws -> [Tap] {
    let layers = (1...max(network.depth, 1)).map { Tap.layer($0) }
    guard case .labels(let labels) = self else { return layers }
    let projectors = network.projectors.indices.map {
      Tap.projector(layer: network.projectors[$0].layer, index: $0)
    }
    let others = projectors + [.output]
    try Self.check(labels, depth: network.depth, others: others.map(\.label), of: "network")
    return ([.layer(0)] + layers + others).filter { labels.contains($0.label) }
  }

  /// The places in an encoder; `all` are its layers and its features.
  func taps(of encoder: EncoderDescription) throws -> [EncoderTap] {
    let others = encoder.taps.filter { $0.label.number == nil }
    guard case .labels(let labels) = self else {
      return (1...max(encoder.depth, 1)).map { .layer($0) } + [.final]
    }
    try Self.check(labels, depth: encoder.depth, others: others.map(\.label), of: "encoder")
    return encoder.taps.filter { labels.contains($0.label) }
  }

  private static func check(
    _ labels: Set<LayerLabel>, depth: Int, others: [LayerLabel], of network: String
  ) throws {
    let known = Set((0...depth).map { LayerLabel($0) } + others)
    let unknown = labels.subtracting(known).sorted()
    guard unknown.isEmpty else {
      let names = ["0 to \(depth)"] + others.map(\.description)
      throw ValidationError(
        "the \(network) has no \(unknown.map(\.description).joined(separator: ", ")); it has \(names.joined(separator: ", "))"
      )
    }
  }
}

extension Pooling: ExpressibleByArgument {
  public init?(argument: String) { self.init(named: argument) }

  public var defaultValueDescription: String { "\(self)" }
}
