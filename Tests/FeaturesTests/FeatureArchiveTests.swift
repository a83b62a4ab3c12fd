import Features
import LinearAlgebra
import TestSupport
import Testing

@Suite struct FeatureArchiveTests {
  @Test func representationsOfSeveralShardsComeTogetherInOrder() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      let archive = try FeatureArchive(folder)
      #expect(archive.name == "tiny")
      #expect(archive.step == 400_000)
      #expect(archive.sampleCount == 5)
      #expect(archive.keys == SmallArchive.description.representations.map(\.key))
      #expect(archive.samples?.names == (0..<5).map { "0/\($0).png" })
      #expect(archive.labels == [0, 1, 0, 1, 0])
      #expect(archive.description == SmallArchive.description)
      for (place, key) in archive.keys.enumerated() {
        let features = try archive.features(key)
        #expect(features.rows == 5)
        for row in 0..<5 {
          for column in 0..<features.columns {
            #expect(features[row, column] == SmallArchive.value(key: place, sample: row, element: column))
          }
        }
      }
      #expect(try archive.shape(of: archive.keys[1]) == [2, 2])
      #expect(try archive.keys.map { try archive.tokenCount($0) } == [nil, 2, nil])
    }
  }

  @Test func oneShardIsViewedAndNotCopied() throws {
    try withTemporaryFolder { folder in
      var description = SmallArchive.description
      description.shardSize = 5
      try SmallArchive.write(description, to: folder)
      let archive = try FeatureArchive(folder)
      let address = { (matrix: Matrix) in matrix.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      }
      let first = try archive.features(archive.keys[2])
      let second = try archive.features(archive.keys[2])
      #expect(address(first) == address(second))
      #expect(first[4, 2] == SmallArchive.value(key: 2, sample: 4, element: 2))
    }
  }

  @Test func halvesAreWidened() throws {
    try withTemporaryFolder { folder in
      var description = SmallArchive.description
      description.elementType = .float16
      try SmallArchive.write(description, to: folder)
      let archive = try FeatureArchive(folder)
      #expect(try archive.features(archive.keys[2])[4, 2] == 242)
    }
  }

  @Test(arguments: ["t0.100/layer10", "t0.1/layer10", "t0.1/layer_10"])
  func aNamePicksOneRepresentation(name: String) throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      let archive = try FeatureArchive("\(folder)#\(name)")
      #expect(archive.keys == [FeatureKey(layer: 10, timestep: 0.1)])
      #expect(
        try archive.features(archive.keys[0])[4, 3] == SmallArchive.value(key: 1, sample: 4, element: 3))
    }
  }

  @Test func aNameThatIsNotThereIsAnErrorThatListsWhatIs() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      let error = try #require(throws: FeatureError.self) { try FeatureArchive("\(folder)#layer77") }
      #expect(error.code == .notFound)
      #expect(
        error.message == "there is no layer77; there are t0.100/layer01, t0.100/layer10, t0.500/layer01")
      let key = FeatureKey(layer: 9, timestep: 0.1)
      #expect(throws: FeatureError.self) { try FeatureArchive(folder).features(key) }
    }
  }

  /// A time step that is given to those without one may be that of another.
  @Test func aTimeStepThatMakesTwoKeysOneIsAnError() throws {
    try withTemporaryFolder { folder in
      var description = SmallArchive.description
      description.representations = [
        ArchiveDescription.Representation(FeatureKey(layer: 1), shape: [3]),
        ArchiveDescription.Representation(FeatureKey(layer: 1, timestep: 0.5), shape: [3]),
      ]
      try SmallArchive.write(description, to: folder)
      let options = ImportedFeatures.Options(timestep: 0.5)
      let error = try #require(throws: FeatureError.self) { try FeatureArchive(folder, options: options) }
      #expect(error.code == .ambiguous)
      #expect(
        error.message.hasPrefix(
          "layer 1 at t = 0.5 is there twice by the time step given: as layer01 and as t0.500/layer01"))
      #expect(try FeatureArchive(folder, options: .init(timestep: 0.25)).keys.count == 2)
      #expect(try FeatureArchive("\(folder)#layer01", options: options).keys.count == 1)
    }
  }

  @Test func samplesWithoutNamesOrLabelsHaveNone() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(samples: ArchiveSamples(names: nil, labels: [0, nil, 1, 1, 1]), to: folder)
      let archive = try FeatureArchive(folder, options: ImportedFeatures.Options(name: "mine", step: 5))
      #expect(archive.samples == nil)
      #expect(archive.labels == nil)
      #expect(archive.name == "mine")
      #expect(archive.step == 5)
    }
  }

  @Test func aFolderIsAnArchiveByItsDescription() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      #expect(try FeatureSources.open(folder) is FeatureArchive)
      #expect(try FeatureSources.open("\(folder)#t0.1/layer1") is FeatureArchive)
      #expect(try FeatureSources.open("\(folder)/shard-00000.safetensors#t0.100/layer01") is ImportedFeatures)
      try remove("\(folder)/archive.json")
      let error = try #require(throws: FeatureError.self) { try FeatureSources.open(folder) }
      #expect(error.message == "it has shards of a feature archive but no archive.json to say what they are")
      let missing = try #require(throws: FeatureError.self) { try FeatureArchive(folder) }
      #expect(missing.code == .missing)
    }
  }

  @Test func whatOtherProgramsAndRunsPutBesideIsPassedOver() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      for name in ["notes.txt", "shard-00000.safetensors.bak", ".partial-x", "shard-1.safetensors"] {
        try write("x", to: "\(folder)/\(name)")
      }
      #expect(try FeatureArchive(folder).keys.count == 3)
    }
  }

  @Test func anArchiveOfFewerThanNoSamplesIsNotComplete() throws {
    try withTemporaryFolder { folder in
      try write("{\"samples\": -1, \"shard_size\": 1}", to: "\(folder)/archive.json")
      try write("index,path,label\n", to: "\(folder)/samples.csv")
      #expect(!FeatureArchive.isComplete(at: folder))
    }
  }
}
