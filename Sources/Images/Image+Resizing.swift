import CKernels
import LinearAlgebra

extension Image {
  /// A part of a picture: rows and columns of pixels.
  struct Window: Hashable {
    var rows: Range<Int>
    var columns: Range<Int>
  }

  /// The picture in another size, byte for byte as Pillow's `resize` makes it: antialiased, in fixed point, first along
  /// rows and then down columns with 8 bits between.
  ///
  /// - Throws: ``ImageError`` (`badSize`) for a side below 1 or above 2^22, or more pixels than Pillow opens, in the result
  ///   or between the passes.
  /// - Complexity: O(pixels x weights); memory of height x new width pixels.
  /// - SeeAlso: Pillow, src/libImaging/Resample.c.
  public func resized(width: Int, height: Int, filter: ResamplingFilter = .bicubic) throws(ImageError)
    -> Image
  {
    try Self.checkSize(width: width, height: height)
    return try resized(
      width: width, height: height, filter: filter, keeping: Window(rows: 0..<height, columns: 0..<width))
  }

  /// The part of the picture from a corner, `left` pixels from the left and `top` from the top.
  ///
  /// - Throws: ``ImageError`` (`badSize`) where it reaches over the border or is empty.
  public func cropped(left: Int, top: Int, width: Int, height: Int) throws(ImageError) -> Image {
    guard left >= 0, top >= 0, width > 0, height > 0, left <= self.width - width, top <= self.height - height
    else {
      throw ImageError(
        .badSize, path: nil,
        found: "a crop of \(width) x \(height) at (\(left), \(top)) from \(self.width) x \(self.height)",
        expected: "a part of the picture")
    }
    return cropped(Window(rows: top..<top + height, columns: left..<left + width))
  }

  /// The part of `resized` that a crop keeps: the rest is not computed.
  ///
  /// - Throws: ``ImageError`` (`badSize`) where sides, or the picture between the passes, are beyond any measure.
  func resized(width: Int, height: Int, filter: ResamplingFilter, keeping window: Window) throws(ImageError)
    -> Image
  {
    guard max(self.width, self.height, width, height) <= Self.maximumSide else {
      throw ImageError(
        .badSize, path: nil, found: "a resize from \(self.width) x \(self.height) to \(width) x \(height)",
        expected: "sides of at most \(Self.maximumSide) pixels")
    }
    var image = self
    let down = ByteResampling(from: self.height, to: height, filter: filter, range: window.rows)
    if width != self.width {
      let across = ByteResampling(from: self.width, to: width, filter: filter, range: window.columns)
      // Rows that no remaining output row asks for are passed over.
      let needed = height == self.height ? window.rows : down.inputRange
      try Self.checkSize(width: window.columns.count, height: needed.count)
      image = image.resizedAcross(across, rows: needed)
      guard height != self.height else { return image }
      return image.resizedDown(down, firstRow: needed.lowerBound)
    }
    if window.columns != 0..<image.width {
      image = image.cropped(Window(rows: 0..<image.height, columns: window.columns))
    }
    return height == self.height
      ? image.cropped(Window(rows: window.rows, columns: 0..<image.width))
      : image.resizedDown(down, firstRow: 0)
  }

  private func resizedAcross(_ across: ByteResampling, rows: Range<Int>) -> Image {
    let count = rows.count * across.outputCount * 3
    let made = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      bytes.withUnsafeBufferPointer { source in
        repscope_resample_rgb_columns(
          source.baseAddress! + rows.lowerBound * width * 3, rows.count, width, across.first, across.weights,
          across.width, across.outputCount, buffer.baseAddress!)
      }
      written = count
    }
    return Image(unchecked: made, width: across.outputCount, height: rows.count)
  }

  /// - Parameter firstRow: The row of the original that is this picture's first.
  private func resizedDown(_ down: ByteResampling, firstRow: Int) -> Image {
    let count = down.outputCount * width * 3
    let first = down.first.map { $0 - Int32(firstRow) }
    let made = [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
      repscope_resample_byte_rows(
        bytes, width * 3, first, down.weights, down.width, down.outputCount, buffer.baseAddress!)
      written = count
    }
    return Image(unchecked: made, width: width, height: down.outputCount)
  }

  func cropped(_ window: Window) -> Image {
    guard window != Window(rows: 0..<height, columns: 0..<width) else { return self }
    var made: [UInt8] = []
    made.reserveCapacity(window.rows.count * window.columns.count * 3)
    for row in window.rows {
      let start = row * width * 3
      made += bytes[start + window.columns.lowerBound * 3..<start + window.columns.upperBound * 3]
    }
    return Image(unchecked: made, width: window.columns.count, height: window.rows.count)
  }

  /// Refuses sizes that nobody means, such as those of a line of pixels scaled up to a square's height.
  static func checkSize(width: Int, height: Int) throws(ImageError) {
    guard width > 0, height > 0, width <= maximumPixels / height else {
      throw ImageError(
        .badSize, path: nil, found: "a size of \(width) x \(height)", expected: "1 to \(maximumPixels) pixels"
      )
    }
  }

  private static let maximumPixels = DecodingOptions().maximumPixels
  /// Weights are at most four for each pixel of a side, in Double.
  private static let maximumSide = 1 << 22
}

/// Resampling weights in Pillow's fixed point.
private struct ByteResampling {
  let outputCount: Int
  let width: Int
  let first: [Int32]
  let weights: [Int32]

  init(from inputCount: Int, to outputCount: Int, filter: ResamplingFilter, range: Range<Int>) {
    let exact = ResamplingWeights.pillow(from: inputCount, to: outputCount, filter: filter)[range]
    self.outputCount = exact.outputCount
    width = exact.width
    first = exact.first
    // Rounded half away from zero, 22 bits behind the point.
    weights = exact.weights.map { Int32(($0 * 4_194_304).rounded(.toNearestOrAwayFromZero)) }
  }

  /// The input samples that have a weight.
  var inputRange: Range<Int> {
    Int(first.min() ?? 0)..<Int(first.max() ?? 0) + width
  }
}
