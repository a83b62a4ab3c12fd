import Foundation
import TestSupport
import Testing

@testable import Images

/// Every kind of PNG and JPEG against what Pillow makes of it (fixtures/images).
@Suite struct DecodingTests {
  struct Expected: Decodable, Sendable {
    let width: Int
    let height: Int
    /// Of a PNG, which has one meaning.
    let sha256: String?
    /// Of a JPEG, which decoders may round differently.
    let rgb: Data?

    func check(_ image: Image) {
      #expect((image.width, image.height) == (width, height))
      #expect((sha256 == nil) != (rgb == nil))
      if let sha256 { #expect(image.digest == sha256) }
      guard let rgb else { return }
      let difference = differences(image.bytes, Array(rgb))
      #expect(difference.largest <= 8 && difference.mean <= 0.5)
    }
  }

  struct Oriented: Decodable, Sendable {
    let upright: Expected?
  }

  static let expected = try! Fixture.objects("images/expected.json", of: Expected.self)
  static let oriented = try! Fixture.objects("images/expected.json", of: Oriented.self)
  static let names = expected.keys.sorted()

  @Test func theDigestIsSHA256() {
    #expect(
      SHA256.hexadecimal(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hexadecimal([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func thereAreKindsToTest() { #expect(Self.names.count >= 60) }

  @Test(arguments: names) func pixelsAreThoseOfPillow(name: String) throws {
    let expected = try #require(Self.expected[name])
    expected.check(try Fixture.image("images/\(name)"))
  }

  @Test(arguments: names.filter { $0.hasPrefix("orientation") }) func orientationIsAnOption(name: String)
    throws
  {
    let upright = try #require(Self.oriented[name]?.upright)
    upright.check(try Fixture.image("images/\(name)", options: DecodingOptions(appliesOrientation: true)))
  }

  @Test func theNameDoesNotDecideTheFormat() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.JPEG", try Fixture.bytes("images/rgb8.png"))
    #expect(try Image(contentsOf: path) == Fixture.image("images/rgb8.png"))
  }

  @Test(arguments: [0, 1, 6, 9]) func writtenPicturesReadBack(level: Int) throws {
    let folder = try TemporaryFolder()
    let image = try Image.noise(width: 31, height: 17, seed: 5)
    try image.writePNG(to: folder.path + "/a.png", compressionLevel: level)
    #expect(try Image(contentsOf: folder.path + "/a.png") == image)
    #expect(try image.pngBytes(compressionLevel: level) == image.pngBytes(compressionLevel: level))
  }
}
