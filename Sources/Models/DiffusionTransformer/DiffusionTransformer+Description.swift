extension DiffusionTransformer.Configuration: CustomStringConvertible {
  /// Depth, width and heads of the published sizes; DiT and SiT share them.
  private static let publishedSizes: [(name: String, depth: Int, width: Int, heads: Int)] = [
    ("S", 12, 384, 6), ("B", 12, 768, 12), ("L", 24, 1024, 16), ("XL", 28, 1152, 16),
  ]

  /// "SiT-XL/2", or nil where no published model has these sizes.
  public var publishedName: String? {
    let size = Self.publishedSizes.first {
      $0.depth == depth && $0.width == width && $0.heads == heads && mlpWidth == 4 * width
    }
    return [2, 4, 8].contains(patchSize) ? size.map { "\(network)-\($0.name)/\(patchSize)" } : nil
  }

  private var network: String {
    switch family {
    case .sit, .repa: "SiT"
    case .dit, .ditDiffusers: "DiT"
    }
  }

  /// Name, sizes, parameters and operations in one line.
  public var description: String {
    let origin =
      switch family {
      case .sit, .dit: "official"
      case .repa: "REPA"
      case .ditDiffusers: "diffusers"
      }
    var parts = [
      "\(depth) blocks of width \(width)", "\(heads) heads", "patch \(patchSize)",
      "input \(inputChannels) x \(inputHeight) x \(inputWidth)",
      outputChannels == inputChannels ? "" : "output \(outputChannels) channels",
      "\(classes) classes" + (nullLabel == nil ? "" : " and the null label"),
      normalizesQueriesAndKeys ? "queries and keys normalised" : "",
    ]
    if !projectorDimensions.isEmpty {
      let dimensions = projectorDimensions.map(String.init).joined(separator: " and ")
      parts.append("projectors to \(dimensions)" + (encoderDepth.map { " from layer \($0)" } ?? ""))
    }
    parts += [
      "\(rounded(parameterCount, to: 1_000_000)) million parameters",
      "\(rounded(floatingPointOperations, to: 1_000_000_000)) Gflop an image",
    ]
    return "\(publishedName ?? network) (\(origin)): " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
