import TensorFiles

/// The vision transformer of a checkpoint: its tensors under their own names, and what tells whose network it is.
struct EncoderCheckpoint {
  /// The tensors that make up the network, and nothing else.
  let checkpoint: Checkpoint
  let names: EncoderNames
  /// What the checkpoint calls the network among others: `target_encoder`; empty where it holds one alone.
  let role: String
  /// Whether the file holds the decoder that MAE is trained with.
  let hasDecoder: Bool

  /// Words that say nothing about which network this is.
  private static let wrappers: Set<Substring> = [
    "module", "_orig_mod", "state_dict", "model", "backbone", "vision_model", "visual", "vit", "dinov2",
    "dinov2_with_registers", "ijepa",
  ]
  /// In which order a file's networks are taken where the caller does not say: alone; I-JEPA's as REPA reads it; MoCo
  /// v3's; the teacher, which is what DINO publishes.
  private static let usual = ["", "encoder", "base_encoder", "teacher"]
  /// What belongs to training and to other uses.
  private static let ignored = [
    "mask_token", "embeddings.mask_token", "embeddings.position_ids", "decoder", "predictor", "pooler", "fc.",
    "classifier", "rope_embed",
  ]

  /// Opens a file, or the weights in a Hugging Face folder.
  ///
  /// - Throws: `TensorFileError`, or ``ModelError`` where there is no vision transformer or not the one asked for.
  init(_ path: String, options: VisionTransformer.Options) throws {
    try self.init(try Checkpoint.openFile(at: path), options: options)
  }

  init(_ file: TensorFile, options: VisionTransformer.Options) throws {
    let prefix: String
    (role, prefix) = try Self.chosen(from: Self.networks(of: file), file, options.network)
    var tensors: [String: Tensor] = [:]
    for tensor in file.tensors where tensor.name.hasPrefix(prefix) && tensor.elementType.isFloatingPoint {
      tensors[Self.mended(String(tensor.name.dropFirst(prefix.count)))] = tensor
    }
    // The projection of CLIP's image side is beside it.
    let parent = prefix.hasSuffix("vision_model.") ? String(prefix.dropLast("vision_model.".count)) : prefix
    if let projection = file[parent + "visual_projection.weight"] {
      tensors["visual_projection.weight"] = projection
    }
    let isPooled = tensors["head.probe"] != nil
    let used = tensors.filter { name, _ in
      !Self.ignored.contains(where: name.hasPrefix) && (isPooled || !name.hasPrefix("head"))
    }
    names = EncoderNames(used.keys)
    hasDecoder = file.names.contains { $0.contains("decoder_embed.") }
    checkpoint = try Checkpoint(file, used)
  }

  /// Whether a file holds a vision transformer, by its tensors' names.
  static func isEncoder(_ file: TensorFile) -> Bool { !networks(of: file).isEmpty }

  /// What precedes the names of each vision transformer in the file, by its role.
  private static func networks(of file: TensorFile) -> [String: String] {
    var networks: [String: String] = [:]
    for name in file.names {
      for marker in EncoderNames.markers where Checkpoint.isEnd(marker.weight, of: name) {
        let prefix = String(name.dropLast(marker.weight.count))
        if let companion = marker.companion, file[prefix + companion] == nil { continue }
        let role = prefix.split(separator: ".").filter { !wrappers.contains($0) }.joined(separator: ".")
        networks[role] = min(networks[role] ?? prefix, prefix)
      }
    }
    return networks
  }

  private static func chosen(
    from networks: [String: String], _ file: TensorFile, _ wanted: String?
  ) throws -> (String, String) {
    let found = networks.keys.sorted().map { $0.isEmpty ? "one without a name" : $0 }.joined(separator: ", ")
    if let wanted {
      let role = wanted.split(separator: ".").filter { !wrappers.contains($0) }.joined(separator: ".")
      if let prefix = networks[role] { return (role, prefix) }
      throw ModelError(
        .undetermined, path: file.path, "there is no network \(wanted); found \(found). Choose one of those")
    }
    if networks.count == 1, let (role, prefix) = networks.first { return (role, prefix) }
    if let role = usual.first(where: { networks[$0] != nil }) { return (role, networks[role]!) }
    guard networks.isEmpty else {
      throw ModelError(
        .undetermined, path: file.path, "the file holds several networks: \(found). Choose one")
    }
    throw ModelError(
      .unknownArchitecture, path: file.path,
      "no vision transformer: looked for "
        + EncoderNames.markers.map(\.weight).joined(separator: ", ")
        + "; the file holds " + (file.names.isEmpty ? "no tensors" : shortened(file.names, to: 8)))
  }

  /// Two kinds of names that official checkpoints have by accident or by way of training.
  ///
  /// MoCo v3's published ones number parts of blocks 13 and 14 once too often (`fix_mocov3_state_dict` in REPA's
  /// utils.py); DINOv2 trained in chunks has a chunk's number before the block's.
  private static func mended(_ name: String) -> String {
    let misprints = [
      ("blocks.13.norm13.", "blocks.13.norm1."), ("blocks.13.mlp.fc13.", "blocks.13.mlp.fc1."),
      ("blocks.14.norm14.", "blocks.14.norm2."), ("blocks.14.mlp.fc14.", "blocks.14.mlp.fc2."),
    ]
    for (wrong, right) in misprints where name.hasPrefix(wrong) { return right + name.dropFirst(wrong.count) }
    let words = name.split(separator: ".", maxSplits: 3)
    guard words.count == 4, words[0] == "blocks", Int(words[1]) != nil, Int(words[2]) != nil else {
      return name
    }
    return "blocks.\(words[2]).\(words[3])"
  }
}
