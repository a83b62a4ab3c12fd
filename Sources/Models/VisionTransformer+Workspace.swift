import LinearAlgebra

extension VisionTransformer {
  /// Working memory for one image at a time: a few megabytes, one per thread.
  public final class Workspace {
    public let configuration: Configuration
    let tokens: MatrixSlice
    let branch: MatrixSlice
    /// The widest of what a token becomes on its way: queries, keys and values, hidden values, patches.
    let wide: UnsafeMutablePointer<Float>
    let attention: Attention.Scratch
    /// Image features, and what is computed on the way to them.
    let features: UnsafeMutablePointer<Float>
    private let owners: [LinearAlgebra.Workspace<Float>]

    public init(_ configuration: Configuration) {
      self.configuration = configuration
      let (count, width) = (configuration.tokens, configuration.width)
      let widest = max(3 * width, configuration.hiddenWidth, configuration.patchElements)
      let sizes = [
        count * width, count * width, count * widest, count * width, count * Attention.scoreRows(count),
        count, 3 * width + configuration.hiddenWidth + (configuration.imageFeatureDimension ?? 0),
      ]
      owners = sizes.map { LinearAlgebra.Workspace<Float>($0) }
      let memory = owners.map(\.base)
      tokens = MatrixSlice(memory[0], rows: count, columns: width)
      branch = MatrixSlice(memory[1], rows: count, columns: width)
      wide = memory[2]
      attention = Attention.Scratch(
        projected: memory[2], mixed: memory[3], scores: memory[4], inverseSums: memory[5])
      features = memory[6]
    }
  }

  /// Working memory for one image at a time.
  public func makeWorkspace() -> Workspace { Workspace(configuration) }
}
