import CKernels
import LinearAlgebra

/// From a hidden state, tokens by dimensions, to the numbers that an archive keeps.
///
/// The model's output is no hidden state and is kept whole.
public enum Pooling: Sendable, Hashable {
  /// The mean over all tokens: REPA's choice. Summed in Double, in the tokens' order.
  case mean
  /// The whole hidden state.
  case none
  /// Some tokens, in this order, from 0; one alone gives a vector.
  case tokens([Int])
}

extension Pooling: CustomStringConvertible {
  /// "mean", "none", "tokens 0,5"
  public var description: String {
    switch self {
    case .mean: "mean"
    case .none: "none"
    case .tokens(let tokens): "tokens \(tokens.map(String.init).joined(separator: ","))"
    }
  }
}

extension Pooling {
  /// The shape that is kept of a shape [T, D] or [C, H, W].
  func shape(of shape: [Int]) -> [Int] {
    guard shape.count == 2 else { return shape }
    return switch self {
    case .mean: [shape[1]]
    case .none: shape
    case .tokens(let tokens): tokens.count == 1 ? [shape[1]] : [tokens.count, shape[1]]
    }
  }

  /// Writes what is kept of `values` into `row`.
  ///
  /// - Parameter sum: Memory for at least D numbers.
  func pool(
    _ values: UnsafeBufferPointer<Float>, shape: [Int], into row: UnsafeMutableBufferPointer<Float>,
    sum: Workspace<Double>
  ) {
    guard shape.count == 2 else {
      _ = row.update(fromContentsOf: values)
      return
    }
    let (tokens, width) = (shape[0], shape[1])
    switch self {
    case .none: _ = row.update(fromContentsOf: values)
    case .mean:
      guard let base = values.baseAddress else { return }
      sum.base.update(repeating: 0, count: width)
      for token in 0..<tokens { repscope_accumulate(base + token * width, sum.base, width) }
      for column in 0..<width { row[column] = Float(sum.base[column] / Double(tokens)) }
    case .tokens(let chosen):
      for (place, token) in chosen.enumerated() {
        let target = UnsafeMutableBufferPointer(rebasing: row[place * width..<(place + 1) * width])
        _ = target.update(fromContentsOf: values[token * width..<(token + 1) * width])
      }
    }
  }
}
