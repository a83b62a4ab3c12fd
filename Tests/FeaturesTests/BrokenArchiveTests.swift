import Files
import TensorFiles
import TestSupport
import Testing

@testable import Features

/// An archive with one thing wrong, and what the error must say.
struct BrokenArchive: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let expected: String
  let damage: @Sendable (String) throws -> Void

  init(_ name: String, expecting expected: String, _ damage: @escaping @Sendable (String) throws -> Void) {
    testDescription = name
    self.expected = expected
    self.damage = damage
  }

  /// With a piece of archive.json replaced.
  init(_ old: String, _ new: String, expecting expected: String) {
    self.init("\(old) -> \(new)", expecting: expected) { folder in
      let path = "\(folder)/archive.json"
      let before = try text(of: path)
      try #require(before.contains(old))
      try write(before.replacing(old, with: new), to: path)
    }
  }

  /// With a shard that follows another description.
  static func shard(
    _ name: String, _ change: @escaping @Sendable (inout ArchiveDescription) -> Void, metadata: Bool = false,
    expecting expected: String
  ) -> BrokenArchive {
    BrokenArchive(name, expecting: expected) { folder in
      var description = SmallArchive.description
      change(&description)
      try SmallArchive.write(shard: 1, of: description, to: folder, metadata: metadata)
    }
  }
}

@Suite struct BrokenArchiveTests {
  static let redo = ". Delete the file, and the command that made the archive computes it again"

  static let descriptions: [BrokenArchive] = [
    BrokenArchive(
      "\"samples\": 5", "\"samples\": 0", expecting: "samples: found 0, expected a positive whole number"),
    BrokenArchive(
      "\"samples\": 5", "\"samples\": 9e9", expecting: "samples: found 9e9, expected a positive whole number"),
    BrokenArchive(
      "\"samples\": 5", "\"samples\": 9223372036854775807",
      expecting: "samples: found 9223372036854775807, expected a positive whole number"),
    BrokenArchive(
      "\"shard_size\": 2,", "", expecting: "shard_size: found nothing, expected a positive whole number"),
    BrokenArchive(
      "\"format_version\": 1", "\"format_version\": 2",
      expecting: "format_version: found 2, expected 1, the one this version of repscope reads"),
    BrokenArchive(
      "repscope feature archive", "something",
      expecting: "format: found \"something\", expected \"repscope feature archive\""),
    BrokenArchive(
      "\"float32\"", "\"int8\"",
      expecting:
        "element_type: found \"int8\", expected \"float32\", \"float16\", \"bfloat16\" or \"float64\""),
    BrokenArchive(
      "\"shape\": [3]", "\"shape\": [-3]",
      expecting: "keys[0].shape: found [-3], expected positive whole numbers"),
    BrokenArchive(
      "\"shape\": [2, 2]", "\"shape\": [4611686018427387904, 4]",
      expecting: "keys[1].shape: found [4611686018427387904, 4], expected positive whole numbers"),
    BrokenArchive(
      "\"shape\": [2, 2]", "\"shape\": []",
      expecting: "keys[1].shape: found [], expected [D], [T, D] or [C, H, W]"),
    BrokenArchive(
      "t0.500/layer01", "t0.100/layer01", expecting: "the key t0.100/layer01 is listed twice"),
    BrokenArchive(
      "t0.500/layer01", "t0.5/layer1",
      expecting: "keys[2].name: found \"t0.5/layer1\", expected the name t0.500/layer01"),
    BrokenArchive(
      "\"t\": 0.1", "\"t\": 1.5", expecting: "timesteps[0].t: found 1.5, expected a number from 0 to 1"),
    BrokenArchive(
      "\"alpha\": 0.9", "\"alpha\": 1e999", expecting: "timesteps[0].alpha: found 1e999, expected a number"),
    BrokenArchive(
      "\"pooling\": \"mean\"", "\"pooling\": [1]",
      expecting: "settings.pooling: found [1], expected a single value"),
    BrokenArchive(
      "\"model\": \"tiny\"", "\"model\": \"tiny\", \"model\": \"x\"",
      expecting: "the name \"model\" a second time"),
  ]

