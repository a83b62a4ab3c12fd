import TensorFiles

/// Which model a checkpoint holds, found out without reading its weights.
public enum ModelKind: Sendable, Hashable, CustomStringConvertible {
  case diffusionTransformer(DiffusionTransformer.Configuration)
  case visionTransformer(VisionTransformer.Configuration)
  case autoencoder(AutoencoderKL.Configuration)

  /// Looks at a checkpoint's tensors and at what lies beside it.
  ///
  /// - Throws: ``ModelError`` where it is no network known here, or where its sizes cannot be told; the
  ///   `TensorFileError` of a file that cannot be read.
  public init(
    _ path: String, options: DiffusionTransformer.Options = .init(),
    encoder: VisionTransformer.Options = .init()
  ) throws {
    let opened = try Checkpoint.openAutoencoderFile(at: path)
    if let opened, Checkpoint.isAutoencoder(opened) {
      self = .autoencoder(try AutoencoderKL.Configuration(Checkpoint(autoencoder: opened, settings: nil)))
      return
    }
    let weights = try Checkpoint.weightsFile(at: path)
    let file = if let opened, opened.path == weights { opened } else { try TensorFile.open(weights) }
    if EncoderCheckpoint.isEncoder(file) {
      let source = try EncoderCheckpoint(file, options: encoder)
      self = .visionTransformer(try VisionTransformer.Configuration(source, encoder))
    } else {
      let checkpoint = try Checkpoint(file, weights: options.weights)
      self = .diffusionTransformer(try DiffusionTransformer.Configuration(checkpoint, options))
    }
  }

  /// The published model's name, such as "SiT-XL/2"; nil for other sizes.
  public var name: String? {
    switch self {
    case .diffusionTransformer(let configuration): configuration.publishedName
    case .visionTransformer(let configuration): configuration.publishedName
    case .autoencoder: nil
    }
  }

  /// The numbers in the checkpoint's tensors.
  public var parameterCount: Int {
    switch self {
    case .diffusionTransformer(let configuration): configuration.parameterCount
    case .visionTransformer(let configuration): configuration.parameterCount
    case .autoencoder(let configuration): configuration.parameterCount
    }
  }

  /// The floating-point operations of one image.
  public var floatingPointOperations: Int {
    switch self {
    case .diffusionTransformer(let configuration): configuration.floatingPointOperations
    case .visionTransformer(let configuration): configuration.floatingPointOperations
    case .autoencoder(let configuration): configuration.floatingPointOperations
    }
  }

  /// One line for people: "SiT-XL/2 (REPA): 28 blocks of width 1152, ...".
  public var description: String {
    switch self {
    case .diffusionTransformer(let configuration): configuration.description
    case .visionTransformer(let configuration): configuration.description
    case .autoencoder(let configuration): configuration.description
    }
  }
}

/// A number for people, in units of a million and the like.
func rounded(_ value: Int, to unit: Int) -> Double {
  let exact = Double(value) / Double(unit)
  let digits = exact < 1 ? 1000.0 : 10
  return (exact * digits).rounded() / digits
}
