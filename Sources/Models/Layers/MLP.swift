import CKernels

/// The functions between two linear layers.
enum Activation: Sendable, Hashable {
  /// GELU by its tanh formula.
  case geluTanh
  /// GELU by the normal distribution.
  case geluErf
  /// x sigmoid(1.702 x)
  case geluQuick
  case silu

  /// In place.
  func apply(_ values: UnsafeMutableBufferPointer<Float>) {
    guard let base = values.baseAddress else { return }
    switch self {
    case .geluTanh: repscope_gelu_tanh(base, values.count)
    case .geluErf: repscope_gelu_erf(base, values.count)
    case .geluQuick: repscope_gelu_quick(base, values.count)
    case .silu: repscope_silu(base, values.count)
    }
  }
}

/// Linear, activation, linear.
struct MLP: Sendable {
  let first: Linear
  let activation: Activation
  let second: Linear

  /// `hidden` has room for the rows of x by the first layer's outputs. `y` may be `x`.
  func apply(_ x: MatrixSlice, into y: MatrixSlice, hidden: UnsafeMutablePointer<Float>) {
    let hidden = MatrixSlice(hidden, rows: x.rows, columns: first.outputs)
    first.apply(x, into: hidden)
    activation.apply(hidden.elements)
    second.apply(hidden, into: y)
  }
}
