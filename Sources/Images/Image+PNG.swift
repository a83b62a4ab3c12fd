import CImageCodecs
import Files

extension Image {
  /// Writes an 8-bit RGB PNG file, which is there whole or not at all.
  ///
  /// The same pixels give the same bytes with the same libraries.
  ///
  /// - Parameters:
  ///   - path: Where the file goes.
  ///   - compressionLevel: zlib's, 0 (stored) to 9.
  /// - Throws: `FileError`; ``ImageError`` where a side has more than 2^31 - 1 pixels or memory runs out.
  public func writePNG(to path: String, compressionLevel: Int = 6) throws {
    let encoded = try pngBytes(compressionLevel: compressionLevel)
    try AtomicFile.write(encoded, to: path)
  }

  /// The picture as the bytes of a PNG file.
  ///
  /// - Throws: ``ImageError`` where a side has more than 2^31 - 1 pixels or memory runs out.
  public func pngBytes(compressionLevel: Int = 6) throws(ImageError) -> [UInt8] {
    guard max(width, height) <= Int32.max else {
      throw ImageError(
        .badSize, path: nil, found: "\(width) x \(height) pixels", expected: "at most \(Int32.max) on a side")
    }
    var encoded: [UInt8] = []
    let result = withUnsafeMutablePointer(to: &encoded) { target in
      repscope_png_encode(
        bytes, UInt32(width), UInt32(height), Int32(min(max(compressionLevel, 0), 9)),
        { context, piece, count in
          context!.assumingMemoryBound(to: [UInt8].self).pointee.append(
            contentsOf: UnsafeBufferPointer(start: piece, count: count))
          return 1
        }, target)
    }
    guard result.status == REPSCOPE_CODEC_DONE else {
      throw ImageError(
        codecCode(result), path: nil, found: codecMessage(result), expected: "a picture to write as PNG")
    }
    return encoded
  }
}
