import CKernels
import LinearAlgebra

/// A transformer block whose norms have weights of their own and whose branches may be scaled (LayerScale).
///
/// - SeeAlso: Dosovitskiy et al., arXiv 2010.11929, section 3.1; Touvron et al. (LayerScale), arXiv 2103.17239.
struct EncoderBlock: Sendable {
  let attentionNorm: LayerNorm
  let attention: Attention
  let attentionScale: Matrix?
  let mlpNorm: LayerNorm
  let mlp: EncoderMLP
  let mlpScale: Matrix?

  /// Runs the block on `tokens`, in place.
  ///
  /// - Parameters:
  ///   - branch: Room for as many elements as `tokens` has.
  ///   - hidden: Room for the MLP's hidden values, gates included.
  func apply(
    _ tokens: MatrixSlice, branch: MatrixSlice, attention scratch: Attention.Scratch,
    hidden: UnsafeMutablePointer<Float>, rotation: Rotation?
  ) {
    attentionNorm.apply(tokens, into: branch)
    attention.apply(branch, into: branch, scratch, rotation: rotation)
    add(branch, attentionScale, to: tokens)
    mlpNorm.apply(tokens, into: branch)
    mlp.apply(branch, into: branch, hidden: hidden)
    add(branch, mlpScale, to: tokens)
  }

  private func add(_ branch: MatrixSlice, _ scale: Matrix?, to tokens: MatrixSlice) {
    guard let scale else { return addResidual(branch, factor: nil, to: tokens) }
    scale.withUnsafeBufferPointer { addResidual(branch, factor: $0.baseAddress, to: tokens) }
  }
}

/// The second half of a block.
enum EncoderMLP: Sendable {
  case plain(MLP)
  case gated(GatedMLP)

  func apply(_ x: MatrixSlice, into y: MatrixSlice, hidden: UnsafeMutablePointer<Float>) {
    switch self {
    case .plain(let mlp): mlp.apply(x, into: y, hidden: hidden)
    case .gated(let mlp): mlp.apply(x, into: y, hidden: hidden)
    }
  }
}

/// SwiGLU: linear(SiLU(gate(x)) value(x)).
///
/// - SeeAlso: Shazeer, arXiv 2002.05202.
struct GatedMLP: Sendable {
  /// Gate and value: one layer that gives both side by side, or two layers.
  let inputs: [Linear]
  let output: Linear

  /// `hidden` has room for the rows of x by twice the output layer's inputs. `y` may be `x`.
  func apply(_ x: MatrixSlice, into y: MatrixSlice, hidden: UnsafeMutablePointer<Float>) {
    let hidden = MatrixSlice(hidden, rows: x.rows, columns: 2 * output.inputs)
    var column = 0
    for input in inputs {
      input.apply(x, into: hidden.columns(column..<column + input.outputs))
      column += input.outputs
    }
    repscope_swiglu(hidden.base, hidden.stride, hidden.rows, output.inputs)
    output.apply(hidden.columns(0..<output.inputs), into: y)
  }
}
