import LinearAlgebra

extension AutoencoderKL {
  /// What an AutoencoderKL is, apart from its weights.
  public struct Configuration: Sendable, Hashable {
    /// The channels of a picture that goes in.
    public var inputChannels: Int
    /// The channels of a picture that comes out.
    public var outputChannels: Int
    /// The channels C of a latent. The encoder gives 2C: means and logarithms of variances.
    public var latentChannels: Int
    /// The channels at every resolution, the picture's own first; each is half as large as the one before.
    public var blockChannels: [Int]
    /// The residual blocks at every resolution of the encoder; the decoder has one more.
    public var layersPerBlock: Int
    /// The groups of every norm.
    public var normGroups: Int
    /// Whether there is attention at the lowest resolution.
    public var hasMidAttention: Bool
    /// Whether the moments go through a last 1 x 1 convolution.
    public var hasQuantConvolution: Bool
    /// Whether a latent goes through a 1 x 1 convolution first.
    public var hasPostQuantConvolution: Bool
    /// A diffusion transformer's input is (latent - shiftFactor) times this; 0.18215 for Stable Diffusion.
    public var scalingFactor: Double
    /// 0 for most.
    public var shiftFactor: Double
    /// The side of the pictures it was trained on, as `config.json` says.
    public var sampleSize: Int
    /// The numbers in the checkpoint's tensors.
    public var parameterCount: Int

    /// How many pixels make one of a latent, in height and width alike: 8 for Stable Diffusion.
    public var downsamplingFactor: Int { 1 << (blockChannels.count - 1) }

    /// The floating-point operations of encoding one picture of ``sampleSize``.
    public var floatingPointOperations: Int {
      floatingPointOperations(of: .encoder, height: sampleSize, width: sampleSize)
    }
  }
}

extension AutoencoderKL.Configuration: CustomStringConvertible {
  /// Sizes, parameters and operations in one line.
  public var description: String {
    let parts = [
      "\(inputChannels) channels to \(latentChannels) at 1/\(downsamplingFactor) of the size",
      "blocks of \(blockChannels.map(String.init).joined(separator: ", ")) channels",
      "\(layersPerBlock) \(layersPerBlock == 1 ? "layer" : "layers") each",
      hasMidAttention ? "" : "no attention",
      "scaling factor \(scalingFactor)" + (shiftFactor == 0 ? "" : ", shift \(shiftFactor)"),
      "\(rounded(parameterCount, to: 1_000_000)) million parameters",
      "\(rounded(floatingPointOperations, to: 1_000_000_000)) Gflop to encode \(sampleSize) x \(sampleSize)",
    ]
    return "AutoencoderKL (diffusers): " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}
