import LinearAlgebra
import TensorFiles

/// A vision transformer: DINOv2, DINO, MAE, MoCo v3, CLIP's image side, I-JEPA, DINOv3 or SigLIP, run for its features.
///
///     let model = try VisionTransformer("dinov2_vitb14_pretrain.pth")
///     let workspace = VisionTransformer.Workspace(model.configuration)
///     try model.run(picture, taps: [.layer(12), .final], workspace: workspace) { tap, values in ... }
///
/// One image at a time on the calling thread; run several images on several threads, each with its own workspace. A
/// result does not depend on how many there are.
///
/// - SeeAlso: Dosovitskiy et al. (ViT), arXiv 2010.11929; Oquab et al. (DINOv2), arXiv 2304.07193; Caron et al. (DINO),
///   arXiv 2104.14294; He et al. (MAE), arXiv 2111.06377; Chen et al. (MoCo v3), arXiv 2104.02057; Radford et al. (CLIP),
///   arXiv 2103.00020; Assran et al. (I-JEPA), arXiv 2301.08243; Siméoni et al. (DINOv3), arXiv 2508.10104; Zhai et al.
///   (SigLIP), arXiv 2303.15343.
public struct VisionTransformer: Sendable {
  /// Whose way of using an encoder is followed, where its authors and REPA differ.
  public enum FeatureProtocol: String, Sendable, CaseIterable {
    /// REPA's loader and training loop: which input size, which resampling of the position embedding, which norm.
    case repa
    /// The encoder's own code.
    case native
  }

  /// Height and width of the network's input, in pixels.
  public struct InputSize: Sendable, Hashable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    public init(square side: Int) {
      self.init(height: side, width: side)
    }
  }

  /// What the caller knows better than the checkpoint, or wants otherwise than it is usual.
  public struct Options: Sendable, Hashable {
    /// Which encoder it is; several have the same tensors.
    public var family: Configuration.Family?
    public var featureProtocol: FeatureProtocol
    /// What the network is fed; by default what the protocol feeds, see ``Configuration/preprocessing``.
    public var inputSize: InputSize?
    /// The number of attention heads, which no tensor tells.
    public var heads: Int?
    /// Which network of a checkpoint that holds several, such as `target_encoder` or `momentum_encoder`.
    public var network: String?
    /// For converting 16-bit weights.
    public var threads: Threads

    public init(
      family: Configuration.Family? = nil, featureProtocol: FeatureProtocol = .repa,
      inputSize: InputSize? = nil, heads: Int? = nil, network: String? = nil, threads: Threads = .all
    ) {
      self.family = family
      self.featureProtocol = featureProtocol
      self.inputSize = inputSize
      self.heads = heads
      self.network = network
      self.threads = threads
    }
  }

  public let configuration: Configuration
  /// 32 hexadecimal digits that identify the weights, see ``DiffusionTransformer/digest``.
  public let digest: String
  /// The file.
  public let path: String

  let patchEmbedding: PatchEmbedding
  /// The class token, with its position where it has one, and the registers: one row each.
  let prefix: Matrix
  /// One row a patch; none where the positions are told by rotation alone.
  let positions: Matrix?
  /// How queries and keys are told their positions, in place of a table.
  let rotation: Rotation?
  /// CLIP's norm before the first block.
  let inputNorm: LayerNorm?
  let blocks: [EncoderBlock]
  let finalNorm: LayerNorm
  let imageHead: ImageHead?

  /// Opens a checkpoint as it is published: a state dictionary, a training checkpoint, OpenAI's TorchScript archive, or a
  /// Hugging Face folder, in PyTorch's or safetensors' format.
  ///
  /// Float32 weights stay in the mapped file and are read when first used. 16-bit weights are converted, which takes
  /// twice their size in memory. Tensors of other purpose (decoder, predictor, classifier, text) are left alone.
  ///
  /// - Throws: ``ModelError``, or the `TensorFileError` of a file that cannot be read.
  public init(_ path: String, options: Options = Options()) throws {
    let source = try EncoderCheckpoint(path, options: options)
    let configuration = try Configuration(source, options)
    let reader = try WeightReader(source.checkpoint)
    let parts = try EncoderParts(configuration, source, reader)
    digest = try reader.finish(threads: options.threads)
    (prefix, positions) = try parts.tokenTables(configuration, path: source.checkpoint.path)
    rotation = parts.rotation
    patchEmbedding = parts.patchEmbedding
    inputNorm = parts.inputNorm
    blocks = parts.blocks
    finalNorm = parts.finalNorm
    imageHead = parts.imageHead
    self.configuration = configuration
    self.path = source.checkpoint.path
  }
}
