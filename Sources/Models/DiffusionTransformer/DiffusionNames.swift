/// How a library calls the parts of a diffusion transformer.
struct DiffusionNames {
  let patchEmbedding: String
  let blocks: String
  /// Queries, keys and values: one name or three.
  let attentionInputs: [String]
  let attentionOutput: String
  let mlpFirst: String
  let mlpSecond: String
  let modulation: String
  let timestepFirst: String
  let timestepSecond: String
  let finalModulation: String
  let output: String
  /// Whether each block has the time step's and the label's embeddings to itself.
  let embedsInBlocks: Bool

  func block(_ index: Int) -> String { "\(blocks).\(index)." }

  func timestep(_ block: Int) -> String {
    embedsInBlocks ? self.block(block) + "norm1.emb.timestep_embedder." : "t_embedder.mlp."
  }

  func labels(_ block: Int) -> String {
    embedsInBlocks
      ? self.block(block) + "norm1.emb.class_embedder.embedding_table" : "y_embedder.embedding_table"
  }

  /// SiT, DiT and REPA.
  static let official = DiffusionNames(
    patchEmbedding: "x_embedder.proj", blocks: "blocks", attentionInputs: ["attn.qkv"],
    attentionOutput: "attn.proj",
    mlpFirst: "mlp.fc1", mlpSecond: "mlp.fc2", modulation: "adaLN_modulation.1", timestepFirst: "0",
    timestepSecond: "2",
    finalModulation: "final_layer.adaLN_modulation.1", output: "final_layer.linear", embedsInBlocks: false)

  /// `DiTTransformer2DModel`.
  static let diffusers = DiffusionNames(
    patchEmbedding: "pos_embed.proj", blocks: "transformer_blocks",
    attentionInputs: ["attn1.to_q", "attn1.to_k", "attn1.to_v"], attentionOutput: "attn1.to_out.0",
    mlpFirst: "ff.net.0.proj", mlpSecond: "ff.net.2", modulation: "norm1.linear", timestepFirst: "linear_1",
    timestepSecond: "linear_2", finalModulation: "proj_out_1", output: "proj_out_2", embedsInBlocks: true)
}
