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

/// Ways to break a file.
enum Mutation {
  static func mutated(_ seed: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let position = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(position...)
      case 3:
        let inserted = (0..<Int.random(in: 1...16, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        bytes.insert(contentsOf: inserted, at: position)
      case 4:
        bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...16, using: &random)))
      default: overwriteLength(&bytes, at: position, using: &random)
      }
    }
    return bytes
  }

  /// Puts a number that is awkward as a length where one may be.
  private static func overwriteLength(
    _ bytes: inout [UInt8], at position: Int, using random: inout SplitMix64
  ) {
    let awkward: [UInt64] = [
      0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
      0x8000_0000_0000_0000, .max, UInt64(bytes.count), UInt64(bytes.count - position),
    ]
    let value = [UInt8](littleEndian: awkward[Int.random(in: awkward.indices, using: &random)])
    let width = min([1, 2, 4, 8][Int.random(in: 0..<4, using: &random)], bytes.count - position)
    bytes.replaceSubrange(position..<position + width, with: value[..<width])
  }
}
