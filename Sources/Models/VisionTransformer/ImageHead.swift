import LinearAlgebra

/// What makes one vector of a picture's tokens.
enum ImageHead: Sendable {
  /// CLIP's: the class token times a matrix [width, dimension], or its transpose.
  case projection(Matrix, isTransposed: Bool)
  case pooling(AttentionPooling)

  /// - Parameter tokens: After the final norm. The result lies in `workspace.features`.
  func apply(_ tokens: MatrixSlice, _ workspace: VisionTransformer.Workspace) -> MatrixSlice {
    switch self {
    case .pooling(let pooling): return pooling.apply(tokens, workspace)
    case .projection(let matrix, let isTransposed):
      let dimension = isTransposed ? matrix.rows : matrix.columns
      let result = MatrixSlice(workspace.features, rows: 1, columns: dimension)
      if isTransposed {
        Linear(weight: matrix, bias: nil).apply(tokens.base, into: result.base)
      } else {
        matrix.withUnsafeBufferPointer {
          BLAS.multiply(
            m: 1, n: dimension, k: tokens.columns, tokens.base, tokens.stride, $0.baseAddress!, dimension,
            into: result.base, dimension)
        }
      }
      return result
    }
  }
}

/// SigLIP's vector of a picture: a learned query gathers from all tokens, and an MLP follows.
///
/// - SeeAlso: Zhai et al., arXiv 2106.04560, section 3.1 (MAP head); `SiglipMultiheadAttentionPoolingHead` of the
///   transformers library.
struct AttentionPooling: Sendable {
  /// One row: the query before its projection.
  let probe: Matrix
  let attention: Attention
  let norm: LayerNorm
  let mlp: MLP

  func apply(_ tokens: MatrixSlice, _ workspace: VisionTransformer.Workspace) -> MatrixSlice {
    let width = tokens.columns
    let gathered = MatrixSlice(workspace.features, rows: 1, columns: width)
    let branch = MatrixSlice(workspace.features + width, rows: 1, columns: width)
    probe.withUnsafeBufferPointer {
      attention.gather(from: tokens, by: $0.baseAddress!, into: gathered, workspace.attention)
    }
    norm.apply(gathered, into: branch)
    mlp.apply(branch, into: branch, hidden: workspace.features + 2 * width)
    addResidual(branch, factor: nil, to: gathered)
    return gathered
  }
}
