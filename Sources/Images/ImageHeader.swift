/// What the first bytes of a picture file say: read before anything is decoded or memory is taken.
struct ImageHeader: Sendable, Hashable {
  var format: ImageFormat
  var width: Int
  var height: Int
  /// EXIF's orientation, 1 to 8; 1 where there is none.
  var orientation = 1

  /// - Parameter name: The file, for errors.
  init(_ bytes: UnsafeRawBufferPointer, name: String?) throws(ImageError) {
    guard !bytes.isEmpty else {
      throw ImageError(.empty, path: name, found: "an empty file", expected: "a PNG or JPEG picture")
    }
    switch ImageFormat(bytes) {
    case .png: self = try PNGHeader.read(bytes, name: name)
    case .jpeg: self = try JPEGHeader.read(bytes, name: name)
    case nil:
      throw ImageError(
        ImageFormat.foreignName(bytes) == nil ? .malformed : .unsupported, path: name,
        found: ImageFormat.foreignName(bytes).map { "a \($0) picture" } ?? "no picture, by its first bytes",
        expected: "PNG or JPEG")
    }
  }

  init(format: ImageFormat, width: Int, height: Int) {
    self.format = format
    self.width = width
    self.height = height
  }
}

/// The picture formats that are decoded, told by a file's first bytes whatever its name says.
public enum ImageFormat: String, Sendable, Hashable {
  case png = "PNG"
  case jpeg = "JPEG"

  init?(_ bytes: UnsafeRawBufferPointer) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else {
      return nil
    }
  }

  /// The name of a format that torchvision's loader would read and this module does not.
  static func foreignName(_ bytes: UnsafeRawBufferPointer) -> String? {
    func starts(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
    if starts("GIF8") { return "GIF" }
    if starts("BM"), bytes.count >= 26 { return "BMP" }
    if starts("RIFF"), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "WebP" }
    if starts("II*\0") || starts("MM\0*") { return "TIFF" }
    if bytes.count > 2, bytes[0] == UInt8(ascii: "P"),
      (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(bytes[1]),
      [0x09, 0x0A, 0x0D, 0x20].contains(bytes[2])
    {
      return "PNM"
    }
    if bytes.dropFirst(4).starts(with: "ftypavif".utf8) { return "AVIF" }
    return nil
  }
}
