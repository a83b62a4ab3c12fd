import TestSupport
import Testing

@testable import TensorFiles

/// Thousands of files broken at random: each is read or is an error, and nothing else happens.
@Suite struct MutationTests {
  struct Format: Sendable, CustomTestStringConvertible {
    let name: String
    let seeds: [String]
    var testDescription: String { name }
  }

  static let formats = [
    Format(name: "safetensors", seeds: ["goldens/containers/expected.safetensors"]),
    Format(name: "shards index", seeds: ["goldens/models/clip_hf/model.safetensors.index.json"]),
    Format(
      name: "npy",
      seeds: ["v1.npy", "v2.npy", "fortran.npy", "big_endian.npy"].map { "containers/" + $0 }),
    Format(name: "npz", seeds: ["containers/deflated.npz", "containers/zip64.npz"]),
    Format(name: "torch zip", seeds: ["goldens/containers/mixed_zip.pt", "containers/repacked.pt"]),
    Format(
      name: "torch legacy", seeds: ["goldens/containers/mixed_legacy.pt", "containers/numpy_protocol4.pt"]),
  ]

  @Test(arguments: formats) func brokenFilesAreReadOrAreErrors(format: Format) throws {
    var random = SplitMix64(state: 2410_06940)
    let seeds = try format.seeds.map(Fixture.bytes)
    var errors = 0
    for _ in 0..<5000 {
      let seed = seeds[Int.random(in: seeds.indices, using: &random)]
      let bytes = Mutation.mutated(seed, using: &random)
      do {
        try readEverything(bytes, name: format.name)
      } catch is TensorFileError {
        errors += 1
      }
    }
    // A mutation that nothing notices is rare: most bytes are headers here.
    #expect(errors > 500)
  }

  @Test(arguments: formats) func aFileCutOffAnywhereIsAnError(format: Format) throws {
    for seed in format.seeds {
      let bytes = try Fixture.bytes(seed)
      for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
        #expect(throws: TensorFileError.self, "\(seed) of \(count) bytes") {
          try readEverything(Array(bytes[..<count]), name: seed)
        }
      }
    }
  }
}
