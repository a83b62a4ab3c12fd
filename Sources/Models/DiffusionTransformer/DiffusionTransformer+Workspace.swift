import LinearAlgebra

extension DiffusionTransformer {
  /// Working memory for one image at a time: a few megabytes, one per thread.
  public final class Workspace {
    public let configuration: Configuration
    let buffers: TokenBuffers
    private let pictureOwner: LinearAlgebra.Workspace<Float>
    /// Two buffers for projectors, made when one is asked for.
    private lazy var projectionOwners = makeProjectionBuffers()

    var tokens: MatrixSlice { buffers.tokens }
    var branch: MatrixSlice { buffers.branch }
    var wide: UnsafeMutablePointer<Float> { buffers.wide }
    var attention: Attention.Scratch { buffers.attention }
    var picture: UnsafeMutablePointer<Float> { pictureOwner.base }
    var projection: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
      (projectionOwners[0].base, projectionOwners[1].base)
    }

    public init(_ configuration: Configuration) {
      self.configuration = configuration
      buffers = TokenBuffers(
        count: configuration.tokens, width: configuration.width,
        widest: max(
          configuration.mlpWidth, configuration.patchElements, configuration.outputPatchElements))
      pictureOwner = LinearAlgebra.Workspace(
        configuration.predictedChannels * configuration.inputHeight * configuration.inputWidth)
    }

    private func makeProjectionBuffers() -> [LinearAlgebra.Workspace<Float>] {
      let widest = max(configuration.projectorWidth, configuration.projectorDimensions.max() ?? 0)
      return (0..<2).map { _ in LinearAlgebra.Workspace(configuration.tokens * widest) }
    }
  }
}