  static let parts: [BrokenArchive] = [
    BrokenArchive("empty description", expecting: "archive.json: an empty file; expected JSON") {
      try write("", to: "\($0)/archive.json")
    },
    BrokenArchive(
      "an array as description", expecting: "archive.json: [1] is found where an object is expected"
    ) {
      try write("[1]", to: "\($0)/archive.json")
    },
    BrokenArchive("no samples.csv", expecting: "cannot read") { try remove("\($0)/samples.csv") },
    BrokenArchive("a sample too few", expecting: "samples.csv: it lists 4 samples, but archive.json says 5") {
      folder in
      let path = "\(folder)/samples.csv"
      try write(try text(of: path).replacing("4,0/4.png,0\n", with: ""), to: path)
    },
    BrokenArchive("samples out of order", expecting: "samples.csv:3:1: index: found 2, expected 1") {
      folder in
      let path = "\(folder)/samples.csv"
      try write(try text(of: path).replacing("1,0/1.png,1\n", with: "2,0/2.png,1\n"), to: path)
    },
    BrokenArchive("a label in words", expecting: "label: found cat, expected a whole number or nothing") {
      folder in
      let path = "\(folder)/samples.csv"
      try write(try text(of: path).replacing("0/1.png,1", with: "0/1.png,cat"), to: path)
    },
    BrokenArchive(
      "a shard too many",
      expecting: "shard-00003.safetensors is there, but by archive.json there are 3 shards"
    ) {
      try SmallArchive.write(shard: 0, of: SmallArchive.description, to: $0, as: "shard-00003.safetensors")
    },
    BrokenArchive(
      "a shard under another's name",
      expecting: "shard-00001.safetensors: it is shard 0 by its own account\(redo)"
    ) {
      try remove("\($0)/shard-00001.safetensors")
      try SmallArchive.write(shard: 0, of: SmallArchive.description, to: $0, as: "shard-00001.safetensors")
    },
    BrokenArchive("a truncated shard", expecting: redo) { folder in
      let path = "\(folder)/shard-00001.safetensors"
      try truncate(path, by: 1)
    },
    BrokenArchive(
      "an empty shard", expecting: "shard-00001.safetensors: an empty file; expected tensors\(redo)"
    ) {
      try write("", to: "\($0)/shard-00001.safetensors")
    },
    .shard(
      "a shard of other settings", { $0.settings["noise.seed"] = 8 }, metadata: true,
      expecting: "shard-00001.safetensors: it was written with other settings than archive.json tells\(redo)"),
    .shard(
      "a shard without a key", { $0.representations.removeLast() },
      expecting: "it has no tensor t0.500/layer01\(redo)"),
    .shard(
      "a shard with a key too many",
      { $0.representations.append(ArchiveDescription.Representation(FeatureKey(layer: 9), shape: [1])) },
      expecting: "it has tensors that archive.json does not list: layer09\(redo)"),
    .shard(
      "a shard of other dimensions", { $0.representations[0].shape = [4] },
      expecting: "t0.100/layer01 is float32 [2, 4], but by archive.json it is float32 [2, 3]\(redo)"),
    .shard(
      "a shard of too few rows", { $0.samples = 3 },
      expecting: "t0.100/layer01 is float32 [1, 3], but by archive.json it is float32 [2, 3]\(redo)"),
    .shard(
      "a shard of halves", { $0.elementType = .float16 },
      expecting: "t0.100/layer01 is float16 [2, 3], but by archive.json it is float32 [2, 3]\(redo)"),
  ]

  @Test(arguments: descriptions + parts)
  func anArchiveThatContradictsItselfIsAnErrorThatSaysHow(broken: BrokenArchive) throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      try broken.damage(folder)
      let error = try #require(throws: (any Error).self) { try FeatureArchive(folder) }
      #expect(error is FeatureError || error is TensorFileError || error is TableError || error is FileError)
      #expect("\(error)".hasPrefix(folder) || "\(error)".hasPrefix("cannot read \(folder)"))
      #expect("\(error)".contains(broken.expected))
    }
  }

  @Test(
    arguments: [
      (
        [],
        "3 of 3 shards are missing: shard-00000.safetensors, shard-00001.safetensors, shard-00002.safetensors. The command"
      ),
      (
        [0, 2],
        "1 of 3 shards is missing: shard-00001.safetensors. Run the command that made the others with --shard 1/2"
      ),
      ([1], "Run the command that made the others with --shard 0/2"),
      ([0], "Run the command that made the others with --shard 1/3 and --shard 2/3"),
    ] as [([Int], String)])
  func anIncompleteArchiveSaysWhatIsMissingAndHowToGetIt(present: [Int], expected: String) throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder, shards: present)
      let error = try #require(throws: FeatureError.self) { try FeatureSources.open(folder) }
      #expect(error.code == .incomplete)
      #expect(error.message.contains(expected), "\(error.message)")
    }
  }

  @Test func aHugeNumberOfMissingShardsIsNoHugeAmountOfWork() {
    let message = ArchiveFolder.lack(of: 1 << 46, present: [0])
    #expect(
      message.hasPrefix("70368744177663 of 70368744177664 shards are missing: shard-00001.safetensors, "))
    #expect(message.contains(", and 70368744177655 more. The command that made the others computes them"))
  }
}
