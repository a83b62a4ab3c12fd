import LinearAlgebra
import TensorFiles

/// A diffusion transformer: SiT, REPA's SiT, or DiT, run for its hidden states.
///
///     let model = try DiffusionTransformer("0050000.pt")
///     let condition = try model.conditioning(timestep: 0.5, label: model.configuration.nullLabel!)
///     let workspace = DiffusionTransformer.Workspace(model.configuration)
///     try model.run(latent, condition, taps: [.layer(8)], workspace: workspace) { tap, values in ... }
///
/// One image at a time on the calling thread; run several images on several threads, each with its own workspace. A
/// result does not depend on how many there are.
///
/// - SeeAlso: Peebles and Xie (DiT), arXiv 2212.09748; Ma et al. (SiT), arXiv 2401.08740; Yu et al. (REPA), arXiv
///   2410.06940.
public struct DiffusionTransformer: Sendable {
  /// Which weights of a training checkpoint.
  public enum Weights: String, Sendable, CaseIterable {
    /// The exponential moving average, which is what gets published and generated with.
    case ema
    /// The weights that the optimiser was working on.
    case model
  }

  /// What the caller knows better than the checkpoint.
  public struct Options: Sendable, Hashable {
    public var weights: Weights
    /// The number of attention heads, which no tensor tells.
    public var heads: Int?
    /// The side of the input; its height where a stored position embedding is not square.
    public var inputSize: Int?
    /// SiT and DiT look alike on disk.
    public var family: Configuration.Family?
    /// The layer that REPA's projectors are attached to, from 1.
    public var encoderDepth: Int?
    /// For converting 16-bit weights.
    public var threads: Threads

    public init(
      weights: Weights = .ema, heads: Int? = nil, inputSize: Int? = nil, family: Configuration.Family? = nil,
      encoderDepth: Int? = nil, threads: Threads = .all
    ) {
      self.weights = weights
      self.heads = heads
      self.inputSize = inputSize
      self.family = family
      self.encoderDepth = encoderDepth
      self.threads = threads
    }
  }

  public let configuration: Configuration
  /// 32 hexadecimal digits that identify the weights.
  ///
  /// They are made from the names and shapes of all tensors and 16 elements at both ends of each: cheap, the same for a
  /// checkpoint and its copy in another format, and different after any step of training. Not a checksum: a file that
  /// was damaged elsewhere goes unnoticed.
  public let digest: String
  /// The checkpoint's training step, where it or its file name tells.
  public let trainingStep: Int?
  /// The file.
  public let path: String

  let patchEmbedding: PatchEmbedding
  /// One row a token.
  let positions: Matrix
  /// One for all blocks, or one for each.
  let embeddings: [ConditionEmbedding]
  let blocks: [ModulatedBlock]
  let finalLayer: FinalLayer
  let projectors: [ProjectorLayers]

  /// Opens a checkpoint: a state dictionary or a training checkpoint of SiT, DiT or REPA, in PyTorch's or safetensors'
  /// format, or a diffusers folder.
  ///
  /// Float32 weights stay in the mapped file and are read when first used. 16-bit weights are converted, which takes
  /// twice their size in memory.
  ///
  /// - Throws: ``ModelError``, or the `TensorFileError` of a file that cannot be read.
  public init(_ path: String, options: Options = Options()) throws {
    let checkpoint = try Checkpoint(path, weights: options.weights)
    let configuration = try Configuration(checkpoint, options)
    let reader = try WeightReader(checkpoint)
    let parts = try DiffusionParts(configuration, checkpoint, reader)
    patchEmbedding = parts.patchEmbedding
    positions = parts.positions
    embeddings = parts.embeddings
    blocks = parts.blocks
    finalLayer = parts.finalLayer
    projectors = parts.projectors
    digest = try reader.finish(threads: options.threads)
    self.configuration = configuration
    self.path = checkpoint.path
    trainingStep = checkpoint.trainingStep
  }
}
