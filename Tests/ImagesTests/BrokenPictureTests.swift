import Foundation
import TestSupport
import Testing

@testable import Images

/// Files that are no sound pictures, and the error of each.
@Suite struct BrokenPictureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let code: ImageError.Code
    let phrase: String
    let bytes: @Sendable () throws -> [UInt8]

    init(
      _ what: String, _ code: ImageError.Code, _ phrase: String,
      _ bytes: @escaping @Sendable () throws -> [UInt8]
    ) {
      self.what = what
      self.code = code
      self.phrase = phrase
      self.bytes = bytes
    }

    var testDescription: String { what }
  }

  private static func png() throws -> [UInt8] { try Fixture.bytes("images/rgb8.png") }
  private static func jpeg() throws -> [UInt8] { try Fixture.bytes("images/rgb-420.jpg") }

  /// Changes bytes, and mends the header's checksum, so that it is the change which is found.
  private static func pngWithHeader(_ changes: (inout [UInt8]) -> Void) throws -> [UInt8] {
    var bytes = try png()
    changes(&bytes)
    var checksum: UInt32 = 0xFFFF_FFFF
    for byte in bytes[12..<29] {
      checksum ^= UInt32(byte)
      for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    bytes.replaceSubrange(29..<33, with: withUnsafeBytes(of: (~checksum).bigEndian, Array.init))
    return bytes
  }

  /// Where the frame header's segment begins, at its marker.
  private static func frame(_ bytes: [UInt8]) throws -> Int {
    try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
  }

  private static func jpegWithFrame(_ changes: (inout [UInt8], Int) -> Void) throws -> [UInt8] {
    var bytes = try jpeg()
    changes(&bytes, try frame(bytes))
    return bytes
  }

  static let cases: [Case] = [
    Case("nothing", .empty, "an empty file") { [] },
    Case("text", .malformed, "no picture") { Array("<html>404</html>".utf8) },
    Case("one byte", .malformed, "no picture") { [0x89] },
    Case("GIF", .unsupported, "a GIF picture") { Array("GIF89a\u{1}\0\u{1}\0".utf8) },
    Case("BMP", .unsupported, "a BMP picture") { Array("BM".utf8) + [UInt8](repeating: 0, count: 60) },
    Case("WebP", .unsupported, "a WebP picture") { Array("RIFF\u{9}\0\0\0WEBPVP8 ".utf8) },
    Case("TIFF", .unsupported, "a TIFF picture") { Array("II*\0\u{8}\0\0\0".utf8) },
    Case("PNM", .unsupported, "a PNM picture") { Array("P6\n1 1\n255\nabc".utf8) },
    Case("a PNG signature", .truncated, "8 bytes") { Array(try png()[..<8]) },
    Case("a PNG header alone", .truncated, "ends too early") { Array(try png()[..<33]) },
    Case("half a PNG", .truncated, "ends too early") { try png().dropLast(200) },
    Case("a PNG without IHDR", .malformed, "no IHDR") { try pngWithHeader { $0[12] = UInt8(ascii: "X") } },
    Case("a PNG of no width", .malformed, "0 x 9") {
      try pngWithHeader { $0.replaceSubrange(16..<20, with: [0, 0, 0, 0]) }
    },
    Case("a PNG bomb", .tooLarge, "100000 x 100000 pixels") {
      try pngWithHeader {
        $0.replaceSubrange(16..<20, with: [0, 1, 0x86, 0xA0])
        $0.replaceSubrange(20..<24, with: [0, 1, 0x86, 0xA0])
      }
    },
    Case("the largest PNG there could be", .tooLarge, "4294967295 x 4294967295") {
      try pngWithHeader { $0.replaceSubrange(16..<24, with: [UInt8](repeating: 255, count: 8)) }
    },
    Case("a PNG of 3 bits", .malformed, "IHDR") { try pngWithHeader { $0[24] = 3 } },
    Case("a PNG of a seventh color type", .malformed, "IHDR") { try pngWithHeader { $0[25] = 7 } },
    Case("a PNG with a wrong checksum", .malformed, "CRC") {
      var bytes = try png()
      bytes[30] ^= 1
      return bytes
    },
    Case("a PNG palette picture without a palette", .malformed, "PLTE") { try pngWithHeader { $0[25] = 3 } },
    Case("a PNG that is too tall for its pixels", .malformed, "a whole PNG picture of 13 x 200 pixels") {
      try pngWithHeader { $0[23] = 200 }
    },
    Case("a JPEG's first bytes", .truncated, "without a frame header") { Array(try jpeg()[..<4]) },
    Case("half a JPEG", .truncated, "ends too early") { Array(try jpeg().dropLast(100)) },
    Case("a JPEG without its end", .truncated, "ends too early") { Array(try jpeg().dropLast(2)) },
    Case("a JPEG of no height", .malformed, "30 x 0") {
      try jpegWithFrame { $0.replaceSubrange($1 + 5..<$1 + 7, with: [0, 0]) }
    },
    Case("a JPEG bomb", .tooLarge, "65535 x 65535 pixels, expected at most 178956970") {
      try jpegWithFrame { $0.replaceSubrange($1 + 5..<$1 + 9, with: [255, 255, 255, 255]) }
        + [UInt8](repeating: 0, count: 1 << 20)
    },
    Case("a JPEG of more pixels than its bytes can hold", .tooLarge, "8000 x 8000 pixels in") {
      try jpegWithFrame { $0.replaceSubrange($1 + 5..<$1 + 9, with: [0x1F, 0x40, 0x1F, 0x40]) }
    },
    Case("a JPEG of 12 bits", .unsupported, "12 bits") { try jpegWithFrame { $0[$1 + 4] = 12 } },
    Case("a lossless JPEG", .malformed, "0xc3") { try jpegWithFrame { $0[$1 + 1] = 0xC3 } },
    Case("a JPEG without tables", .malformed, "table") {
      var bytes = try jpeg()
      // Huffman and quantization tables renamed to application data, which is passed over.
      for place in 0..<bytes.count - 1 where bytes[place] == 0xFF && [0xDB, 0xC4].contains(bytes[place + 1]) {
        bytes[place + 1] = 0xEF
      }
      return bytes
    },
    Case("a progressive JPEG of endless scans", .unsupported, "more than 500 scans") {
      let bytes = try Fixture.bytes("images/rgb-progressive.jpg")
      // The last scan, from its header to the end of the picture.
      let scan = try #require((0..<bytes.count - 1).last { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
      let copies = (0..<600).flatMap { _ in bytes[scan..<bytes.count - 2] }
      return bytes[..<scan] + copies + bytes.suffix(2)
    },
    Case("a JPEG of two components", .malformed, "a whole JPEG picture") {
      try jpegWithFrame { $0[$1 + 9] = 2 }
    },
  ]

  @Test(arguments: cases) func isAnErrorThatNamesTheFile(test: Case) throws {
    let bytes = try test.bytes()
    let folder = try TemporaryFolder()
    let path = try folder.write("broken.jpg", bytes)
    let error = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
    #expect(error?.code == test.code, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.path == path)
    #expect(error?.description.contains(test.phrase) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func aLimitOnPixelsIsChecked() throws {
    let options = DecodingOptions(maximumPixels: 13 * 9 - 1)
    let error = #expect(throws: ImageError.self) { try Fixture.image("images/rgb8.png", options: options) }
    #expect(error?.code == .tooLarge)
    #expect(error?.description.contains("found a picture of 13 x 9 pixels, expected at most 116") == true)
    #expect(try Fixture.image("images/rgb8.png", options: DecodingOptions(maximumPixels: 117)).width == 13)
  }

  @Test func aFileOfTerabytesIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("sparse.png", "")
    #expect(truncate(path, 12 << 40) == 0)
    let error = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
    #expect(error?.code == .tooLarge && error?.path == path)
  }

  @Test func whatIsNoFileIsAnError() throws {
    let folder = try TemporaryFolder()
    let cases: [(String, ImageError.Code)] = [
      (folder.path + "/none.png", .missing), (folder.path, .unreadable), ("/dev/null", .unreadable),
      (folder.path + "/none/a.png", .missing),
    ]
    for (path, code) in cases {
      let error = #expect(throws: ImageError.self) { try Image(contentsOf: path) }
      #expect(error?.code == code && error?.path == path)
    }
  }

  @Test func picturesOfWrongSizesAreErrors() throws {
    for (width, height, count) in [(0, 1, 0), (1, 0, 0), (-1, -1, 3), (2, 2, 11), (Int.max, 3, 9)] {
      let error = #expect(throws: ImageError.self) {
        try Image(width: width, height: height, bytes: [UInt8](repeating: 0, count: count))
      }
      #expect(error?.code == .badSize)
    }
  }
}
