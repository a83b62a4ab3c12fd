import CKernels
import LinearAlgebra

/// Two convolutions, each behind a norm and SiLU, beside a way around them.
struct ResidualBlock: Sendable {
  var firstNorm: GroupNorm
  var first: Convolution
  var secondNorm: GroupNorm
  var second: Convolution
  /// Where the number of channels changes.
  var shortcut: Convolution?

  mutating func pack() {
    firstNorm.own()
    first.pack()
    secondNorm.own()
    second.pack()
    shortcut?.pack()
  }

  func apply(_ canvas: inout Canvas) {
    let x = canvas.current
    let y = canvas.other(channels: first.outputs)
    first.apply(x, canvas.normalized(x, firstNorm), into: y, memory: canvas.rows)
    let prepared = canvas.normalized(y, secondNorm)
    if let shortcut {
      second.apply(y, prepared, adding: .shortcut(shortcut, of: x), into: y, memory: canvas.rows)
      canvas.current = y
    } else {
      second.apply(y, prepared, adding: .output, into: x, memory: canvas.rows)
    }
  }
}

/// Attention of all pixels to all pixels in one head, behind a norm and beside a way around it.
struct MiddleAttention: Sendable {
  var norm: GroupNorm
  var attention: Attention

  mutating func own() {
    norm.own()
    func owned(_ layer: Linear) -> Linear {
      Linear(weight: layer.weight.copied(), bias: layer.bias?.copied())
    }
    attention = Attention(
      heads: attention.heads, projections: attention.projections.map(owned), queryNorm: nil, keyNorm: nil,
      output: owned(attention.output))
  }

  /// The working memory it needs, in elements.
  static func scratch(tokens: Int, channels: Int) -> Int {
    5 * tokens * channels + (tokens + 1) * Attention.scoreRows(tokens)
  }

  func apply(_ canvas: inout Canvas) {
    let x = canvas.current
    let (tokens, channels) = (x.pixels, x.channels)
    let memory = canvas.other(channels: channels).base
    let branch = MatrixSlice(memory, rows: tokens, columns: channels)
    norm.coefficients(of: x, memory: canvas.norm).apply(
      x.base, pixels: tokens, channels: channels, silu: false, into: branch.base)
    let projected = memory + tokens * channels
    let mixed = projected + 3 * tokens * channels
    let scores = mixed + tokens * channels
    attention.apply(
      branch, into: branch,
      .init(
        projected: projected, mixed: mixed, scores: scores,
        inverseSums: scores + tokens * Attention.scoreRows(tokens)))
    addResidual(branch, factor: nil, to: x.all)
    x.sums.update(repeating: 0, count: 2 * channels)
    repscope_add_channel_sums(x.base, tokens, channels, x.sums, x.sums + channels)
  }
}

/// The blocks at the lowest resolution.
struct MiddleBlock: Sendable {
  var first: ResidualBlock
  var attention: MiddleAttention?
  var second: ResidualBlock

  mutating func pack() {
    first.pack()
    attention?.own()
    second.pack()
  }

  func apply(_ canvas: inout Canvas) {
    first.apply(&canvas)
    attention?.apply(&canvas)
    second.apply(&canvas)
  }
}

/// The two pictures that layers read and write.
struct Canvas {
  let rows: UnsafeMutablePointer<Float>
  let norm: UnsafeMutablePointer<Float>
  private let memory: [(UnsafeMutablePointer<Float>, UnsafeMutablePointer<Double>)]
  /// What the last layer wrote.
  var current: FeatureMap

  init(_ workspace: AutoencoderKL.Workspace, height: Int, width: Int, channels: Int) {
    rows = workspace.rows.base
    norm = workspace.norm.base
    memory = [
      (workspace.planes.0.base, workspace.sums.0.base), (workspace.planes.1.base, workspace.sums.1.base),
    ]
    current = FeatureMap(
      base: memory[0].0, sums: memory[0].1, height: height, width: width, channels: channels)
  }

  /// The memory that `current` does not use, for a picture of its size.
  func other(channels: Int) -> FeatureMap {
    other(height: current.height, width: current.width, channels: channels)
  }

  func other(height: Int, width: Int, channels: Int) -> FeatureMap {
    let (base, sums) = memory[0].0 == current.base ? memory[1] : memory[0]
    return FeatureMap(base: base, sums: sums, height: height, width: width, channels: channels)
  }

  func normalized(_ map: FeatureMap, _ norm: GroupNorm) -> Convolution.Preparation {
    .normalized(norm.coefficients(of: map, memory: self.norm))
  }

  /// Goes on with a convolution's result.
  mutating func apply(_ convolution: Convolution, _ preparation: Convolution.Preparation = .none) {
    let isDoubled = if case .doubled = preparation { true } else { false }
    let (height, width) = (current.height * (isDoubled ? 2 : 1), current.width * (isDoubled ? 2 : 1))
    let target = other(
      height: height / convolution.stride, width: width / convolution.stride, channels: convolution.outputs)
    convolution.apply(current, preparation, into: target, memory: rows)
    current = target
  }
}
