import CKernels
import LinearAlgebra

/// y = x Wᵀ + b for every row of x.
struct Linear: Sendable {
  /// Outputs by inputs, as PyTorch stores it.
  let weight: Matrix
  /// One row, or nil for none.
  let bias: Matrix?

  var inputs: Int { weight.columns }
  var outputs: Int { weight.rows }

  /// Rows of `inputs` elements to rows of `outputs`. `y` must not overlap `x`.
  func apply(_ x: MatrixSlice, into y: MatrixSlice) {
    apply(x, firstOutputs: outputs, into: y)
  }

  /// The same for the first few of the outputs alone.
  func apply(_ x: MatrixSlice, firstOutputs outputs: Int, into y: MatrixSlice) {
    // The product is added to rows that hold the bias already: the bias costs no pass of its own.
    withBias { repscope_fill_rows($0, y.base, y.stride, y.rows, outputs) }
    weight.withUnsafeBufferPointer { weight in
      guard let weight = weight.baseAddress else { return }
      BLAS.addMultiplyTransposed(
        m: x.rows, n: outputs, k: inputs, x.base, x.stride, weight, inputs, into: y.base, y.stride)
    }
  }

  /// One row, as inner products in Double: the weight is read once, in place, where a matrix product would first
  /// copy it.
  func apply(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    weight.withUnsafeBufferPointer { weight in
      withBias { bias in
        for output in 0..<outputs {
          let product = repscope_dot(weight.baseAddress! + output * inputs, x, inputs)
          y[output] = Float(product + (bias.map { Double($0[output]) } ?? 0))
        }
      }
    }
  }

  /// One row, as an array.
  ///
  /// - Precondition: `x` has `inputs` elements.
  func apply(_ x: [Float]) -> [Float] {
    precondition(x.count == inputs, "\(x.count) elements for \(inputs) inputs")
    return [Float](unsafeUninitializedCapacity: outputs) { y, initialized in
      x.withUnsafeBufferPointer { apply($0.baseAddress!, into: y.baseAddress!) }
      initialized = outputs
    }
  }

  private func withBias(_ body: (UnsafePointer<Float>?) -> Void) {
    guard let bias else { return body(nil) }
    bias.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

/// Every row less its mean, over its standard deviation; then scaled and shifted where there is something to do it with.
struct LayerNorm: Sendable {
  let epsilon: Float
  let weight: Matrix?
  let bias: Matrix?

  init(epsilon: Float, weight: Matrix? = nil, bias: Matrix? = nil) {
    self.epsilon = epsilon
    self.weight = weight
    self.bias = bias
  }

  /// `y` may be `x`.
  func apply(_ x: MatrixSlice, into y: MatrixSlice) {
    withElements(of: weight) { weight in
      withElements(of: bias) { bias in
        repscope_layer_norm(x.base, x.stride, x.rows, x.columns, epsilon, weight, bias, y.base, y.stride)
      }
    }
  }

  /// The norm without weights of its own, then modulated, in one pass.
  func apply(_ x: MatrixSlice, _ modulation: Modulation, into y: MatrixSlice) {
    repscope_layer_norm(
      x.base, x.stride, x.rows, x.columns, epsilon, modulation.scale, modulation.shift, y.base, y.stride)
  }

  private func withElements(of matrix: Matrix?, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let matrix else { return body(nil) }
    matrix.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

/// x += factor * y: what ends a residual branch. The factor is a gate or a LayerScale, one number a column; nil is 1.
func addResidual(_ y: MatrixSlice, factor: UnsafePointer<Float>?, to x: MatrixSlice) {
  repscope_add_gated(x.base, x.stride, y.base, y.stride, factor, x.rows, x.columns)
}
