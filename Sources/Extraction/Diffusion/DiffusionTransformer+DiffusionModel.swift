import Models

extension DiffusionTransformer: DiffusionModel {
  public var network: NetworkDescription {
    let c = configuration
    return NetworkDescription(
      family: c.family.name, digest: digest, trainingStep: trainingStep,
      input: InputShape(channels: c.inputChannels, height: c.inputHeight, width: c.inputWidth),
      output: InputShape(channels: c.predictedChannels, height: c.inputHeight, width: c.inputWidth),
      tokens: c.tokens, width: c.width, depth: c.depth, classes: c.classes, nullLabel: c.nullLabel,
      projectors: c.projectors.map { .init(layer: $0.layer, dimensions: $0.dimension) },
      timeConvention: c.family.timeConvention, interpolant: c.family.interpolant)
  }

  public func makeWorkspace() -> Workspace { Workspace(configuration) }
}

extension DiffusionTransformer.Configuration.Family {
  /// How archives call it.
  fileprivate var name: String { self == .ditDiffusers ? "dit-diffusers" : rawValue }

  fileprivate var timeConvention: TimeConvention {
    switch self {
    case .sit: .sit
    case .repa: .repa
    case .dit, .ditDiffusers: .dit
    }
  }

  fileprivate var interpolant: Interpolant {
    switch self {
    case .sit, .repa: .linear
    case .dit, .ditDiffusers: .ddpm
    }
  }
}
