/// The kernel of a resampling.
public enum ResamplingFilter: String, Sendable, Hashable, CaseIterable {
  /// Means over the covered area. Pillow's alone.
  case box
  /// Linear between neighbors.
  case bilinear
  /// Keys' cubic: a = -0.5 with antialiasing, -0.75 without, as Pillow and PyTorch have them.
  case bicubic

  /// How far the kernel reaches to each side at scale 1.
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The kernel of the antialiased resampling at distance `x`.
  func value(_ x: Double) -> Double {
    switch self {
    // Half open, so that a sample on the border of two boxes is counted once.
    case .box: x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: max(0, 1 - abs(x))
    case .bicubic: keysCubic(abs(x), a: -0.5)
    }
  }
}

/// Keys' cubic convolution kernel at distance x >= 0.
///
/// - SeeAlso: Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, equation 4 with free a.
private func keysCubic(_ x: Double, a: Double) -> Double {
  if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
  if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
  return 0
}

/// Resampling along one axis as a small banded matrix: every output sample is a weighted sum of `width` neighboring
/// input samples.
///
/// Grid cells are areas (PyTorch's `align_corners=False`): sample i covers [i, i + 1], and its center is at i + 0.5.
public struct ResamplingWeights: Sendable, Hashable {
  /// Samples before.
  public let inputCount: Int
  /// Samples after.
  public let outputCount: Int
  /// Weights per output sample; where fewer are needed, the others are 0.
  public let width: Int
  /// For each output sample the first input sample its weights apply to; `first[i] + width <= inputCount`.
  public let first: [Int32]
  /// [outputCount, width]; each row sums to 1.
  public let weights: [Double]

  /// PyTorch's `interpolate(align_corners=False)`, whose coordinates have Float32's precision.
  ///
  /// - Parameters:
  ///   - inputCount: Samples before, at least 1.
  ///   - outputCount: Samples after, at least 1.
  ///   - filter: The kernel.
  ///   - antialias: With it, the kernel grows by the factor of reduction, and what reaches over the border is left out.
  ///     Without it, `width` is 2 or 4 for any scale and samples beyond the border repeat the last one.
  ///   - scaleFactor: Output samples per input sample where it is not `outputCount / inputCount`: PyTorch's
  ///     `interpolate(scale_factor=)`, which DINO and DINOv2 use for their position embeddings. With antialiasing and
  ///     as many samples as before, PyTorch leaves them as they are whatever the factor.
  /// - Precondition: Counts are positive and below 2^31, the scale factor is positive, the filter is not `.box`.
  public init(
    from inputCount: Int, to outputCount: Int, filter: ResamplingFilter, antialias: Bool,
    scaleFactor: Double? = nil
  ) {
    Self.check(inputCount, outputCount)
    precondition(scaleFactor.map { $0 > 0 && $0.isFinite } ?? true, "the scale factor is positive")
    precondition(filter != .box, "PyTorch has no box filter")
    // Divided in Float32 without a factor, in Float64 with one, as PyTorch does.
    let scale = scaleFactor.map { Float(1 / $0) } ?? Float(inputCount) / Float(outputCount)
    let band =
      antialias
      ? Self.antialiasedInSingle(
        inputCount, outputCount, filter, scale: inputCount == outputCount ? 1 : scale)
      : Self.interpolated(inputCount, outputCount, filter, scale: scale)
    self.init(inputCount: inputCount, outputCount: outputCount, band: band)
  }

  /// Pillow's `resize`: antialiased as by PyTorch, with coordinates in Float64.
  ///
  /// - Precondition: Counts are positive and below 2^31.
  public static func pillow(from inputCount: Int, to outputCount: Int, filter: ResamplingFilter)
    -> ResamplingWeights
  {
    check(inputCount, outputCount)
    return ResamplingWeights(
      inputCount: inputCount, outputCount: outputCount, band: antialiased(inputCount, outputCount, filter))
  }

  /// The part that makes the output samples of `range` alone, with the same weights.
  ///
  /// - Precondition: The range lies within `0..<outputCount` and is not empty.
  public subscript(range: Range<Int>) -> ResamplingWeights {
    precondition(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= outputCount)
    return ResamplingWeights(
      inputCount: inputCount, outputCount: range.count, width: width, first: Array(first[range]),
      weights: Array(weights[range.lowerBound * width..<range.upperBound * width]))
  }
}

extension ResamplingWeights {
  /// Of each output sample, the first input sample and the weights from there.
  private typealias Band = [(first: Int, weights: [Double])]

