/// What a vision transformer's tensors are called in one checkpoint.
///
/// The authors' code, OpenAI's CLIP, timm, and several generations of the transformers library name the same parts
/// differently. Each part's name is the first of the known ones that the checkpoint has.
struct EncoderNames: Sendable {
  let patchEmbedding: String
  let classToken: String?
  let registers: String?
  let positions: String?
  /// CLIP's norm before the first block.
  let inputNorm: String?
  let blocks: String
  let attentionNorm: String
  /// Queries, keys and values, one name or three, up to the word "weight".
  let attentionInputs: [String]
  let attentionOutput: String
  /// The two LayerScales.
  let layerScales: [String]?
  let mlpNorm: String
  /// The layer before the activation; with gates that are a layer of their own, gate and value.
  let mlpInputs: [String]
  let mlpOutput: String
  let finalNorm: String
  /// CLIP's way from the class token to the image features, [width, dimension] or its transpose.
  let projection: String?
  let transposedProjection: String?
  /// SigLIP's query that gathers the image features.
  let pooling: String?

  func block(_ index: Int) -> String { "\(blocks).\(index)." }

  /// The names of the patch embedding's weight, and what else must be there for it to be a vision transformer.
  static let markers: [(weight: String, companion: String?)] = [
    ("patch_embed.proj.weight", nil), ("conv1.weight", "class_embedding"),
    ("embeddings.patch_embedding.weight", nil), ("embeddings.patch_embeddings.projection.weight", nil),
    ("embeddings.patch_embeddings.weight", nil),
  ]

  /// - Parameter names: All tensors of the network, without what precedes their own names.
  init(_ names: some Collection<String>) {
    let names = Set(names)
    var parts: Set<String> = []
    let blocks =
      [
        "blocks", "transformer.resblocks", "encoder.layers", "encoder.layer", "layers", "model.layer",
        "layer",
      ]
      .first { prefix in names.contains { $0.hasPrefix(prefix + ".") } } ?? "blocks"
    // A part that one block lacks is still known from the others, and the error can name what is missing.
    for name in names where name.hasPrefix(blocks + ".") {
      let rest = name.dropFirst(blocks.count + 1)
      if let dot = rest.firstIndex(of: ".") { parts.insert(String(rest[rest.index(after: dot)...])) }
    }
    func top(_ candidates: String...) -> String? { candidates.first(where: names.contains) }
    func norm(_ candidates: String...) -> String? { candidates.first { names.contains($0 + ".weight") } }
    func part(_ candidates: [[String]]) -> [String] {
      candidates.first { $0.allSatisfy { part in parts.contains { $0.hasPrefix(part) } } } ?? candidates[0]
    }
    func part(_ candidates: String...) -> String { part(candidates.map { ["\($0)."] })[0].dropLastDot }

    patchEmbedding =
      Self.markers.first { names.contains($0.weight) }.map { String($0.weight.dropLast(".weight".count)) }
      ?? "patch_embed.proj"
    classToken = top("cls_token", "class_embedding", "embeddings.class_embedding", "embeddings.cls_token")
    registers = top("register_tokens", "reg_token", "embeddings.register_tokens")
    positions = top(
      "pos_embed", "positional_embedding", "embeddings.position_embedding.weight",
      "embeddings.position_embeddings")
    inputNorm = norm("ln_pre", "pre_layrnorm", "pre_layernorm", "norm_pre")
    self.blocks = blocks
    attentionNorm = part("norm1", "ln_1", "layer_norm1", "layernorm_before")
    attentionInputs = part([
      ["attn.qkv."], ["attn.in_proj_"], ["self_attn.q_proj.", "self_attn.k_proj.", "self_attn.v_proj."],
      ["attention.attention.query.", "attention.attention.key.", "attention.attention.value."],
      ["attention.q_proj.", "attention.k_proj.", "attention.v_proj."],
    ])
    attentionOutput = part(
      "attn.proj", "attn.out_proj", "self_attn.out_proj", "attention.output.dense", "attention.o_proj")
    layerScales = [["ls1.gamma", "ls2.gamma"], ["layer_scale1.lambda1", "layer_scale2.lambda1"]].first {
      $0.contains(where: parts.contains)
    }
    mlpNorm = part("norm2", "ln_2", "layer_norm2", "layernorm_after")
    mlpInputs = part([
      ["mlp.fc1."], ["mlp.w12."], ["mlp.c_fc."], ["mlp.weights_in."], ["mlp.gate_proj.", "mlp.up_proj."],
      ["mlp.up_proj."], ["intermediate.dense."],
    ]).map(\.dropLastDot)
    mlpOutput = part("mlp.fc2", "mlp.w3", "mlp.c_proj", "mlp.weights_out", "mlp.down_proj", "output.dense")
    finalNorm = norm("norm", "ln_post", "post_layernorm", "layernorm") ?? "norm"
    projection = top("proj")
    transposedProjection = top("visual_projection.weight")
    pooling = top("head.probe")
  }
}

extension String {
  fileprivate var dropLastDot: String { String(dropLast()) }
}
