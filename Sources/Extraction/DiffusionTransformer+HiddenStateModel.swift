#if canImport(Models)
  import Models

  extension DiffusionTransformer: HiddenStateModel {
    public var network: NetworkDescription {
      let c = configuration
      return NetworkDescription(
        family: c.family.name, digest: digest, trainingStep: trainingStep,
        input: LatentShape(channels: c.inputChannels, height: c.inputHeight, width: c.inputWidth),
        output: LatentShape(channels: c.predictedChannels, height: c.inputHeight, width: c.inputWidth),
        tokens: c.tokens, width: c.width, depth: c.depth, classes: c.classes, nullLabel: c.nullLabel,
        projectors: c.projectors.map { .init(layer: $0.layer, dimensions: $0.dimension) },
        timeConvention: c.family.timeConvention, interpolant: c.family.interpolant)
    }

    public func makeWorkspace() -> Workspace { Workspace(configuration) }

    public func run(
      _ latent: UnsafeBufferPointer<Float>, _ conditioning: Conditioning, taps: Set<Extraction.Tap>,
      workspace: Workspace, _ body: (Extraction.Tap, UnsafeBufferPointer<Float>) throws -> Void
    ) throws {
      try run(latent, conditioning, taps: Set(taps.map(Tap.init)), workspace: workspace) { tap, values in
        try body(Extraction.Tap(tap), values)
      }
    }
  }

  extension DiffusionTransformer.Tap {
    fileprivate init(_ tap: Extraction.Tap) {
      self =
        switch tap {
        case .layer(let layer): .layer(layer)
        case .projector(let layer, let index): .projector(layer: layer, index: index)
        case .output: .output
        }
    }
  }

  extension Tap {
    fileprivate init(_ tap: DiffusionTransformer.Tap) {
      self =
        switch tap {
        case .layer(let layer): .layer(layer)
        case .projector(let layer, let index): .projector(layer: layer, index: index)
        case .output: .output
        }
    }
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
#endif
