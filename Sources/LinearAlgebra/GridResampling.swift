import CKernels

/// Resampling of a grid of vectors, such as a picture or a table of position embeddings: first along its rows, then
/// down its columns.
///
/// Float32 throughout; agrees with PyTorch's `interpolate` to 1e-5 of values around 1.
public struct GridResampling: Sendable, Hashable {
  /// How rows are made from rows: [height before, height after].
  public let rows: ResamplingWeights
  /// How columns are made from columns: [width before, width after].
  public let columns: ResamplingWeights
  private let rowWeights: [Float]
  private let columnWeights: [Float]

  public init(rows: ResamplingWeights, columns: ResamplingWeights) {
    self.rows = rows
    self.columns = columns
    rowWeights = rows.weights.map(Float.init)
    columnWeights = columns.weights.map(Float.init)
  }

  /// From a grid of one size, height by width, to another.
  ///
  /// - Parameters:
  ///   - input: Height and width before.
  ///   - output: Height and width after.
  ///   - filter: The kernel.
  ///   - antialias: Whether the kernel grows where the grid is made smaller.
  ///   - scaleFactors: Output samples per input sample, down and across, where they are not the sizes' ratios.
  /// - Precondition: As for ``ResamplingWeights``.
  public init(
    from input: (height: Int, width: Int), to output: (height: Int, width: Int), filter: ResamplingFilter,
    antialias: Bool, scaleFactors: (height: Double, width: Double)? = nil
  ) {
    self.init(
      rows: ResamplingWeights(
        from: input.height, to: output.height, filter: filter, antialias: antialias,
        scaleFactor: scaleFactors?.height),
      columns: ResamplingWeights(
        from: input.width, to: output.width, filter: filter, antialias: antialias,
        scaleFactor: scaleFactors?.width))
  }

  /// Resamples [height, width, channels] into [new height, new width, channels].
  ///
  /// - Precondition: The buffers hold exactly that many values and do not overlap.
  /// - Complexity: O(weights x values); working memory of height x new width x channels.
  public func apply(
    _ grid: UnsafeBufferPointer<Float>, channels: Int, into output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(channels > 0 && grid.count == rows.inputCount * columns.inputCount * channels)
    precondition(output.count == rows.outputCount * columns.outputCount * channels)
    let line = columns.outputCount * channels
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.inputCount * line) { between in
      repscope_resample_columns(
        grid.baseAddress!, rows.inputCount, columns.inputCount, channels, columns.first, columnWeights,
        columns.width, columns.outputCount, between.baseAddress!)
      repscope_resample_rows(
        between.baseAddress!, line, rows.first, rowWeights, rows.width, rows.outputCount, output.baseAddress!)
    }
  }

  /// Resamples [height, width, channels], row-major.
  ///
  /// - Returns: [new height, new width, channels].
  /// - Precondition: `grid` holds exactly that many values.
  public func callAsFunction(_ grid: [Float], channels: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: rows.outputCount * columns.outputCount * channels) { buffer, count in
      count = rows.outputCount * columns.outputCount * channels
      grid.withUnsafeBufferPointer {
        apply($0, channels: channels, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }
}
