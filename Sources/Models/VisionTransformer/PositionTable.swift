import LinearAlgebra

/// A position embedding on the grid a network was trained with.
struct PositionTable {
  let rows: Int
  let columns: Int
  /// One row a cell of the grid, row by row.
  let values: Matrix

  /// The table on the grid of a network's input, by the resampling of its protocol.
  ///
  /// - REPA: bicubic with antialiasing, by the sizes of the grids (`resample_abs_pos_embed` of timm, which REPA's
  ///   `load_encoders` calls).
  /// - DINO's and DINOv2's own: bicubic without antialiasing, by a scale factor of 0.1 cells too much
  ///   (`interpolate_pos_encoding` of their vision_transformer.py); with registers, as REPA has it.
  /// - Throws: ``ModelError`` where the protocol knows no other grid than the network's own.
  func resampled(for configuration: VisionTransformer.Configuration, path: String) throws -> Matrix {
    let layout = configuration.tokenLayout
    let (newRows, newColumns) = (layout.gridRows, layout.gridColumns)
    if (newRows, newColumns) == (rows, columns) { return values }
    switch (configuration.featureProtocol, configuration.family) {
    case (.repa, .dinov2), (.repa, .dino), (.repa, .mae), (.repa, .mocov3):
      return resampled(newRows, newColumns, antialias: true)
    case (.native, .dinov2) where configuration.registers > 0:
      return resampled(newRows, newColumns, antialias: true)
    case (.native, .dinov2), (.native, .dino):
      return resampled(newRows, newColumns, antialias: false, offset: 0.1)
    default:
      let size = (rows * configuration.patchSize, columns * configuration.patchSize)
      throw ModelError(
        .unsupported, path: path,
        "inputs of \(configuration.inputHeight) x \(configuration.inputWidth): by protocol "
          + "\(configuration.featureProtocol.rawValue), \(configuration.family.title) is run at its own size, "
          + "\(size.0) x \(size.1)")
    }
  }

  /// - Parameter offset: What the number of cells is increased by for the scale factor; nil to go by the sizes.
  private func resampled(_ newRows: Int, _ newColumns: Int, antialias: Bool, offset: Double? = nil) -> Matrix
  {
    let resampling = GridResampling(
      from: (rows, columns), to: (newRows, newColumns), filter: .bicubic, antialias: antialias,
      scaleFactors: offset.map {
        (height: (Double(newRows) + $0) / Double(rows), width: (Double(newColumns) + $0) / Double(columns))
      })
    return Matrix(rows: newRows * newColumns, columns: values.columns) { result in
      values.withUnsafeBufferPointer { resampling.apply($0, channels: values.columns, into: result) }
    }
  }
}
