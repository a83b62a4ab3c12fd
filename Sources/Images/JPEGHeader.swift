/// The segments of a JPEG file up to its frame header.
///
/// - SeeAlso: ITU-T T.81, Annex B; the EXIF segment: JEITA CP-3451, section 4.5.4.
enum JPEGHeader {
  static func read(_ bytes: UnsafeRawBufferPointer, name: String?) throws(ImageError) -> ImageHeader {
    var orientation = 1
    var position = 2
    while true {
      guard let start = marker(bytes, from: position), bytes.count - start >= 4 else {
        throw ImageError(
          .truncated, path: name, found: "\(bytes.count) bytes without a frame header",
          expected: "a JPEG picture")
      }
      let kind = bytes[start + 1]
      // Markers that stand alone: TEM, RST0 to RST7, SOI.
      if kind == 0x01 || (0xD0...0xD8).contains(kind) {
        position = start + 2
        continue
      }
      let length = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
      guard kind != 0xD9, kind != 0xDA, length >= 2 else {
        throw ImageError(
          .malformed, path: name,
          found: length < 2 ? "a segment of length \(length)" : "no frame header before the pixels",
          expected: "a JPEG picture")
      }
      guard length <= bytes.count - start - 2 else {
        throw ImageError(
          .truncated, path: name, found: "a segment that ends behind the file", expected: "a JPEG picture")
      }
      let segment = UnsafeRawBufferPointer(rebasing: bytes[start + 4..<start + 2 + length])
      if isFrame(kind) {
        var header = try frame(segment, name: name)
        header.orientation = orientation
        guard isArithmetic(kind) || header.width * header.height / maximumRatio <= bytes.count else {
          throw ImageError(
            .tooLarge, path: name,
            found: "a header for \(header.width) x \(header.height) pixels in \(bytes.count) bytes",
            expected: "no more than \(maximumRatio) for each byte")
        }
        return header
      }
      if kind == 0xE1, segment.starts(with: "Exif\0\0".utf8) {
        orientation = Orientation.read(UnsafeRawBufferPointer(rebasing: segment.dropFirst(6)))
      }
      position = start + 2 + length
    }
  }

  /// Where the next marker begins; fill bytes and strays before it are passed over, as libjpeg does.
  private static func marker(_ bytes: UnsafeRawBufferPointer, from position: Int) -> Int? {
    var position = position
    while position + 1 < bytes.count {
      if bytes[position] == 0xFF, bytes[position + 1] != 0xFF, bytes[position + 1] != 0 { return position }
      position += 1
    }
    return nil
  }

  /// A Huffman code has at least one bit for a block of 64 samples, and a sample stands for 16 pixels at the most.
  private static let maximumRatio = 8 * 64 * 16

  private static func isArithmetic(_ kind: UInt8) -> Bool { kind >= 0xC9 }

  /// SOF0 to SOF15 without DHT, JPG and DAC.
  private static func isFrame(_ kind: UInt8) -> Bool {
    (0xC0...0xCF).contains(kind) && kind != 0xC4 && kind != 0xC8 && kind != 0xCC
  }

  private static func frame(_ segment: UnsafeRawBufferPointer, name: String?) throws(ImageError)
    -> ImageHeader
  {
    guard segment.count >= 6 else {
      throw ImageError(
        .malformed, path: name, found: "a frame header of \(segment.count) bytes", expected: "at least 6")
    }
    let height = Int(segment[1]) << 8 | Int(segment[2])
    let width = Int(segment[3]) << 8 | Int(segment[4])
    guard segment[0] == 8 else {
      throw ImageError(
        .unsupported, path: name, found: "a JPEG picture of \(segment[0]) bits", expected: "8 bits")
    }
    guard width > 0, height > 0 else {
      throw ImageError(
        .malformed, path: name, found: "a size of \(width) x \(height)", expected: "at least one pixel")
    }
    return ImageHeader(format: .jpeg, width: width, height: height)
  }
}
