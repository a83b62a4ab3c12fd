import LinearAlgebra
import TensorFiles
import Testing

@testable import Images

/// Crops and networks' inputs against Pillow, torchvision and PyTorch (fixtures/goldens/preprocessing).
@Suite struct PreprocessingGoldenTests {
  struct Info: Decodable, Sendable {
    let height: Int
    let width: Int
    let pngRgbSha256: String
    let admCrop256Sha256: String
    let tvResize256Crop224Sha256: String
    let tvResizeShapeHw: [Int]
    let repaClip: Statistics
    let repaDinov2Jepa: Statistics
    let repaMocov3MaeDinov1: Statistics
    let tvNormalised: Totals
  }

  struct Statistics: Decodable, Sendable {
    let shape: [Int]
    let mean: Double
    let sumAbs: Double
    let min: Double
    let max: Double
  }

  struct Totals: Decodable, Sendable {
    let mean: Double
    let sumAbs: Double
  }

  static let folder = "goldens/preprocessing/"
  static let infos = try! Fixture.objects(folder + "info.json", of: Info.self)
  static let names = infos.keys.sorted()

  private func tensor(_ picture: String, _ name: String) throws -> Tensor {
    let file = try TensorFile.open(Fixture.path(Self.folder + picture + ".expected.safetensors"))
    return try #require(file[name])
  }

  private func bytes(_ picture: String, _ name: String) throws -> [UInt8] {
    try tensor(picture, name).integers().map { UInt8($0) }
  }

  /// [a::step, b::step] of a picture.
  private func sampled(_ image: Image, _ a: Int, _ b: Int, step: Int) -> [UInt8] {
    var found: [UInt8] = []
    for y in stride(from: a, to: image.height, by: step) {
      for x in stride(from: b, to: image.width, by: step) {
        let place = (y * image.width + x) * 3
        found += image.bytes[place..<place + 3]
      }
    }
    return found
  }

  @Test(arguments: names) func pngPixelsAreExact(name: String) throws {
    let info = try #require(Self.infos[name])
    let image = try Fixture.image(Self.folder + name + ".png")
    #expect((image.width, image.height) == (info.width, info.height))
    #expect(image.digest == info.pngRgbSha256)
  }

  @Test(arguments: names) func jpegPixelsAreWithinADecodersDifference(name: String) throws {
    let image = try Fixture.image(Self.folder + name + ".jpg")
    let difference = differences(image.bytes, try bytes(name, "jpeg_rgb"))
    #expect(difference.mean <= 0.5 && difference.largest <= 8)
    let crop = try PictureCrop.adm(64).apply(to: image)
    let cropDifference = differences(crop.bytes, try bytes(name, "adm_crop_64_from_jpeg"))
    #expect(cropDifference.mean <= 0.5 && cropDifference.largest <= 8)
  }

  @Test(arguments: names) func cropsAreExact(name: String) throws {
    let info = try #require(Self.infos[name])
    let image = try Fixture.image(Self.folder + name + ".png")
    let crop = try PictureCrop.adm(256).apply(to: image)
    #expect(crop.digest == info.admCrop256Sha256)
    #expect(try PictureCrop.adm(64).apply(to: image).bytes == bytes(name, "adm_crop_64"))
    let torchvision = try PictureCrop.resizeAndCenterCrop(shorter: 256, side: 224, filter: .bicubic).apply(
      to: image)
    #expect(torchvision.digest == info.tvResize256Crop224Sha256)
    #expect(
      sampled(torchvision, 3, 2, step: 5)
        == (try bytes(name, "tv_resize256_crop224_rows_3_step5_cols_2_step5")))
  }

  /// The one that is halved by the box filter before it is resized.
  @Test func theSyntheticPictureIsCroppedExactly() throws {
    let (height, width) = (531, 777)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        pixels += [(3 * x + y) % 256, (x * x / 7 + 5 * y) % 256, (x * y / 11) % 256].map { UInt8($0) }
      }
    }
    let image = try Image(width: width, height: height, bytes: pixels)
    let crop = try PictureCrop.adm(256).apply(to: image)
    #expect(
      sampled(crop, 1, 1, step: 4)
        == (try bytes("synthetic_531x777", "adm_crop_256_rows_1_step4_cols_1_step4")))
    #expect(try PictureCrop.adm(64).apply(to: image).bytes == bytes("synthetic_531x777", "adm_crop_64"))
  }

  private func check(
    _ values: [Float], side: Int, _ statistics: Statistics, sampled: Tensor, _ a: Int, _ b: Int, step: Int
  ) throws {
    #expect(statistics.shape == [3, side, side])
    #expect(values.count == 3 * side * side)
    let expected = try sampled.floats()
    var found: [Float] = []
    for channel in 0..<3 {
      for y in stride(from: a, to: side, by: step) {
        for x in stride(from: b, to: side, by: step) { found.append(values[(channel * side + y) * side + x]) }
      }
    }
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let magnitude = values.reduce(0) { $0 + Double(abs($1)) } / count
    #expect(abs(mean - statistics.mean) <= 1e-6)
    #expect(abs(magnitude - statistics.sumAbs / count) <= 1e-6)
    #expect(abs(Double(values.min() ?? 0) - statistics.min) <= 1e-5)
    #expect(abs(Double(values.max() ?? 0) - statistics.max) <= 1e-5)
  }

  @Test(arguments: names) func networksGetWhatREPAFeedsThem(name: String) throws {
    let info = try #require(Self.infos[name])
    let image = try Fixture.image(Self.folder + name + ".png")
    for encoder in Preprocessing.Encoder.allCases {
      let values = try Preprocessing.repa(encoder)(image)
      switch encoder {
      case .clip:
        try check(
          values, side: 224, info.repaClip,
          sampled: tensor(name, "repa_clip_ch_rows_1_step6_cols_2_step6"), 1, 2, step: 6)
      case .dinov2, .jepa:
        try check(
          values, side: 224, info.repaDinov2Jepa,
          sampled: tensor(name, "repa_dinov2_jepa_ch_rows_1_step6_cols_2_step6"), 1, 2, step: 6)
      case .mocov3, .mae, .dinov1:
        try check(
          values, side: 256, info.repaMocov3MaeDinov1,
          sampled: tensor(name, "repa_mocov3_mae_dinov1_ch_rows_1_step8_cols_2_step8"), 1, 2, step: 8)
      }
    }
  }

  @Test(arguments: names) func theNativePreprocessingIsTorchvisions(name: String) throws {
    let info = try #require(Self.infos[name])
    let values = try Preprocessing.native(.dinov2)(Fixture.image(Self.folder + name + ".png"))
    let count = Double(values.count)
    #expect(abs(values.reduce(0) { $0 + Double($1) } / count - info.tvNormalised.mean) <= 1e-6)
    #expect(
      abs(values.reduce(0) { $0 + Double(abs($1)) } / count - info.tvNormalised.sumAbs / count) <= 1e-6)
  }
}
