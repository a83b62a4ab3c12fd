import TestSupport
import Testing

@testable import Images

/// Thousands of picture files broken at random: each is decoded or is an error, and nothing else happens.
@Suite struct PictureMutationTests {
  static let seeds = [
    "rgb8.png", "grey16.png", "palette4.png", "rgba8-interlaced.png", "grey1-interlaced.png", "rgb-420.jpg",
    "rgb-progressive.jpg", "rgb-restarts.jpg", "cmyk.jpg", "orientation6.jpg", "orientation6.png",
  ]

  @Test(arguments: seeds) func brokenPicturesAreDecodedOrAreErrors(name: String) throws {
    let seed = try Fixture.bytes("images/\(name)")
    var random = SplitMix64(state: 1911_05722)
    // No picture here has more pixels: what claims more would only take time.
    let options = DecodingOptions(appliesOrientation: true, maximumPixels: 1 << 16)
    var errors = 0
    for _ in 0..<1000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &random)!
        case 2: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      do {
        let image = try Image.decoding(bytes, options: options)
        #expect(image.bytes.count == image.width * image.height * 3)
      } catch is ImageError {
        errors += 1
      }
    }
    // JPEG forgives much; PNG's checksums do not.
    #expect(errors > (name.hasSuffix(".png") ? 500 : 50), "\(errors) errors")
  }

  @Test(arguments: seeds) func aPictureCutOffAnywhereIsAnError(name: String) throws {
    let bytes = try Fixture.bytes("images/\(name)")
    // The last chunk of a PNG says only that it is over.
    let end = name.hasSuffix(".png") ? bytes.count - 16 : bytes.count
    for count in 0..<end {
      #expect(throws: ImageError.self, "\(count) bytes") { try Image.decoding(Array(bytes[..<count])) }
    }
  }
}
