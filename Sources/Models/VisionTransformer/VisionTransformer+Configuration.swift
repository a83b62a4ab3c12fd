extension VisionTransformer {
  /// What a vision transformer is, apart from its weights, and how it is used.
  public struct Configuration: Sendable, Hashable {
    /// Whose network it is: they agree in their layers, but differ in tokens, constants and what counts as features.
    public enum Family: String, Sendable, CaseIterable {
      case dinov2, dino, mae
      case mocov3 = "moco-v3"
      case clip
      case ijepa = "i-jepa"
      case dinov3, siglip
    }

    public var family: Family
    public var featureProtocol: FeatureProtocol
    public var inputHeight: Int
    public var inputWidth: Int
    public var inputChannels: Int
    public var patchSize: Int
    public var width: Int
    public var depth: Int
    public var heads: Int
    /// The hidden values of a block's MLP; with gates, what is left of them after the gate.
    public var mlpWidth: Int
    /// Whether the MLP's hidden values are gated (SwiGLU).
    public var usesSwiGLU: Bool
    public var hasClassToken: Bool
    /// The register tokens, which follow the class token.
    public var registers: Int
    /// The grid of the stored position embedding; 0 by 0 where there is none (DINOv3 rotates queries and keys).
    public var tableRows: Int
    public var tableColumns: Int
    /// The length of ``Tap/imageFeatures``; nil where the network has no such vector.
    public var imageFeatureDimension: Int?
    /// The numbers in the tensors that are used here.
    public var parameterCount: Int

    /// Where in a layer's tokens what is.
    public var tokenLayout: TokenLayout {
      TokenLayout(
        classToken: hasClassToken ? 0 : nil, registers: registers, gridRows: inputHeight / patchSize,
        gridColumns: inputWidth / patchSize)
    }

    /// The tokens of one image: class token, registers, patches.
    public var tokens: Int { tokenLayout.count }
  }

  /// Where in a layer's tokens what is: the class token, then registers, then patches, row by row of their grid.
  public struct TokenLayout: Sendable, Hashable {
    /// The class token's row; nil where there is none.
    public let classToken: Int?
    let registerCount: Int
    /// The grid of patches.
    public let gridRows: Int
    public let gridColumns: Int

    init(classToken: Int?, registers: Int, gridRows: Int, gridColumns: Int) {
      self.classToken = classToken
      registerCount = registers
      self.gridRows = gridRows
      self.gridColumns = gridColumns
    }

    /// The number of tokens before the first patch.
    public var prefixCount: Int { (classToken == nil ? 0 : 1) + registerCount }
    /// The registers' rows.
    public var registers: Range<Int> { prefixCount - registerCount..<prefixCount }
    /// The patches' rows.
    public var patches: Range<Int> { prefixCount..<count }
    /// All rows.
    public var count: Int { prefixCount + gridRows * gridColumns }
  }
}

extension VisionTransformer.Configuration {
  var patchElements: Int { inputChannels * patchSize * patchSize }

  /// The values between a block's two linear layers, before any gate.
  var hiddenWidth: Int { usesSwiGLU ? 2 * mlpWidth : mlpWidth }

  /// The floating-point operations of one image, a multiplication and an addition counted as two, up to a layer's
  /// output; 0 is the patch embedding. Matrix products only.
  public func floatingPointOperations(upTo layer: Int) -> Int {
    let products = 2 * tokens * width * (4 * width + hiddenWidth + mlpWidth)
    let attention = 4 * tokens * tokens * width
    return 2 * tokenLayout.patches.count * patchElements * width
      + min(max(layer, 0), depth) * (products + attention)
  }

  /// The floating-point operations of one image, up to the last block's output.
  public var floatingPointOperations: Int { floatingPointOperations(upTo: depth) }
}

extension VisionTransformer.Configuration: CustomStringConvertible {
  /// Depth, width and MLP width of the published sizes.
  private static let publishedSizes: [(name: String, depth: Int, width: Int, mlpWidth: Int)] = [
    ("Ti", 12, 192, 768), ("S", 12, 384, 1536), ("B", 12, 768, 3072), ("L", 24, 1024, 4096),
    ("H", 32, 1280, 5120), ("g", 40, 1536, 4096), ("g", 40, 1408, 6144),
    ("So400m", 27, 1152, 4304), ("7B", 40, 4096, 8192),
  ]

  /// "DINOv2 ViT-B/14", or nil where no published model has these sizes.
  public var publishedName: String? {
    let size = Self.publishedSizes.first {
      $0.depth == depth && $0.width == width && $0.mlpWidth == mlpWidth
    }
    // S+ and H+ are DINOv3's with gates.
    let suffix = family == .dinov3 && usesSwiGLU && width < 4096 ? "+" : ""
    return size.map { "\(family.title) ViT-\($0.name)\(suffix)/\(patchSize)" }
  }

  /// Name, sizes, parameters and operations in one line.
  public var description: String {
    let table = tableRows == 0 ? "" : "position embedding \(tableRows) x \(tableColumns)"
    let parts = [
      "\(depth) \(depth == 1 ? "block" : "blocks") of width \(width)",
      "\(heads) \(heads == 1 ? "head" : "heads")", "patch \(patchSize)",
      usesSwiGLU ? "SwiGLU" : "", hasClassToken ? "" : "no class token",
      registers == 0 ? "" : "\(registers) registers", table,
      "input \(inputChannels) x \(inputHeight) x \(inputWidth) (\(featureProtocol.rawValue))",
      imageFeatureDimension.map { $0 == width ? "" : "image features of \($0) dimensions" } ?? "",
      "\(rounded(parameterCount, to: 1_000_000)) million parameters",
      "\(rounded(floatingPointOperations, to: 1_000_000_000)) Gflop an image",
    ]
    return "\(publishedName ?? "\(family.title) vision transformer"): "
      + parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension VisionTransformer.Configuration.Family {
  /// The name as its authors write it.
  public var title: String {
    switch self {
    case .dinov2: "DINOv2"
    case .dino: "DINO"
    case .mae: "MAE"
    case .mocov3: "MoCo v3"
    case .clip: "CLIP"
    case .ijepa: "I-JEPA"
    case .dinov3: "DINOv3"
    case .siglip: "SigLIP"
    }
  }
}
