extension EncoderConfigurationReader {
  /// Which encoder it is: by what only it has, else by what the file or the files beside it say.
  ///
  /// A plain state dictionary of DINO, MAE or MoCo v3 holds the same names.
  func family() throws -> Family {
    let certain = certainFamily
    if let wanted = options.family {
      guard certain == nil || certain == wanted || areAlike(certain!, wanted) else {
        throw error(.badConfiguration, "the tensors are those of \(certain!.title), not of \(wanted.title)")
      }
      return wanted
    }
    if let family = certain ?? hintedFamily { return family }
    throw error(
      .undetermined,
      "a plain vision transformer, as DINO, MAE and MoCo v3 publish it, and neither the file's name nor config.json tells "
        + "which. Give the family as an option: \(Family.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private var names: EncoderNames { source.names }
  private var settings: ModelSettings { source.checkpoint.settings }

  private var certainFamily: Family? {
    if names.pooling != nil || settings.text("model_type")?.hasPrefix("siglip") == true { return .siglip }
    if names.inputNorm != nil { return .clip }
    if names.positions == nil { return .dinov3 }
    if names.layerScales != nil { return .dinov2 }
    if names.patchEmbedding == "embeddings.patch_embedding" {
      return names.classToken == nil ? .siglip : .clip
    }
    if names.classToken == nil { return .ijepa }
    if source.hasDecoder { return .mae }
    if source.role.hasSuffix("base_encoder") || source.role.hasSuffix("momentum_encoder") { return .mocov3 }
    return source.role == "teacher" || source.role == "student" ? .dino : nil
  }

  /// Encoders without LayerScale, with a class token and a learned or stored table: what differs is not in the tensors.
  private func areAlike(_ a: Family, _ b: Family) -> Bool {
    let alike: Set<Family> = [.dino, .mae, .mocov3]
    return alike.contains(a) && alike.contains(b)
  }

  private var hintedFamily: Family? {
    let folders = source.checkpoint.path.split(separator: "/").suffix(2).reversed().map(String.init)
    let hints = ["arch", "architecture", "model_type", "layout"].compactMap { settings.text($0) } + folders
    for hint in hints.map({ $0.lowercased() }) {
      let found = [("moco", Family.mocov3), ("mae", .mae), ("dino", .dino)].filter { hint.contains($0.0) }
      if found.count == 1 { return found[0].1 }
    }
    return nil
  }

  /// What the network is fed.
  ///
  /// REPA feeds DINOv2 224 pixels and DINO, MAE and MoCo v3 256, whatever size they were trained with; the authors' own
  /// evaluation of DINOv2 and DINOv3 uses 224. A network for small pictures is fed the size it was trained with.
  func inputSize(
    family: Family, patchSize: Int, table: (rows: Int, columns: Int)
  ) throws -> VisionTransformer.InputSize {
    if let size = options.inputSize {
      guard size.height > 0, size.width > 0, size.height <= 1 << 16, size.width <= 1 << 16,
        size.height % patchSize == 0, size.width % patchSize == 0
      else {
        throw error(
          .invalidArgument,
          "inputs of \(size.height) x \(size.width) cannot be cut into patches of \(patchSize) x \(patchSize)"
        )
      }
      return size
    }
    let own = VisionTransformer.InputSize(height: table.rows * patchSize, width: table.columns * patchSize)
    let side: Int
    switch (family, options.featureProtocol) {
    case (.dinov2, _), (.dinov3, .native): side = 224
    case (.dinov3, .repa), (.dino, .repa), (.mae, .repa), (.mocov3, .repa): side = 256
    default: return own
    }
    if table.rows > 0, own.height < 224 { return own }
    for side in [side, 224] where side % patchSize == 0 { return .init(square: side) }
    return table.rows > 0 ? own : .init(square: patchSize * 16)
  }
}
