import CKernels
import LinearAlgebra

/// From a picture to a network's input: a crop in 8 bits, the normalisation, and where a protocol asks for it a resize of
/// the float values.
public struct Preprocessing: Sendable, Hashable {
  /// PyTorch's `interpolate(mode="bicubic")` of float values to a square, without antialiasing: overshoot stays.
  public struct FloatResize: Sendable, Hashable {
    /// The side of the result, in pixels.
    public var side: Int
    /// Whether values are resized as [0, 1], before mean and deviation, or after.
    public var isBeforeNormalising: Bool

    public init(side: Int, isBeforeNormalising: Bool) {
      self.side = side
      self.isBeforeNormalising = isBeforeNormalising
    }
  }

  /// The first step.
  public var crop: PictureCrop
  public var normalisation: Normalisation
  /// The last step but for CLIP, where it comes before the normalisation; nil for none.
  public var floatResize: FloatResize?

  public init(crop: PictureCrop, normalisation: Normalisation, floatResize: FloatResize? = nil) {
    self.crop = crop
    self.normalisation = normalisation
    self.floatResize = floatResize
  }

  /// The size of the input, where it does not depend on the picture.
  public var outputSize: (height: Int, width: Int)? {
    floatResize.map { ($0.side, $0.side) } ?? crop.outputSize.map { ($0.height, $0.width) }
  }

  /// The size of the input that a picture of this size becomes.
  public func outputSize(of image: Image) -> (height: Int, width: Int) {
    outputSize ?? (image.height, image.width)
  }

  /// Writes the network's input, [3, height, width], into a buffer.
  ///
  /// - Parameters:
  ///   - image: The picture.
  ///   - output: Exactly as many values as ``outputSize(of:)`` says, times 3.
  /// - Throws: ``ImageError`` (`badSize`) where the buffer or the picture does not fit.
  public func write(_ image: Image, into output: UnsafeMutableBufferPointer<Float>) throws(ImageError) {
    let size = outputSize(of: image)
    try Image.checkSize(width: size.width, height: size.height)
    let area = size.height * size.width
    guard output.count == 3 * area else {
      throw ImageError(
        .badSize, path: nil, found: "room for \(output.count) values",
        expected: "3 x \(size.height) x \(size.width)")
    }
    let cropped = try crop.apply(to: image)
    guard let floatResize, floatResize.side != cropped.width || floatResize.side != cropped.height else {
      cropped.writePlanes(normalisation.tables(scalingOnly: false), into: output.baseAddress!)
      return
    }
    let tables = normalisation.tables(scalingOnly: floatResize.isBeforeNormalising)
    let resampling = GridResampling(
      from: (cropped.height, cropped.width), to: (floatResize.side, floatResize.side), filter: .bicubic,
      antialias: false)
    let pixels = cropped.width * cropped.height
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * pixels) { planes in
      cropped.writePlanes(tables, into: planes.baseAddress!)
      for channel in 0..<3 {
        resampling.apply(
          UnsafeBufferPointer(rebasing: planes[channel * pixels..<(channel + 1) * pixels]), channels: 1,
          into: UnsafeMutableBufferPointer(rebasing: output[channel * area..<(channel + 1) * area]))
      }
    }
    guard floatResize.isBeforeNormalising else { return }
    for channel in 0..<3 {
      for place in channel * area..<(channel + 1) * area {
        output[place] = normalisation(output[place], channel: channel)
      }
    }
  }

  /// The network's input, [3, height, width].
  ///
  /// - Throws: ``ImageError`` (`badSize`) where the picture is too small for the crop.
  public func callAsFunction(_ image: Image) throws(ImageError) -> [Float] {
    let size = outputSize(of: image)
    try Image.checkSize(width: size.width, height: size.height)
    var values = [Float](repeating: 0, count: 3 * size.height * size.width)
    let result = values.withUnsafeMutableBufferPointer { buffer in
      Result { () throws(ImageError) in try write(image, into: buffer) }
    }
    try result.get()
    return values
  }
}

extension Image {
  /// Each value looked up in its channel's table, [3, 256], as three planes.
  fileprivate func writePlanes(_ tables: [Float], into planes: UnsafeMutablePointer<Float>) {
    repscope_bytes_to_planes(bytes, width * height, tables, planes)
  }
}
