import LinearAlgebra
import Testing

@testable import Images

@Suite struct CropTests {
  @Test func pictureAreasThatAreKeptAreTheSameAsOfTheWhole() throws {
    let image = try Image.noise(width: 41, height: 29, seed: 1)
    for (width, height) in [(41, 29), (20, 29), (41, 60), (13, 11), (80, 50)] {
      for filter in ResamplingFilter.allCases {
        let whole = try image.resized(width: width, height: height, filter: filter)
        let window = Image.Window(rows: 3..<height - 2, columns: 1..<width - 4)
        let part = try image.resized(width: width, height: height, filter: filter, keeping: window)
        #expect(part == whole.cropped(window))
      }
    }
  }

  @Test func aResizeToTheSameSizeChangesNothing() throws {
    let image = try Image.noise(width: 12, height: 7, seed: 2)
    #expect(try image.resized(width: 12, height: 7) == image)
    #expect(try PictureCrop.none.apply(to: image) == image)
    let square = try Image.noise(width: 32, height: 32, seed: 3)
    #expect(try PictureCrop.adm(32).apply(to: square) == square)
  }

  @Test(arguments: [(1, 1), (1, 300), (300, 1), (7, 5), (64, 64), (65, 64), (128, 127), (500, 400)])
  func theADMCropHasItsSize(width: Int, height: Int) throws {
    let crop = try PictureCrop.adm(64).apply(to: Image.noise(width: width, height: height, seed: 4))
    #expect((crop.width, crop.height) == (64, 64))
  }

  @Test func aPlainPictureStaysPlain() throws {
    let image = try Image(width: 37, height: 50, bytes: [UInt8](repeating: 201, count: 37 * 50 * 3))
    for crop in [
      PictureCrop.adm(16), .adm(100), .resize(width: 9, height: 80, filter: .bilinear),
      .resizeAndCenterCrop(shorter: 40, side: 33, filter: .bicubic),
    ] {
      let size = try #require(crop.outputSize)
      let result = try crop.apply(to: image)
      #expect((result.width, result.height) == size)
      #expect(result.bytes.allSatisfy { $0 == 201 })
    }
  }

  @Test func whatDoesNotFitIsAnError() throws {
    let image = try Image.noise(width: 10, height: 4, seed: 6)
    let line = try Image.noise(width: 5000, height: 1, seed: 6)
    let crops: [(Image, PictureCrop)] = [
      (image, .adm(0)), (image, .adm(-1)), (image, .adm(1 << 20)), (line, .adm(1 << 10)),
      (image, .resize(width: 0, height: 3, filter: .box)),
      (image, .resize(width: Int.max, height: Int.max, filter: .box)),
      (image, .resizeAndCenterCrop(shorter: 10, side: 11, filter: .bicubic)),
      (image, .resizeAndCenterCrop(shorter: Int.max, side: 2, filter: .bicubic)),
      (image, .resizeAndCenterCrop(shorter: 0, side: 0, filter: .bicubic)),
    ]
    for (picture, crop) in crops {
      let error = #expect(throws: ImageError.self, "\(crop)") { try crop.apply(to: picture) }
      #expect(error?.code == .badSize)
    }
    for (left, top, width, height) in [(0, 0, 11, 1), (-1, 0, 2, 2), (0, 3, 1, 2), (0, 0, 0, 1)] {
      #expect(throws: ImageError.self) {
        try image.cropped(left: left, top: top, width: width, height: height)
      }
    }
    #expect(try image.cropped(left: 9, top: 3, width: 1, height: 1).bytes == Array(image.bytes.suffix(3)))
  }
}
