import CImageCodecs
import Files

extension Image {
  /// Decodes a PNG or JPEG file's bytes, as Pillow's `open(...).convert("RGB")` does.
  ///
  /// Transparency is dropped, not composed; 16-bit color keeps its high bytes; palettes and grey become RGB; JPEG's inks
  /// are taken to be inverted, as Adobe stores them. JPEG data that are damaged but complete are decoded as far as libjpeg
  /// can, as Pillow does.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: The file's name, for errors.
  ///   - options: How large a picture may be, and whether EXIF turns it.
  /// - Throws: ``ImageError``
  public init(decoding bytes: UnsafeRawBufferPointer, name: String? = nil, options: DecodingOptions = .init())
    throws(ImageError)
  {
    let header = try ImageHeader(bytes, name: name)
    // At most 2^32 on a side, so the product fits.
    guard header.width <= options.maximumPixels / header.height else {
      throw ImageError(
        .tooLarge, path: name, found: "a picture of \(header.width) x \(header.height) pixels",
        expected: "at most \(options.maximumPixels) pixels")
    }
    let image = try Self.decoded(bytes, header, name: name)
    self = options.appliesOrientation ? image.upright(from: header.orientation) : image
  }

  /// Reads and decodes a PNG or JPEG file, told by its bytes and not by its name.
  ///
  /// - Throws: ``ImageError``
  public init(contentsOf path: String, options: DecodingOptions = .init()) throws(ImageError) {
    let bytes = try ImageError.translating { () throws(FileError) in
      try WholeFile.read(path, limit: Self.maximumFileSize, allowsPipes: false)
    }
    // The closure of withUnsafeBytes would lose the error's type.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(ImageError) in try Image(decoding: bytes, name: path, options: options) }
    }
    self = try result.get()
  }

  /// The most bytes that a picture's file, or an archive's member, may have.
  static let maximumFileSize = 1 << 31

  private static func decoded(_ bytes: UnsafeRawBufferPointer, _ header: ImageHeader, name: String?)
    throws(ImageError) -> Image
  {
    let (width, height) = (header.width, header.height)
    var result = repscope_codec_result()
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      let data = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
      let decode = header.format == .png ? repscope_png_decode : repscope_jpeg_decode
      result = decode(data, bytes.count, UInt32(width), UInt32(height), buffer.baseAddress!)
      count = result.status == REPSCOPE_CODEC_DONE ? width * height * 3 : 0
    }
    guard result.status == REPSCOPE_CODEC_DONE else {
      throw ImageError(
        codecCode(result), path: name, found: codecMessage(result),
        expected: "a whole \(header.format.rawValue) picture of \(width) x \(height) pixels")
    }
    return Image(unchecked: pixels, width: width, height: height)
  }
}

/// The kind of a codec's complaint.
func codecCode(_ result: repscope_codec_result) -> ImageError.Code {
  switch result.status {
  case REPSCOPE_CODEC_TRUNCATED: .truncated
  case REPSCOPE_CODEC_UNSUPPORTED: .unsupported
  case REPSCOPE_CODEC_MEMORY: .outOfMemory
  default: .malformed
  }
}

/// A codec's own words.
func codecMessage(_ result: repscope_codec_result) -> String {
  withUnsafeBytes(of: result.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
