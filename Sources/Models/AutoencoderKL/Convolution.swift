import CKernels
import LinearAlgebra

/// A convolution over a picture, 1 x 1 or 3 x 3, whose result has the size of its input or half of it.
///
/// Rows of the input are made ready in a small buffer, a few at a time: normalised, enlarged, surrounded by zeros. As all
/// channels of a pixel lie side by side, three neighboring pixels are one run of memory: for each of the kernel's rows, the
/// convolution is a matrix product whose left side is the rows as they are, each pixel's run overlapping the next.
/// Nothing is copied for it, and no product needs more than the processor's cache holds.
struct Convolution: Sendable {
  let inputs: Int
  let outputs: Int
  /// The side of the kernel, 1 or 3.
  let size: Int
  /// 1, or 2 for half the size. A 3 x 3 kernel reaches a pixel beyond every side, but where it halves, as diffusers does it,
  /// beyond the right and the bottom only.
  let stride: Int
  /// [outputs, inputs, size, size] as PyTorch stores it, until `pack` is called.
  private(set) var weight: Matrix
  /// One row.
  private(set) var bias: Matrix
  /// What the loops may use; less than there is only to test them.
  var instructionSets = Processor.current.instructionSets

  init(inputs: Int, outputs: Int, size: Int, stride: Int = 1, weight: Matrix, bias: Matrix) {
    self.inputs = inputs
    self.outputs = outputs
    self.size = size
    self.stride = stride
    self.weight = weight
    self.bias = bias
  }

  /// Puts the weights into the order in which `apply` goes through them. To be called once.
  mutating func pack() {
    let panels = (outputs + repscope_convolution_panel - 1) / repscope_convolution_panel
    weight = weight.withUnsafeBufferPointer { stored in
      Matrix(rows: panels, columns: size * size * inputs * repscope_convolution_panel) { packed in
        repscope_pack_convolution(stored.baseAddress!, outputs, inputs, size, packed.baseAddress!)
      }
    }
    bias = bias.copied()
  }

  /// What happens to the input's values before they are multiplied.
  enum Preparation {
    case none
    /// A group norm and SiLU.
    case normalized(GroupNorm.Coefficients)
    /// Every pixel becomes 2 x 2.
    case doubled
  }

  /// What the result is added to.
  enum Residual {
    case none
    /// What the output holds already.
    case output
    /// A 1 x 1 convolution, packed, of another picture of the same size.
    case shortcut(Convolution, of: FeatureMap)
  }

  /// - Parameters:
  ///   - output: May be the input's memory where neither side grows: rows are read before they are written over. Its sums
  ///     are set.
  ///   - memory: `rowElements` elements.
  func apply(
    _ input: FeatureMap, _ preparation: Preparation = .none, adding residual: Residual = .none,
    into output: FeatureMap, memory: UnsafeMutablePointer<Float>
  ) {
    output.sums.update(repeating: 0, count: 2 * outputs)
    let rowLength = (output.width * stride + 2) * inputs
    var lines = RowBuffer(
      input: input, preparation: preparation, memory: memory, rowLength: rowLength,
      margin: size == 3 && stride == 1 ? 1 : 0)
    for range in Tiling(output.height, by: Self.bandRows(rowLength: rowLength, stride: stride)).ranges {
      let band = output.rows(range)
      let first = lines.prepare(range.lowerBound * stride, count: (range.count - 1) * stride + size)
      let keeps = if case .output = residual { true } else { false }
      multiply(
        first, rowLength: rowLength, height: range.count, width: output.width, keeps: keeps, into: band)
      if case .shortcut(let convolution, let map) = residual {
        convolution.multiply(
          map.rows(range).base, rowLength: map.width * map.channels, height: range.count, width: map.width,
          keeps: true, into: band)
      }
      repscope_add_channel_sums(band.base, band.rows, outputs, output.sums, output.sums + outputs)
    }
  }

  private func multiply(
    _ rows: UnsafePointer<Float>, rowLength: Int, height: Int, width: Int, keeps: Bool, into band: MatrixSlice
  ) {
    weight.withUnsafeBufferPointer { weight in
      bias.withUnsafeBufferPointer { bias in
        repscope_convolve_rows(
          instructionSets.rawValue, rows, rowLength, stride, inputs, size, weight.baseAddress!,
          bias.baseAddress!, outputs, height,
          width, keeps,
          band.base)
      }
    }
  }

  /// Rows of the result that are computed at once: as many as keep their input in a core's cache.
  private static func bandRows(rowLength: Int, stride: Int) -> Int {
    max(1, ((1 << 17) / max(rowLength, 1) - 2) / stride)
  }

  /// The buffer that a convolution needs.
  static func rowElements(width: Int, inputs: Int, stride: Int) -> Int {
    let rowLength = (width + 2) * inputs
    return (bandRows(rowLength: rowLength, stride: stride) * stride + 3) * rowLength
  }
}

/// The rows of its input that a convolution is working on, surrounded by zeros.
private struct RowBuffer {
  let input: FeatureMap
  let preparation: Convolution.Preparation
  let memory: UnsafeMutablePointer<Float>
  let rowLength: Int
  /// Zeros to the left and above.
  let margin: Int
  /// The rows that are ready, by their number in the input as the kernel sees it.
  private var ready = 0..<0

  init(
    input: FeatureMap, preparation: Convolution.Preparation, memory: UnsafeMutablePointer<Float>,
    rowLength: Int,
    margin: Int
  ) {
    self.input = input
    self.preparation = preparation
    self.memory = memory
    self.rowLength = rowLength
    self.margin = margin
  }

  /// Makes rows ready that begin at `first`, not before that of the last call; row `margin` is the picture's first.
  mutating func prepare(_ first: Int, count: Int) -> UnsafePointer<Float> {
    let wanted = first..<first + count
    // Those in common with the last call go to the front. The input may have been written over: it is not read again.
    let kept = max(wanted.lowerBound, ready.lowerBound)..<max(wanted.lowerBound, ready.upperBound)
    if !kept.isEmpty {
      memory.update(
        from: memory + (kept.lowerBound - ready.lowerBound) * rowLength, count: kept.count * rowLength)
    }
    for row in wanted.dropFirst(kept.count) {
      fill(memory + (row - first) * rowLength, from: row - margin)
    }
    ready = wanted
    return UnsafePointer(memory)
  }

  private func fill(_ line: UnsafeMutablePointer<Float>, from row: Int) {
    let channels = input.channels
    let isDoubled = if case .doubled = preparation { true } else { false }
    let height = isDoubled ? 2 * input.height : input.height
    guard (0..<height).contains(row) else { return line.update(repeating: 0, count: rowLength) }
    let source = input.base + (isDoubled ? row / 2 : row) * input.width * channels
    let target = line + margin * channels
    let length = (isDoubled ? 2 : 1) * input.width * channels
    line.update(repeating: 0, count: margin * channels)
    switch preparation {
    case .none: target.update(from: source, count: length)
    case .normalized(let coefficients):
      coefficients.apply(source, pixels: input.width, channels: channels, silu: true, into: target)
    case .doubled:
      for pixel in 0..<input.width {
        target.advanced(by: 2 * pixel * channels).update(from: source + pixel * channels, count: channels)
        target.advanced(by: (2 * pixel + 1) * channels).update(
          from: source + pixel * channels, count: channels)
      }
    }
    let end = margin * channels + length
    if end < rowLength { (line + end).update(repeating: 0, count: rowLength - end) }
  }
}
