import LinearAlgebra

extension DiffusionTransformer {
  /// Working memory for one image at a time: a few megabytes, one per thread.
  public final class Workspace {
    public let configuration: Configuration
    let tokens: MatrixSlice
    let branch: MatrixSlice
    /// The widest of what a token becomes on its way: queries, keys and values, hidden values, patches.
    let wide: UnsafeMutablePointer<Float>
    let attention: Attention.Scratch
    let picture: UnsafeMutablePointer<Float>
    /// Two buffers for projectors, made when one is asked for.
    private(set) lazy var projection = makeProjectionBuffers()
    private var owners: [LinearAlgebra.Workspace<Float>] = []

    public init(_ configuration: Configuration) {
      self.configuration = configuration
      let (count, width) = (configuration.tokens, configuration.width)
      let widest = max(
        3 * width, configuration.mlpWidth, configuration.patchElements, configuration.outputPatchElements)
      let sizes = [
        count * width, count * width, count * widest, count * width, count * Attention.scoreRows(count),
        count,
        configuration.predictedChannels * configuration.inputHeight * configuration.inputWidth,
      ]
      owners = sizes.map { LinearAlgebra.Workspace<Float>($0) }
      let memory = owners.map(\.base)
      tokens = MatrixSlice(memory[0], rows: count, columns: width)
      branch = MatrixSlice(memory[1], rows: count, columns: width)
      wide = memory[2]
      attention = Attention.Scratch(
        projected: memory[2], mixed: memory[3], scores: memory[4], inverseSums: memory[5])
      picture = memory[6]
    }

    private func makeProjectionBuffers() -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
      let widest = max(configuration.projectorWidth, configuration.projectorDimensions.max() ?? 0)
      let buffers = (0..<2).map { _ in LinearAlgebra.Workspace<Float>(configuration.tokens * widest) }
      owners += buffers
      return (buffers[0].base, buffers[1].base)
    }
  }
}
