import LinearAlgebra

extension VisionTransformer {
  /// Working memory for one image at a time: a few megabytes, one per thread.
  public final class Workspace {
    public let configuration: Configuration
    let buffers: TokenBuffers
    private let featureOwner: LinearAlgebra.Workspace<Float>

    var tokens: MatrixSlice { buffers.tokens }
    var branch: MatrixSlice { buffers.branch }
    var wide: UnsafeMutablePointer<Float> { buffers.wide }
    var attention: Attention.Scratch { buffers.attention }
    /// Image features, and what is computed on the way to them.
    var features: UnsafeMutablePointer<Float> { featureOwner.base }

    public init(_ configuration: Configuration) {
      self.configuration = configuration
      buffers = TokenBuffers(
        count: configuration.tokens, width: configuration.width,
        widest: max(configuration.hiddenWidth, configuration.patchElements))
      featureOwner = LinearAlgebra.Workspace(
        3 * configuration.width + configuration.hiddenWidth + (configuration.imageFeatureDimension ?? 0))
    }
  }

  /// Working memory for one image at a time.
  public func makeWorkspace() -> Workspace { Workspace(configuration) }
}
