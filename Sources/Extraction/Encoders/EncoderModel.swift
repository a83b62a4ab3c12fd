import Features
import LinearAlgebra
import Models

/// A place in a vision encoder at which features are taken.
public typealias EncoderTap = VisionTransformer.Tap

/// A vision encoder, as far as extraction has to know it.
///
/// An image runs by itself on the calling thread, so that no result depends on the size of a batch or the number of
/// threads.
public protocol EncoderModel: Sendable {
  /// Memory for one image at a time.
  associatedtype Workspace

  var encoder: EncoderDescription { get }

  func makeWorkspace() -> Workspace

  /// Runs an input, [C, H, W], and hands every tap's values to `body`: tokens row-major [T, D], as
  /// `shape(of:)` of the description announces.
  func run(
    _ input: UnsafeBufferPointer<Float>, taps: Set<EncoderTap>, workspace: Workspace,
    _ body: (EncoderTap, UnsafeBufferPointer<Float>) throws -> Void) throws
}

/// The sizes of an encoder and its identity.
public struct EncoderDescription: Sendable, Hashable {
  /// The architecture, for the archive: "dinov2", "mae".
  public var family: String
  /// Whose way of using the encoder is followed: "repa", "native".
  public var featureProtocol: String
  /// Identifies the weights.
  public var digest: String
  /// The input's shape.
  public var input: InputShape
  /// Dimensions of a token.
  public var width: Int
  /// Blocks.
  public var depth: Int
  /// Where in a hidden state what is.
  public var tokens: TokenLayout
  /// The length of the vector that the encoder gives for a whole image; nil where there is none.
  public var imageFeatures: Int?

  /// Class token, registers, patches: the order of a hidden state's tokens.
  public struct TokenLayout: Sendable, Hashable {
    public var hasClassToken: Bool
    /// Tokens before the first patch: the class token and registers.
    public var firstPatch: Int
    public var count: Int

    public init(hasClassToken: Bool, firstPatch: Int, count: Int) {
      self.hasClassToken = hasClassToken
      self.firstPatch = firstPatch
      self.count = count
    }
  }

  public init(
    family: String, featureProtocol: String = "repa", digest: String, input: InputShape, width: Int,
    depth: Int, tokens: TokenLayout, imageFeatures: Int? = nil
  ) {
    self.family = family
    self.featureProtocol = featureProtocol
    self.digest = digest
    self.input = input
    self.width = width
    self.depth = depth
    self.tokens = tokens
    self.imageFeatures = imageFeatures
  }

  /// The shape of what a tap gives; nil where the network has no such tap.
  func shape(of tap: EncoderTap) -> TapShape? {
    switch tap {
    case .layer(let layer): (0...depth).contains(layer) ? tokenShape : nil
    case .final: tokenShape
    case .imageFeatures: imageFeatures.map { TapShape([1, $0]) }
    }
  }

  private var tokenShape: TapShape {
    TapShape(
      [tokens.count, width], firstPatch: tokens.firstPatch)
  }

  /// The names of all taps, in the network's order.
  public var taps: [EncoderTap] {
    (0...depth).map { .layer($0) } + [.final] + (imageFeatures == nil ? [] : [.imageFeatures])
  }
}

extension EncoderTap {
  /// How keys and tables call it: 12, `final`, `image`.
  public var label: LayerLabel {
    switch self {
    case .layer(let number): LayerLabel(number)
    // A label is nil for an empty text only.
    case .final: LayerLabel("final") ?? 0
    case .imageFeatures: LayerLabel("image") ?? 0
    }
  }
}
