import Features
import Foundation
import Images
import LinearAlgebra
import Models
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

/// REPA's preprocessed layout, written and read back; latents decoded.
@Suite struct PreprocessedTests {
  private struct Stop: Error {}

  private static func pictures() throws -> Pictures {
    Pictures(try ImageCollection.open("\(Fixtures.mnist)/split.csv", rows: ("split", "val")))
  }

  private static func writer(_ count: Int = 20) throws -> PreprocessedWriter {
    try PreprocessedWriter(
      pictures(), vae: AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder]), selection: .first(count))
  }

  @Test func theLayoutIsThatOfTheOfficialTool() throws {
    try withTemporaryFolder { folder in
      let writer = try Self.writer()
      // The VAE's own sample size, which is below REPA's 256.
      #expect(writer.resolution == 32)
      #expect(try writer.run(to: folder) == 20)
      let (found, expected) = (try contents(of: folder), try contents(of: Fixtures.latentFolder))
      let names = expected.keys.filter { $0.hasPrefix("images/") || $0.hasPrefix("vae-sd/") }
      #expect(names.count == 42)
      #expect(Set(found.keys) == Set(names + ["encode.json", "samples.csv"]))
      for name in names where name.hasSuffix(".json") { #expect(found[name] == expected[name]) }
      for name in names where name.hasSuffix(".png") {
        #expect(
          try Image(contentsOf: "\(folder)/\(name)") == Image(contentsOf: "\(Fixtures.latentFolder)/\(name)"))
      }
      for name in names where name.hasSuffix(".npy") {
        let file = try TensorFile.open("\(folder)/\(name)")
        let tensor = try #require(file.tensors.first)
        let stored = try #require(try TensorFile.open("\(Fixtures.latentFolder)/\(name)").tensors.first)
        #expect(tensor.shape == [8, 16, 16])
        #expect(tensor.elementType == .float32)
        let (values, goldens) = (try tensor.floats(), try stored.floats())
        let largest = goldens.reduce(0) { max($0, abs($1)) }
        #expect(zip(values, goldens).allSatisfy { abs($0 - $1) <= 2e-5 * largest }, "\(name)")
      }
      #expect(try ArchiveSamples(csv: "\(folder)/samples.csv").names?.names[1] == "images/1/00712.png")
    }
  }

  @Test func bothSidesReadItWithTheSameNamesAndLabels() throws {
    try withTemporaryFolder { folder in
      try Self.writer(12).run(to: folder)
      let latents = try Latents(folder)
      let collection = try ImageCollection.open(folder)
      #expect(latents.samples.names == collection.names)
      #expect(latents.samples.labels == collection.labels)
      #expect(latents.samples.labels == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    }
  }

  /// So that a label file by path speaks of the numbered pictures too, and features of them and of the pictures join.
  @Test func samplesKeepTheNamesOfThePicturesTheyWereMadeFrom() throws {
    try withTemporaryFolder { folder in
      try Self.writer(12).run(to: folder)
      let names = try #require(try ArchiveSamples(csv: "\(folder)/samples.csv").names).names
      #expect(names[1] == "images/1/00712.png")
      let latents = try Latents(folder, labels: "\(Fixtures.mnist)/split.csv")
      #expect(latents.samples.names == names)
      #expect(latents.samples.labels == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
      for path in [folder, "\(folder)/images", "\(folder)/images/"] {
        let collection = try ImageCollection.open(path)
        #expect(collection.names == names)
        #expect(collection.location(of: 1).hasSuffix("/00000/img00000001.png"))
        #expect(try collection.selecting([11]).read(0) == collection.read(11))
      }
      // Without the word of the run that made it, a list beside a folder may be about anything.
      try FileManager.default.removeItem(atPath: "\(folder)/encode.json")
      #expect(try ImageCollection.open(folder).names[1] == "00000/img00000001.png")
      #expect(try Latents(folder).samples.names?[1] == "00000/img00000001.png")
    }
  }

  @Test func anInterruptedRunGoesOnAndEndsWithTheSameBytes() throws {
    try withTemporaryFolder { folder in
      let writer = try Self.writer(9)
      try writer.run(to: "\(folder)/whole", threads: Threads(3))
      #expect(throws: Stop.self) {
        try writer.run(to: "\(folder)/cut", threads: Threads(1)) { if $0.done == 4 { throw Stop() } }
      }
      #expect(try contents(of: "\(folder)/cut")["vae-sd/dataset.json"] == nil)
      // A picture without its latent is encoded again.
      try FileManager.default.removeItem(atPath: "\(folder)/cut/vae-sd/00000/img-mean-std-00000001.npy")
      #expect(try writer.run(to: "\(folder)/cut", threads: Threads(2)) == 6)
      #expect(try contents(of: "\(folder)/cut") == contents(of: "\(folder)/whole"))
      #expect(try writer.run(to: "\(folder)/cut") == 0)
    }
  }

  @Test func aFolderThatWasMadeOtherwiseIsRefused() throws {
    try withTemporaryFolder { folder in
      try Self.writer(2).run(to: folder)
      let before = try contents(of: folder)
      let error = try #require(throws: ExtractionError.self) { try Self.writer(3).run(to: folder) }
      #expect(error.code == .settingsDiffer)
      #expect(error.message.contains("samples: \"0-1\", not \"0-2\""))
      #expect(try contents(of: folder) == before)
      try FileManager.default.removeItem(atPath: "\(folder)/encode.json")
      let unknown = try #require(throws: ExtractionError.self) { try Self.writer(2).run(to: folder) }
      #expect(unknown.message.contains("no encode.json"))
    }
  }

  @Test func picturesWithoutLabelsGiveNone() throws {
    try withTemporaryFolder { folder in
      let collection = try ImageCollection.open("\(Fixtures.mnist)/images/3", layout: .flat)
      let writer = try PreprocessedWriter(
        Pictures(collection), vae: AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder]),
        resolution: 16, selection: .first(2))
      #expect(!writer.hasLabels)
      try writer.run(to: folder)
      #expect(
        try String(contentsOfFile: "\(folder)/vae-sd/dataset.json", encoding: .utf8) == "{\"labels\": null}")
      #expect(try Latents(folder).shape == InputShape(channels: 4, height: 8, width: 8))
    }
  }

  @Test func latentsAreDecodedToTheOfficialPicture() throws {
    let vae = try AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.decoder])
    let golden = try TensorFile.open("\(Fixtures.mnist)/goldens/vae_moments.safetensors")
    let expected = try #require(golden["decoded_mean"]).floats()
    try withTemporaryFolder { folder in
      let files = try LatentDecoder(
        Latents("\(Fixtures.mnist)/goldens/vae_moments.safetensors#mean"), vae: vae, selection: .first(1)
      ).run(to: "\(folder)/a")
      #expect(files == ["\(folder)/a/00000/img00000000.png"])
      let image = try Image(contentsOf: files[0])
      for pixel in 0..<1024 {
        for channel in 0..<3 {
          let value = min(max((expected[channel * 1024 + pixel] + 1) * 127.5, 0), 255)
          // Cut off, as the official sampling does; a value beside a whole number may fall on either side.
          #expect(abs(Float(image.bytes[3 * pixel + channel]) + 0.5 - value) <= 0.5 + 1e-2)
        }
      }
    }
  }

  @Test func scaledLatentsAndNamedOnesAreDecodedToTheSamePictures() throws {
    let vae = try AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.decoder])
    let latents = try Latents(Fixtures.latentFolder)
    try withTemporaryFolder { folder in
      let plain = try LatentDecoder(latents, vae: vae, selection: .indices([4, 1])).run(to: "\(folder)/a")
      #expect(plain == [4, 1].map { "\(folder)/a/00000/img0000000\($0).png" })
      // x = 2 z + 1, as a diffusion transformer would have them.
      var scaled: [Float] = []
      let reader = latents.makeReader()
      for sample in [4, 1] {
        var values = [Float](repeating: 0, count: 1024)
        try values.withUnsafeMutableBufferPointer { try reader.read(sample, noise: nil, into: $0) }
        scaled += values.map { 2 * $0 + 1 }
      }
      try writeArray(scaled, shape: [2, 4, 16, 16], to: "\(folder)/scaled.npy")
      let others = try LatentDecoder(Latents("\(folder)/scaled.npy"), vae: vae, scale: 2, bias: 1).run(
        to: "\(folder)/b")
      for (plain, other) in zip(plain, others) {
        let (a, b) = (try Image(contentsOf: plain).bytes, try Image(contentsOf: other).bytes)
        #expect(zip(a, b).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(Set(a).count > 50)
      }
      let full = try #require(throws: ExtractionError.self) {
        try LatentDecoder(latents, vae: vae).run(to: "\(folder)/a")
      }
      #expect(full.code == .cannotWrite)
      try writeArray([Float](repeating: 0, count: 24), shape: [1, 6, 2, 2], to: "\(folder)/six.npy")
      let channels = try #require(throws: ExtractionError.self) {
        try LatentDecoder(Latents("\(folder)/six.npy"), vae: vae)
      }
      #expect(channels.message.contains("the VAE's have 4 channels"))
    }
  }

  /// Labels are not part of what latents are made from, and may come with a later run.
  @Test func labelsThatComeLaterAreWrittenEverywhere() throws {
    try withTemporaryFolder { folder in
      try Self.writer(2).run(to: folder)
      var pictures = try Self.pictures()
      try write("index,label\n0,8\n1,9\n", to: "\(folder)/labels.csv")
      try pictures.read(labels: "\(folder)/labels.csv")
      try PreprocessedWriter(
        pictures, vae: AutoencoderKL("\(Fixtures.mnist)/vae", parts: [.encoder]), selection: .first(2)
      ).run(to: folder)
      #expect(try ArchiveSamples(csv: "\(folder)/samples.csv").labels == [8, 9])
      #expect(try Latents(folder).samples.labels == [8, 9])
    }
  }

  @Test func aPictureThatIsListedTwiceHasItsLabelTwice() throws {
    try withTemporaryFolder { folder in
      let names = try Self.pictures().samples.names ?? []
      let list = [names[0], names[1], names[0]].map { "\(Fixtures.mnist)/\($0)" }
      try write(list.joined(separator: "\n"), to: "\(folder)/list.txt")
      var pictures = Pictures(try ImageCollection.open("\(folder)/list.txt"))
      let paths = pictures.samples.names ?? []
      try write("path,label\n\(paths[0]),3\n\(paths[1]),4\n", to: "\(folder)/labels.csv")
      try pictures.read(labels: "\(folder)/labels.csv")
      #expect(pictures.samples.labels == [3, 4, 3])
    }
  }
}