  private init(inputCount: Int, outputCount: Int, width: Int, first: [Int32], weights: [Double]) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.width = width
    self.first = first
    self.weights = weights
  }

  /// Brings all rows to the same width, moving rows near the end to the left so that no weight lies beyond it.
  private init(inputCount: Int, outputCount: Int, band: Band) {
    let width = band.reduce(1) { max($0, $1.weights.count) }
    var first = [Int32](repeating: 0, count: outputCount)
    var weights = [Double](repeating: 0, count: outputCount * width)
    for (output, row) in band.enumerated() {
      let start = min(row.first, inputCount - width)
      first[output] = Int32(start)
      for (tap, weight) in row.weights.enumerated() {
        weights[output * width + row.first - start + tap] = weight
      }
    }
    self.init(
      inputCount: inputCount, outputCount: outputCount, width: width, first: first, weights: weights)
  }

  private static func check(_ inputCount: Int, _ outputCount: Int) {
    precondition(inputCount > 0 && outputCount > 0, "no samples to resample")
    precondition(max(inputCount, outputCount) <= Int32.max, "more samples than an axis can have")
  }

  /// Pillow's `precompute_coeffs` (src/libImaging/Resample.c).
  private static func antialiased(_ inputCount: Int, _ outputCount: Int, _ filter: ResamplingFilter) -> Band {
    let scale = Double(inputCount) / Double(outputCount)
    let support = filter.support * max(scale, 1)
    // Divided by multiplying with the inverse, as Pillow does: the last bit decides some fixed-point weights.
    let inverse = 1 / max(scale, 1)
    return (0..<outputCount).map { output in
      let center = (Double(output) + 0.5) * scale
      let range = clamped(center - support + 0.5, center + support + 0.5, inputCount)
      return row(range) { filter.value((Double($0) - center + 0.5) * inverse) }
    }
  }

  /// PyTorch's `antialias=True` (aten/src/ATen/native/cpu/UpSampleKernel.cpp), which is Pillow's with a center and a
  /// support in Float32: at coordinate 200 that moves a weight by 1e-5.
  private static func antialiasedInSingle(
    _ inputCount: Int, _ outputCount: Int, _ filter: ResamplingFilter, scale: Float
  ) -> Band {
    let support = Float(filter.support) * max(scale, 1)
    let inverse = 1 / max(scale, 1)
    return (0..<outputCount).map { output in
      let center = Float(Double(scale) * (Double(output) + 0.5))
      let range = clamped(Double(center - support) + 0.5, Double(center + support) + 0.5, inputCount)
      return row(range) { filter.value((Double(Float($0) - center) + 0.5) * Double(inverse)) }
    }
  }

  /// The samples between two coordinates. An explicit scale factor may point beyond the grid; the last sample is then
  /// all there is.
  private static func clamped(_ start: Double, _ end: Double, _ count: Int) -> Range<Int> {
    let first = Int(min(max(start, 0), Double(count - 1)))
    return first..<max(Int(min(end, Double(count))), first + 1)
  }

  /// Weights that sum to one.
  private static func row(_ range: Range<Int>, _ weight: (Int) -> Double) -> (first: Int, weights: [Double]) {
    var weights = range.map(weight)
    let sum = weights.reduce(0, +)
    guard sum != 0 else { return (range.upperBound - 1, [1]) }
    for tap in weights.indices { weights[tap] /= sum }
    return (range.lowerBound, weights)
  }

  /// PyTorch's `interpolate` without antialiasing (aten/src/ATen/native/UpSample.h).
  private static func interpolated(
    _ inputCount: Int, _ outputCount: Int, _ filter: ResamplingFilter, scale: Float
  ) -> Band {
    let last = inputCount - 1
    return (0..<outputCount).map { output in
      // One rounding for product and difference, as PyTorch has it on processors with fused multiply-add.
      var source = Float(-0.5).addingProduct(scale, Float(output) + 0.5)
      if filter == .bilinear { source = max(source, 0) }
      let floor = source.rounded(.down)
      let fraction = Double(source - floor)
      let base = Int(min(max(floor, -4), Float(inputCount + 4)))
      let offsets = filter == .bilinear ? 0..<2 : -1..<3
      let start = min(max(base + offsets.lowerBound, 0), last)
      let end = min(max(base + offsets.upperBound - 1, 0), last)
      var weights = [Double](repeating: 0, count: end - start + 1)
      for offset in offsets {
        let distance = abs(Double(offset) - fraction)
        let weight = filter == .bilinear ? max(0, 1 - distance) : keysCubic(distance, a: -0.75)
        weights[min(max(base + offset, 0), last) - start] += weight
      }
      return (start, weights)
    }
  }
}
