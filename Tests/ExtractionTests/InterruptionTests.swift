import Features
import Files
import Foundation
import Glibc
import LinearAlgebra
import Synchronization
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

/// What a run that was cut short leaves behind, and how the next one goes on.
@Suite struct InterruptionTests {
  private struct Stop: Error {}

  /// Five shards of two samples.
  private static func extractor() throws -> Extractor {
    try Extractor(FakeModel(), latents: Latents(Fixtures.latentFolder), settings: .small())
  }

  private func expectedContents(in folder: String) throws -> [String: Data] {
    try Self.extractor().run(to: folder)
    return try contents(of: folder)
  }

  @Test(arguments: [1, 2, 3, 6, 9, 10])
  func anErrorInTheMiddleCostsTheShardInFlightOnly(images: Int) throws {
    try withTemporaryFolder { folder in
      let archive = "\(folder)/a"
      #expect(throws: Stop.self) {
        try Self.extractor().run(to: archive, threads: Threads(1)) { if $0.done == images { throw Stop() } }
      }
      // The shard is written after its last image has been reported.
      let whole = (images - 1) / 2
      #expect(try names(in: archive).filter { $0.hasPrefix("shard") }.count == whole)
      #expect(try names(in: archive).filter { $0.hasPrefix(".") }.isEmpty)
      let result = try Self.extractor().run(to: archive)
      #expect(result == Extractor.Result(computed: 5 - whole, found: whole, missing: 0))
      #expect(try contents(of: archive) == expectedContents(in: "\(folder)/b"))
    }
  }

  @Test func aKilledProcessLeavesWholeShardsAndNothingTheNextRunDoesNotRemove() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "repscope-\(UUID().uuidString)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let archive = "\(folder)/a"
    await #expect(processExitsWith: .signal(SIGKILL)) { [archive = archive as String] in
      try InterruptionTests.extractor().run(to: archive, threads: Threads(1)) {
        if $0.done == 6 { kill(getpid(), SIGKILL) }
      }
    }
    let left = try names(in: archive)
    #expect(left.filter { $0.hasPrefix("shard") } == ["shard-00000.safetensors", "shard-00001.safetensors"])
    #expect(left.filter { $0.hasPrefix(".partial-") }.count == 1)
    let error = try #require(throws: FeatureError.self) { try FeatureArchive(archive) }
    #expect(error.code == .incomplete)
    try Self.extractor().run(to: archive)
    #expect(try contents(of: archive) == expectedContents(in: "\(folder)/b"))
  }

  @Test func aHalfWrittenFileOfADeadRunIsRemovedAndThatOfALivingOneIsNot() throws {
    try withTemporaryFolder { folder in
      let living = try PartialFolder(in: folder)
      try write("half", to: "\(living.path)/shard-00000.safetensors")
      let dead: String
      do {
        let partial = try PartialFolder(in: folder)
        dead = partial.path
        try write("half", to: "\(dead)-left/shard-00001.safetensors")
        try write("", to: "\(dead)-left/lock")
      }
      #expect(!FileManager.default.fileExists(atPath: dead))
      let elsewhere = "\(folder)/.partial-otherhost-1-0"
      try write("", to: "\(elsewhere)/lock")
      try Self.extractor().run(to: folder)
      let left = Set(try names(in: folder).filter { $0.hasPrefix(".") })
      #expect(left == [(living.path as NSString).lastPathComponent, ".partial-otherhost-1-0"])
      #expect(FileManager.default.fileExists(atPath: "\(living.path)/shard-00000.safetensors"))
      #expect(try FeatureArchive(folder).sampleCount == 10)
    }
  }

  @Test func aDamagedShardIsAnErrorAndAMissingOneIsComputedAgain() throws {
    try withTemporaryFolder { folder in
      let expected = try expectedContents(in: folder)
      let shard = "\(folder)/shard-00003.safetensors"
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: shard))
      let error = try #require(throws: (any Error).self) { try Self.extractor().run(to: folder) }
      #expect("\(error)".hasPrefix(shard))
      #expect(
        "\(error)".hasSuffix("Delete the file, and the command that made the archive computes it again"))
      try FileManager.default.removeItem(atPath: shard)
      #expect(try Self.extractor().run(to: folder).computed == 1)
      #expect(try contents(of: folder) == expected)
    }
  }

  @Test func aFolderThatCannotBeWrittenToIsAnErrorThatSaysSo() throws {
    try withTemporaryFolder { folder in
      try write("x", to: "\(folder)/file")
      let error = try #require(throws: ExtractionError.self) {
        try Self.extractor().run(to: "\(folder)/file/a")
      }
      #expect(error.code == .cannotWrite)
      #expect(error.path == "\(folder)/file/a")
      #expect(throws: ExtractionError.self) { try Self.extractor().run(to: "\(folder)/file") }
    }
  }

  @Test func aDiskThatTakesNoMoreLeavesNothingHalfWritten() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "repscope-\(UUID().uuidString)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String] in
      // Files may grow to 8 KiB: enough for the description, not for a shard.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 8192, rlim_max: 8192)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      do {
        try InterruptionTests.extractor().run(to: folder, threads: Threads(1))
      } catch let error as FileError where error.operation == .write {
        exit(7)
      }
    }
    #expect(try names(in: folder) == ["archive.json", "samples.csv"])
    try Self.extractor().run(to: folder)
    #expect(try FeatureArchive(folder).sampleCount == 10)
  }

  @Test func runsMayFillOneArchiveAtTheSameTime() throws {
    try withTemporaryFolder { folder in
      let archive = "\(folder)/a"
      // Three parts, and twice the whole: every shard is computed three times.
      let parts = try (0..<3).map { try #require(ExtractionPart($0, of: 3)) } + [.whole, .whole]
      try parallelLoop(parts.count, threads: Threads(parts.count)) { index, _ in
        try Self.extractor().run(to: archive, part: parts[index], threads: Threads(1))
      }
      #expect(try contents(of: archive) == expectedContents(in: "\(folder)/b"))
    }
  }

  @Test func runsOfDifferentSettingsAtTheSameTimeDoNotMix() throws {
    try withTemporaryFolder { folder in
      let refused = Mutex(0)
      try parallelLoop(4, threads: Threads(4)) { index, _ in
        var settings = DiffusionSettings.small()
        settings.noise = .seed(UInt64(index))
        do {
          try Extractor(FakeModel(), latents: Latents(Fixtures.latentFolder), settings: settings).run(
            to: folder)
        } catch let error as ExtractionError where error.code == .settingsDiffer {
          refused.withLock { $0 += 1 }
        }
      }
      #expect(refused.withLock { $0 } == 3)
      #expect(try FeatureArchive(folder).sampleCount == 10)
    }
  }
}
