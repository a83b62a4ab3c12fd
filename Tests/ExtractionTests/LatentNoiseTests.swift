import LinearAlgebra
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

@Suite struct LatentNoiseTests {
  @Test func theFirstTwoStreamsAreThoseOfTheFixtures() throws {
    let expected = try Fixtures.golden("noise")
    try #require(expected.count == 2048)
    let noise = LatentNoise(seed: DiffusionSettings.defaultSeed, elements: 1024)
    #expect(try noise.values(sample: 0, count: 1024) == Array(expected[..<1024]))
    #expect(try noise.values(sample: 1, count: 1024) == Array(expected[1024...]))
  }

  @Test func anOddNumberOfElementsLeavesOneCounterOut() throws {
    let noise = LatentNoise(seed: 7, elements: 3)
    var all = [Float](repeating: 0, count: 8)
    all.withUnsafeMutableBufferPointer { CounterRandom(seed: 7).fillNormal($0, from: 0) }
    #expect(try noise.values(sample: 0, count: 3) == Array(all[0..<3]))
    #expect(try noise.values(sample: 1, count: 3) == Array(all[4..<7]))
  }

  @Test func drawsFromThePosteriorHaveTheirOwnNumbers() throws {
    let noise = try LatentNoise(seed: 7, elements: 16).values(sample: 3, count: 16)
    let draws = try LatentNoise.posterior(seed: 7, elements: 16).values(sample: 3, count: 16)
    #expect(Set(noise).isDisjoint(with: draws))
  }

  @Test func noiseFromAFileIsTakenAsItIs() throws {
    try withTemporaryFolder { folder in
      let values = (0..<24).map(Float.init)
      try writeArray(values, shape: [3, 2, 2, 2], to: "\(folder)/noise.npy")
      let shape = InputShape(channels: 2, height: 2, width: 2)
      let noise = try LatentNoise(file: "\(folder)/noise.npy", count: 3, shape: shape)
      #expect(try noise.values(sample: 2, count: 8) == Array(values[16...]))
      let error = try #require(throws: ExtractionError.self) {
        try LatentNoise(file: "\(folder)/noise.npy", count: 4, shape: shape)
      }
      #expect(
        error.message
          == "the noise tensor is [3, 2, 2, 2], expected [4, 2, 2, 2]: one for every latent of the full list")
      try writeArray(values, shape: [24], to: "\(folder)/flat.npy")
      #expect(throws: ExtractionError.self) {
        try LatentNoise(file: "\(folder)/flat.npy", count: 4, shape: shape)
      }
      #expect(throws: TensorFileError.self) {
        try LatentNoise(file: "\(folder)/none.npy", count: 4, shape: shape)
      }
    }
  }
}
