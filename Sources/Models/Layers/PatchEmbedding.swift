import LinearAlgebra

/// A picture cut into square patches, each a row of all its channels, then a linear layer: a convolution whose stride is
/// its size.
struct PatchEmbedding: Sendable {
  /// The convolution's kernel [D, C, p, p] as D rows.
  let projection: Linear
  let patchSize: Int
  let channels: Int

  /// [C, H, W] to one row a patch, row by row of the patch grid.
  ///
  /// - Parameter patches: Room for as many elements as the picture has.
  func apply(
    _ picture: UnsafePointer<Float>, height: Int, width: Int, into tokens: MatrixSlice,
    patches: UnsafeMutablePointer<Float>
  ) {
    var target = patches
    for top in stride(from: 0, to: height, by: patchSize) {
      for left in stride(from: 0, to: width, by: patchSize) {
        for channel in 0..<channels {
          for row in top..<top + patchSize {
            target.update(from: picture + (channel * height + row) * width + left, count: patchSize)
            target += patchSize
          }
        }
      }
    }
    projection.apply(MatrixSlice(patches, rows: tokens.rows, columns: projection.inputs), into: tokens)
  }

  /// The way back: rows whose elements are (row in the patch, column in the patch, channel), channel fastest, to the
  /// first `channels` channels of a picture [C, H, W].
  static func assemble(
    _ tokens: MatrixSlice, patchSize: Int, height: Int, width: Int, channels: Int,
    into picture: UnsafeMutablePointer<Float>
  ) {
    let tokenChannels = tokens.columns / (patchSize * patchSize)
    let gridWidth = width / patchSize
    for channel in 0..<channels {
      for row in 0..<height {
        for column in 0..<width {
          let token = row / patchSize * gridWidth + column / patchSize
          let place = row % patchSize * patchSize + column % patchSize
          picture[(channel * height + row) * width + column] =
            tokens.base[token * tokens.stride + place * tokenChannels + channel]
        }
      }
    }
  }
}
