import CKernels
import LinearAlgebra

/// What the condition does to one residual branch: norm(x) * scale + shift goes in, gate * y comes out.
struct Modulation {
  /// 1 + the network's own scale.
  let scale: UnsafePointer<Float>
  let shift: UnsafePointer<Float>
  let gate: UnsafePointer<Float>?
}

extension Modulation {
  /// Fills a row with linear(SiLU(condition)) and adds 1 to the chunks that are scales.
  ///
  /// - Parameter scaleChunks: Which of the chunks, `width` elements each, are scales.
  static func fill(
    _ row: UnsafeMutablePointer<Float>, from condition: [Float], by layer: Linear, scaleChunks: [Int]
  ) {
    let width = layer.inputs
    var activated = condition
    activated.withUnsafeMutableBufferPointer { Activation.silu.apply($0) }
    activated.withUnsafeBufferPointer { layer.apply($0.baseAddress!, into: row) }
    for chunk in scaleChunks {
      for index in chunk * width..<(chunk + 1) * width { row[index] += 1 }
    }
  }
}

/// A transformer block whose two norms are modulated and whose two branches are gated (adaLN-Zero).
///
/// - SeeAlso: Peebles and Xie, arXiv 2212.09748, section 3.2.
struct ModulatedBlock: Sendable {
  let attentionNorm: LayerNorm
  let attention: Attention
  let mlpNorm: LayerNorm
  let mlp: MLP
  /// Condition to six vectors: shift, scale, gate of the attention, then of the MLP.
  let modulation: Linear

  static let scaleChunks = [1, 4]

  /// Runs the block on `tokens`, in place.
  ///
  /// - Parameters:
  ///   - condition: This block's six vectors.
  ///   - branch: Room for as many elements as `tokens` has.
  ///   - hidden: Room for the MLP's hidden values.
  func apply(
    _ tokens: MatrixSlice, condition: UnsafePointer<Float>, branch: MatrixSlice,
    attention scratch: Attention.Scratch,
    hidden: UnsafeMutablePointer<Float>
  ) {
    let width = tokens.columns
    func modulation(from chunk: Int) -> Modulation {
      Modulation(
        scale: condition + (chunk + 1) * width, shift: condition + chunk * width,
        gate: condition + (chunk + 2) * width)
    }
    let (first, second) = (modulation(from: 0), modulation(from: 3))
    attentionNorm.apply(tokens, first, into: branch)
    attention.apply(branch, into: branch, scratch)
    addResidual(branch, factor: first.gate, to: tokens)
    mlpNorm.apply(tokens, second, into: branch)
    mlp.apply(branch, into: branch, hidden: hidden)
    addResidual(branch, factor: second.gate, to: tokens)
  }
}

/// What turns the last block's tokens into patches: a modulated norm and a linear layer.
struct FinalLayer: Sendable {
  let norm: LayerNorm
  let projection: Linear
  /// Condition to two vectors: shift, scale.
  let modulation: Linear

  static let scaleChunks = [1]

  func apply(
    _ tokens: MatrixSlice, condition: UnsafePointer<Float>, normalized: MatrixSlice, into patches: MatrixSlice
  ) {
    let modulation = Modulation(scale: condition + tokens.columns, shift: condition, gate: nil)
    norm.apply(tokens, modulation, into: normalized)
    projection.apply(normalized, into: patches)
  }
}

/// REPA's way from a hidden state to an encoder's features: linear, SiLU, linear, SiLU, linear.
///
/// - SeeAlso: Yu et al., arXiv 2410.06940, section 3.
struct ProjectorLayers: Sendable {
  let layers: [Linear]

  /// `buffers` have room for the widest of the layers each; the result lies in one of them.
  func apply(_ x: MatrixSlice, buffers: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>))
    -> MatrixSlice
  {
    var input = x
    var targets = buffers
    for (position, layer) in layers.enumerated() {
      let output = MatrixSlice(targets.0, rows: x.rows, columns: layer.outputs)
      layer.apply(input, into: output)
      if position < layers.count - 1 { Activation.silu.apply(output.elements) }
      input = output
      swap(&targets.0, &targets.1)
    }
    return input
  }
}
