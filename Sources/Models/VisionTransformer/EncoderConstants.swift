/// What neither tensors nor sizes tell of a vision transformer: its small constants.
struct EncoderConstants {
  let epsilon: Float
  let activation: Activation
  private let settings: ModelSettings
  private let path: String

  /// By the family, as its authors have it; by `config.json` where the transformers library has written one.
  init(_ family: VisionTransformer.Configuration.Family, _ source: EncoderCheckpoint) throws {
    settings = source.checkpoint.settings
    path = source.checkpoint.path
    let usual: Float = family == .clip || family == .dinov3 ? 1e-5 : 1e-6
    epsilon = try settings.number("layer_norm_eps").map { Float($0) } ?? usual
    guard epsilon > 0, epsilon < 1 else {
      throw ModelError(
        .badConfiguration, path: settings.path, "\"layer_norm_eps\" is \(epsilon); expected a small number")
    }
    let told = settings.text("hidden_act")
    switch told {
    case "quick_gelu": activation = .geluQuick
    case "gelu": activation = .geluErf
    case "gelu_pytorch_tanh", "gelu_new", "gelu_fast": activation = .geluTanh
    case "silu": activation = .silu
    case nil: activation = try Self.usualActivation(family, source)
    default:
      throw ModelError(
        .unsupported, path: settings.path,
        "\"hidden_act\" is \"\(told!)\"; expected quick_gelu, gelu, gelu_pytorch_tanh or silu")
    }
    // Others call the gated variant by its own name, and mean SiLU whatever hidden_act says.
    guard family != .dinov3 || source.names.mlpInputs.count < 2 || activation == .silu else {
      throw ModelError(
        .unsupported, path: settings.path, "\"hidden_act\" is not silu, which is expected of gates")
    }
  }

  private static func usualActivation(
    _ family: VisionTransformer.Configuration.Family, _ source: EncoderCheckpoint
  ) throws -> Activation {
    switch family {
    case .siglip: return .geluTanh
    case .clip where source.names.inputNorm == "norm_pre":
      // timm keeps both kinds under the same names; its name for the network tells which.
      let hints = [source.checkpoint.settings.text("architecture"), source.checkpoint.path].compactMap(\.self)
      if hints.contains(where: { $0.contains("quickgelu") || $0.contains("openai") }) { return .geluQuick }
      throw ModelError(
        .undetermined, path: source.checkpoint.path,
        "timm's CLIP networks come with two activations, and nothing tells which this one has. Give "
          + "\"hidden_act\" in \(source.checkpoint.settings.path): quick_gelu for OpenAI's, gelu for others")
    case .clip: return .geluQuick
    default: return .geluErf
    }
  }

  /// DINOv3's rotation of queries and keys; nil for the others.
  func rotation(_ configuration: VisionTransformer.Configuration) throws -> Rotation? {
    guard configuration.family == .dinov3 else { return nil }
    let headWidth = configuration.width / configuration.heads
    guard headWidth % 4 == 0 else {
      throw ModelError(
        .unsupported, path: path,
        "heads of \(headWidth) columns; a rotation by rows and columns needs a multiple of 4")
    }
    let base = try settings.number("rope_theta") ?? 100
    guard base > 1 else {
      throw ModelError(
        .badConfiguration, path: settings.path, "\"rope_theta\" is \(base); expected more than 1")
    }
    return Rotation(configuration.tokenLayout, headWidth: headWidth, base: base)
  }
}
