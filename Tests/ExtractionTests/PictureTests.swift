import Features
import Foundation
import Images
import LinearAlgebra
import Models
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

/// From the shipped pictures to the features and latents that are shipped beside them.
@Suite struct PictureTests {
  private static func pictures() throws -> Pictures {
    Pictures(try ImageCollection.open("\(Fixtures.mnist)/split.csv", rows: ("split", "val")))
  }

  /// max |difference| / max |value|
  private func error(_ found: [Float], _ expected: [Float]) throws -> Float {
    try #require(found.count == expected.count && !found.isEmpty)
    let largest = expected.reduce(0) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
  }

  private func stored(_ file: String, _ tensor: String, rows: Int) throws -> [Float] {
    let tensor = try #require(try TensorFile.open("\(Fixtures.mnist)/\(file)")[tensor])
    return Array(try tensor.floats().prefix(rows * tensor.count / tensor.rowCount))
  }

  @Test(arguments: [("dinov2_tiny", ".pth"), ("mae_tiny", ".pth"), ("mocov3_tiny", ".pth.tar")])
  func pooledFeaturesOfTheEncodersAreTheShippedOnes(name: String, ending: String) throws {
    let model = try VisionTransformer("\(Fixtures.mnist)/encoders/\(name)\(ending)")
    var settings = EncoderSettings(model: name)
    settings.samples = .first(60)
    settings.shardSize = 25
    settings.pooling = .classAndMean
    try withTemporaryFolder { folder in
      let inputs = try EncoderInputs(Self.pictures(), for: model)
      #expect(inputs.shape == InputShape(channels: 3, height: 32, width: 32))
      try Extractor(model, inputs: inputs, settings: settings).run(to: folder)
      let archive = try FeatureArchive(folder)
      #expect(archive.samples?.names[1] == "images/1/00712.png")
      #expect(archive.labels == (0..<60).map { $0 % 10 })
      let features = try archive.features(FeatureKey(layer: LayerLabel("final")))
      let file = "features/val_\(name).safetensors"
      let mean = (0..<60).flatMap { row in (64..<128).map { features[row, $0] } }
      #expect(try error(mean, stored(file, "patch_mean", rows: 60)) < 1e-5)
      // MAE's class token is not shipped.
      guard name != "mae_tiny" else { return }
      let token = (0..<60).flatMap { row in (0..<64).map { features[row, $0] } }
      #expect(try error(token, stored(file, "cls", rows: 60)) < 1e-5)
    }
  }

  @Test(arguments: [("dinov2_tiny", ".pth", 2), ("mae_tiny", ".pth", 1), ("mocov3_tiny", ".pth.tar", 1)])
  func readyInputsAndPicturesGiveTheOfficialBlocks(name: String, ending: String, count: Int) throws {
    let model = try VisionTransformer("\(Fixtures.mnist)/encoders/\(name)\(ending)")
    var settings = EncoderSettings(model: name, taps: (1...6).map { .layer($0) } + [.final])
    settings.pooling = .none
    settings.samples = .first(count)
    let golden = "goldens/encoder_hidden.safetensors"
    try withTemporaryFolder { folder in
      let ready = try EncoderInputs(ready: "\(Fixtures.mnist)/\(golden)#\(name)/input")
      try Extractor(model, inputs: ready, settings: settings).run(to: "\(folder)/ready")
      try Extractor(model, inputs: EncoderInputs(Self.pictures(), for: model), settings: settings).run(
        to: "\(folder)/pictures")
      for archive in try ["ready", "pictures"].map({ try FeatureArchive("\(folder)/\($0)") }) {
        for key in archive.keys {
          let layer = key.layer?.number
          let expected = try stored(
            golden, "\(name)/\(layer.map { "block0\($0)" } ?? "features")", rows: count)
          let features = try archive.features(key)
          // The goldens' blocks have the class token too.
          let tokens = layer == nil ? 64 : 65
          var patches: [Float] = []
          for image in 0..<count {
            let end = (image + 1) * tokens * 64
            patches += expected[end - 64 * 64..<end]
          }
          let found = features.withUnsafeBufferPointer { Array($0) }
          #expect(try error(found, patches) < 2e-5, "\(key)")
        }
      }
    }
  }

