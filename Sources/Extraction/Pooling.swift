import CKernels
import LinearAlgebra

/// From a hidden state, tokens by dimensions, to the numbers that an archive keeps.
///
/// A diffusion transformer's tokens are all patches. A vision encoder has a class token and registers before them, most
/// of them; those never enter a mean. A diffusion transformer's output is no hidden state and is kept whole.
public enum Pooling: Sendable, Hashable {
  /// The mean over all patch tokens: REPA's choice. Summed in Double, in the tokens' order.
  case mean
  /// All patch tokens.
  case none
  /// Some patch tokens, in this order, from 0; one alone gives a vector.
  case tokens([Int])
  /// The class token.
  case classToken
  /// The class token and, after it, the mean over all patch tokens, as one vector of twice the dimensions: what DINOv2's
  /// linear evaluation takes.
  case classAndMean
}

extension Pooling: CustomStringConvertible {
  /// "mean", "none", "tokens 0,5", "class", "both"
  public var description: String {
    switch self {
    case .mean: "mean"
    case .none: "none"
    case .tokens(let tokens): "tokens \(tokens.map(String.init).joined(separator: ","))"
    case .classToken: "class"
    case .classAndMean: "both"
    }
  }
}

extension Pooling {
  /// Whether it needs a class token.
  var needsClassToken: Bool { self == .classToken || self == .classAndMean }

  /// The shape that is kept.
  func shape(of shape: TapShape) -> [Int] {
    guard shape.lengths.count == 2 else { return shape.lengths }
    let (tokens, width) = (shape.lengths[0] - shape.firstPatch, shape.lengths[1])
    return switch self {
    case .mean, .classToken: [width]
    case .classAndMean: [2 * width]
    case .none: [tokens, width]
    case .tokens(let tokens): tokens.count == 1 ? [width] : [tokens.count, width]
    }
  }

  /// Writes what is kept of `values` into `row`.
  ///
  /// - Parameter sum: Memory for at least D numbers.
  func pool(
    _ values: UnsafeBufferPointer<Float>, shape: TapShape, into row: UnsafeMutableBufferPointer<Float>,
    sum: Workspace<Double>
  ) {
    guard shape.lengths.count == 2, let all = values.baseAddress, let target = row.baseAddress else {
      _ = row.update(fromContentsOf: values)
      return
    }
    let (tokens, width) = (shape.lengths[0] - shape.firstPatch, shape.lengths[1])
    let patches = all + shape.firstPatch * width
    switch self {
    case .none: target.update(from: patches, count: tokens * width)
    case .mean: Self.mean(patches, tokens, width, into: target, sum: sum)
    case .tokens(let chosen):
      for (place, token) in chosen.enumerated() {
        (target + place * width).update(from: patches + token * width, count: width)
      }
    case .classToken: target.update(from: all, count: width)
    case .classAndMean:
      target.update(from: all, count: width)
      Self.mean(patches, tokens, width, into: target + width, sum: sum)
    }
  }

  private static func mean(
    _ patches: UnsafePointer<Float>, _ tokens: Int, _ width: Int, into target: UnsafeMutablePointer<Float>,
    sum: Workspace<Double>
  ) {
    sum.base.update(repeating: 0, count: width)
    for token in 0..<tokens { repscope_accumulate(patches + token * width, sum.base, width) }
    for column in 0..<width { target[column] = Float(sum.base[column] / Double(tokens)) }
  }
}
