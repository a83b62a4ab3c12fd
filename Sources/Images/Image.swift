/// A picture of 8-bit RGB pixels.
public struct Image: Sendable, Hashable {
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int
  /// [height, width, 3], row by row from the top, red first.
  public let bytes: [UInt8]

  /// - Throws: ``ImageError`` (`badSize`) where the bytes are not height x width x 3, or a side is 0.
  public init(width: Int, height: Int, bytes: [UInt8]) throws(ImageError) {
    let pixels = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !pixels.overflow, bytes.count.isMultiple(of: 3),
      pixels.partialValue == bytes.count / 3
    else {
      throw ImageError(
        .badSize, path: nil, found: "\(bytes.count) bytes",
        expected: "three for each pixel of \(width) x \(height), at least one pixel")
    }
    self.init(unchecked: bytes, width: width, height: height)
  }

  /// Bytes that are known to be as many as the size asks for.
  init(unchecked bytes: [UInt8], width: Int, height: Int) {
    assert(bytes.count == width * height * 3)
    self.width = width
    self.height = height
    self.bytes = bytes
  }
}