  @Test func latentsOfPicturesAreTheShippedOnes() throws {
    let vae = try AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder])
    let latents = try Latents(Self.pictures(), vae: vae, resolution: 32)
    #expect(latents.shape == InputShape(channels: 4, height: 16, width: 16))
    #expect(latents.isPosterior)
    #expect(latents.samples.names?[0] == "images/0/00098.png")
    let stored = try Latents(Fixtures.latentTensor)
    #expect(latents.samples.labels == stored.samples.labels)
    let (reader, expected) = (latents.makeReader(), stored.makeReader())
    for sample in [0, 7, 499] {
      #expect(try error(values(reader, sample), values(expected, sample)) < 2e-5)
    }
    let noise = [Float](repeating: 1.5, count: 1024)
    let drawn = try values(reader, 3, noise: noise)
    let folder = try Latents(Fixtures.latentFolder).makeReader()
    #expect(try error(drawn, values(folder, 3, noise: noise)) < 2e-5)
  }

  private func values(_ reader: LatentReader, _ sample: Int, noise: [Float]? = nil) throws -> [Float] {
    var values = [Float](repeating: .nan, count: 1024)
    try values.withUnsafeMutableBufferPointer { values in
      if let noise {
        try noise.withUnsafeBufferPointer { try reader.read(sample, noise: $0, into: values) }
      } else {
        try reader.read(sample, noise: nil, into: values)
      }
    }
    return values
  }

  @Test func picturesThroughTheVAEGiveTheHiddenStatesOfTheStoredLatents() throws {
    let vae = try AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder])
    let model = try DiffusionTransformer("\(Fixtures.mnist)/sit/repa-last.pt")
    var settings = DiffusionSettings(model: "repa", timesteps: [0.1, 0.5], taps: [.layer(3), .layer(8)])
    settings.latentScale = vae.configuration.scalingFactor
    settings.samples = .indices([3, 17, 450])
    settings.shardSize = 2
    try withTemporaryFolder { folder in
      let latents = try Latents(Self.pictures(), vae: vae, resolution: 32)
      let extractor = try Extractor(model, latents: latents, settings: settings)
      try extractor.run(to: "\(folder)/one", threads: Threads(1))
      try extractor.run(to: "\(folder)/three", threads: Threads(3))
      #expect(try contents(of: "\(folder)/three") == contents(of: "\(folder)/one"))
      try Extractor(model, latents: Latents(Fixtures.latentTensor), settings: settings).run(
        to: "\(folder)/stored")
      let (found, expected) = (try FeatureArchive("\(folder)/one"), try FeatureArchive("\(folder)/stored"))
      #expect(found.samples?.names.count == 3)
      #expect(found.description.settings["vae.digest"] == .text(vae.digest))
      for key in expected.keys {
        let difference = try error(
          found.features(key).withUnsafeBufferPointer { Array($0) },
          expected.features(key).withUnsafeBufferPointer { Array($0) })
        #expect(difference < 2e-5, "\(key)")
      }
    }
  }

  @Test func aResolutionThatTheVAECannotHalveIsAnError() throws {
    let vae = try AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder])
    for resolution in [0, 31, -2] {
      #expect(throws: ExtractionError.self) { try Latents(Self.pictures(), vae: vae, resolution: resolution) }
    }
  }

  @Test func brokenPicturesAreNamedOrLeftOutAndTheOthersKeepTheirNoise() throws {
    try withTemporaryFolder { folder in
      for (place, name) in ["00098", "00005", "00010", "00016"].enumerated() {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/pictures/a", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          atPath: "\(Fixtures.mnist)/latents/images/00000/img0000000\(place).png",
          toPath: "\(folder)/pictures/a/\(place)-\(name).png")
      }
      try write("no picture", to: "\(folder)/pictures/a/1-00005.png")
      var pictures = Pictures(try ImageCollection.open("\(folder)/pictures"))
      let model = try DiffusionTransformer("\(Fixtures.mnist)/sit/repa-last.pt")
      let vae = try AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder])
      var settings = DiffusionSettings(model: "repa", timesteps: [0.5], taps: [.layer(3)])
      settings.latentScale = vae.configuration.scalingFactor
      let broken = try #require(throws: ImageError.self) {
        try Extractor(model, latents: Latents(pictures, vae: vae, resolution: 32), settings: settings)
      }
      #expect(broken.path == "\(folder)/pictures/a/1-00005.png")

      try pictures.leaveOutBroken()
      #expect(pictures.samples.broken.keys.sorted() == [1])
      #expect(pictures.samples.broken[1]?.contains("1-00005.png") == true)
      try Extractor(model, latents: Latents(pictures, vae: vae, resolution: 32), settings: settings).run(
        to: "\(folder)/a")
      let archive = try FeatureArchive("\(folder)/a")
      #expect(archive.samples?.names == ["a/0-00098.png", "a/2-00010.png", "a/3-00016.png"])
      #expect(archive.description.settings["samples"] == "0,2-3")
      #expect(archive.description.settings["pictures.broken"] == "a/1-00005.png")
      let key = FeatureKey(layer: 3, timestep: 0.5)
      let features = try archive.features(key).withUnsafeBufferPointer { Array($0) }
      settings.samples = .indices([0, 2, 3])
      try Extractor(model, latents: Latents(Fixtures.latentTensor), settings: settings).run(to: "\(folder)/b")
      let expected = try FeatureArchive("\(folder)/b").features(key).withUnsafeBufferPointer { Array($0) }
      #expect(try error(features, expected) < 2e-5)
    }
  }
}
