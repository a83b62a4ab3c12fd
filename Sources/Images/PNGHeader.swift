/// The header of a PNG file and, of its chunks before the pixels, the EXIF data.
///
/// - SeeAlso: W3C, "Portable Network Graphics (PNG) Specification", sections 5.3, 11.2.2 and 11.3.3.6.
enum PNGHeader {
  static func read(_ bytes: UnsafeRawBufferPointer, name: String?) throws(ImageError) -> ImageHeader {
    guard bytes.count >= 29 else {
      throw ImageError(
        .truncated, path: name, found: "\(bytes.count) bytes", expected: "a PNG picture, whose header has 29")
    }
    let width = Int(bytes.bigEndian(at: 16))
    let height = Int(bytes.bigEndian(at: 20))
    let isHeader = bytes.bigEndian(at: 8) == 13 && bytes[12..<16].elementsEqual("IHDR".utf8)
    guard isHeader, width > 0, height > 0 else {
      throw ImageError(
        .malformed, path: name, found: isHeader ? "a size of \(width) x \(height)" : "no IHDR chunk",
        expected: isHeader ? "at least one pixel" : "a PNG picture's header at byte 8")
    }
    let bitsPerPixel = Int(bytes[24]) * (channels(colorType: bytes[25]) ?? 1)
    guard bitsPerPixel > 0 else {
      throw ImageError(.malformed, path: name, found: "0 bits a sample", expected: "1, 2, 4, 8 or 16")
    }
    // Divided rather than multiplied: sizes near 2^32 would overflow.
    guard (width * bitsPerPixel + 7) / 8 <= bytes.count * maximumRatio / height else {
      throw ImageError(
        .tooLarge, path: name, found: "a header for \(width) x \(height) pixels in \(bytes.count) bytes",
        expected: "no more than deflate can hold, \(maximumRatio) to 1")
    }
    var header = ImageHeader(format: .png, width: width, height: height)
    header.orientation = orientation(bytes)
    return header
  }

  /// Deflate cannot do better than this.
  private static let maximumRatio = 1032

  private static func channels(colorType: UInt8) -> Int? {
    switch colorType {
    case 0, 3: 1
    case 2: 3
    case 4: 2
    case 6: 4
    default: nil
    }
  }

  /// From the chunk eXIf, wherever it is.
  private static func orientation(_ bytes: UnsafeRawBufferPointer) -> Int {
    var position = 8
    while bytes.count - position >= 12 {
      let length = Int(bytes.bigEndian(at: position))
      guard length <= bytes.count - position - 12 else { return 1 }
      if bytes[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
        return Orientation.read(UnsafeRawBufferPointer(rebasing: bytes[position + 8..<position + 8 + length]))
      }
      position += 12 + length
    }
    return 1
  }
}

extension UnsafeRawBufferPointer {
  /// Four bytes, of which the caller knows that they are there.
  func bigEndian(at offset: Int) -> UInt32 {
    UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
