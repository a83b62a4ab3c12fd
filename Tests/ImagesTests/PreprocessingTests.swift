import Testing

@testable import Images

@Suite struct PreprocessingTests {
  @Test func picturesThatHaveTheirSizeGoInAsTheyAre() throws {
    let image = try Fixture.image("mnist/images/0/00062.png")
    let values = try Preprocessing(crop: .none, normalisation: .imageNet)(image)
    #expect(values.count == 3 * 32 * 32)
    for (channel, (mean, deviation)) in zip([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]).enumerated() {
      for place in 0..<1024 {
        let expected = (Double(image.bytes[3 * place + channel]) / 255 - mean) / deviation
        #expect(abs(Double(values[channel * 1024 + place]) - expected) < 1e-6)
      }
    }
  }

  @Test func theVAEGetsMinusOneToOne() throws {
    let image = try Image(width: 2, height: 1, bytes: [0, 51, 255, 102, 204, 153])
    #expect(
      try Preprocessing.vae(resolution: nil)(image)
        == [-1, -0.2, -0.6, 0.6, 1, 0.2].map { Float($0) }.map {
          // As PyTorch computes it, in Float32.
          (($0 + 1) * 127.5).rounded() / 127.5 - 1
        })
    let sized = Preprocessing.vae(resolution: 64)
    #expect(sized.outputSize.map { $0.height == 64 && $0.width == 64 } == true)
  }

  @Test func sizesAreThoseOfTheProtocols() throws {
    for encoder in Preprocessing.Encoder.allCases {
      let isWhole = [.mocov3, .mae, .dinov1].contains(encoder)
      for resolution in [256, 512] {
        let size = try Preprocessing.repa(encoder, resolution: resolution).outputSize
        #expect(size?.height == (isWhole ? resolution : resolution * 7 / 8))
      }
      for side in [224, 336, 518] {
        #expect(try Preprocessing.native(encoder, side: side).outputSize?.width == side)
      }
      #expect(throws: ImageError.self) { try Preprocessing.repa(encoder, resolution: 224) }
      #expect(throws: ImageError.self) { try Preprocessing.native(encoder, side: 0) }
    }
    #expect(
      try Preprocessing.native(.dinov2).crop
        == .resizeAndCenterCrop(shorter: 256, side: 224, filter: .bicubic))
    #expect(
      try Preprocessing.native(.clip, side: 336).crop
        == .resizeAndCenterCrop(shorter: 336, side: 336, filter: .bicubic))
  }

  /// Lines of pixels, whose picture between the passes or whose weights would fill the memory.
  @Test(arguments: [(1, 2_000_000), (1, 5_000_000), (5_000_000, 1)])
  func aLineOfPixelsIsNotResized(width: Int, height: Int) throws {
    let line = try Image(
      width: width, height: height, bytes: [UInt8](repeating: 9, count: 3 * width * height))
    for crop in [
      PictureCrop.resize(width: 224, height: 224, filter: .bicubic), .adm(256),
      .resizeAndCenterCrop(shorter: 256, side: 224, filter: .bicubic),
    ] {
      let error = #expect(throws: ImageError.self) { try crop.apply(to: line) }
      #expect(error?.code == .badSize, "\(crop)")
    }
  }

  @Test func aLongPictureIsResizedWhereThereIsRoom() throws {
    let long = try Image(width: 2, height: 100_000, bytes: [UInt8](repeating: 9, count: 600_000))
    #expect(try long.resized(width: 4, height: 4).bytes == [UInt8](repeating: 9, count: 48))
  }

  /// The two orders differ by rounding alone, since the weights sum to one.
  @Test func normalisingBeforeOrAfterTheResizeIsTheSameUpToRounding() throws {
    let image = try Image.noise(width: 40, height: 40, seed: 9)
    let values = try [true, false].map {
      try Preprocessing(
        crop: .none, normalisation: .clip, floatResize: .init(side: 35, isBeforeNormalising: $0))(image)
    }
    #expect(zip(values[0], values[1]).allSatisfy { abs($0 - $1) < 2e-5 })
  }

  @Test func aBufferOfTheWrongSizeIsAnError() throws {
    let image = try Image.noise(width: 8, height: 8, seed: 7)
    for count in [0, 191, 193] {
      var values = [Float](repeating: 5, count: count)
      let error = #expect(throws: ImageError.self) {
        try values.withUnsafeMutableBufferPointer {
          try Preprocessing(crop: .none, normalisation: .half).write(image, into: $0)
        }
      }
      #expect(error?.code == .badSize)
      #expect(values.allSatisfy { $0 == 5 })
    }
  }

  @Test func hugeInputsAreErrors() throws {
    let image = try Image.noise(width: 8, height: 8, seed: 7)
    for preprocessing in [
      Preprocessing(crop: .adm(Int.max), normalisation: .half),
      Preprocessing(
        crop: .none, normalisation: .half, floatResize: .init(side: 1 << 40, isBeforeNormalising: true)),
      Preprocessing(
        crop: .none, normalisation: .half, floatResize: .init(side: 0, isBeforeNormalising: true)),
    ] {
      #expect(throws: ImageError.self) { try preprocessing(image) }
    }
  }
}
