import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import Studies

/// What becomes of a results folder: other things in it, two runs at once, files that change, runs that were killed.
@Suite struct StudyFolderTests {
  private static func write(_ rows: Int, _ columns: Int, seed: UInt64, to path: String, names: [String])
    throws
  {
    var random = SplitMix64(state: seed)
    let writer = try SafetensorsWriter(
      path, names.map { TensorDeclaration(name: $0, shape: [rows, columns]) })
    for _ in names {
      try writer.append((0..<rows * columns).map { _ in Float.random(in: -1...1, using: &random) })
    }
    try writer.finish()
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Self.write(40, 6, seed: 3, to: folder.file("model.safetensors"), names: ["layer01", "layer02"])
    try Self.write(
      40, 5, seed: 4, to: folder.file("reference.safetensors"),
      names: ["t0.100/layer01", "t0.500/layer01", "t0.500/layer02"])
    return folder
  }

  private func study(_ folder: TemporaryFolder, _ changes: String = "", reference: String = "") throws
    -> Study
  {
    try Study(
      """
      models: [{name: m, features: model.safetensors}]
      references: [{name: r, features: reference.safetensors\(reference)}]
      \(changes)
      """, file: "study.yaml", folder: folder.path)
  }

  @Test func layersAndTimeStepsOfAReferenceAreObeyed() throws {
    let folder = try folder()
    let results = folder.file("results")
    func keys(_ reference: String) throws -> Set<String> {
      let runner = try StudyRunner(study(folder, reference: reference), output: results)
      #expect(!runner.plan.remaining.isEmpty, "\(reference) must have a key of its own")
      return Set(
        try runner.run().table.rows.map {
          "\($0.referenceLayer?.description ?? "") \($0.referenceTimestep.map { "\($0)" } ?? "")"
        })
    }
    #expect(try keys("") == ["1 0.1", "1 0.5", "2 0.5"])
    #expect(try keys(", layers: 1") == ["1 0.1", "1 0.5"])
    #expect(try keys(", layers: 1, timesteps: [0.5]") == ["1 0.5"])
    #expect(try keys(", timesteps: [0.5]") == ["1 0.5", "2 0.5"])
    // The study's layers are the models'.
    let rows = try StudyRunner(study(folder, "layers: 2"), output: results).run().table.rows
    #expect(Set(rows.map(\.layer)) == [2])
    #expect(Set(rows.map(\.referenceLayer)) == [1, 2])
    let error = #expect(throws: (any Error).self) {
      try StudyRunner(study(folder, reference: ", layers: 3"), output: results)
    }
    #expect("\(error!)".contains("there is no layer 3"))
  }

  @Test func theTableIsOfTheStudyThatRanLast() throws {
    let folder = try folder()
    let results = folder.file("results")
    func table(_ changes: String) throws -> Data {
      _ = try StudyRunner(study(folder, changes), output: results).run()
      return try Data(contentsOf: URL(filePath: "\(results)/table.csv"))
    }
    let five = try table("settings: {k: 5}")
    let six = try table("settings: {k: 6}")
    #expect(five != six)
    // Everything is there; the table is not.
    #expect(try table("settings: {k: 5}") == five)
    #expect(try String(contentsOfFile: "\(results)/study.yaml", encoding: .utf8).contains("k: 5"))
    // As a run leaves it that was killed before its end.
    try six.write(to: URL(filePath: "\(results)/table.csv"))
    #expect(try table("settings: {k: 5}") == five)
    try FileManager.default.removeItem(atPath: "\(results)/table.jsonl")
    #expect(try table("settings: {k: 5}") == five)
    #expect(FileManager.default.fileExists(atPath: "\(results)/table.jsonl"))
  }

  @Test func whatKilledRunsLeaveIsRemoved() throws {
    let folder = try folder()
    let results = folder.file("results")
    _ = try StudyRunner(study(folder), output: results).run()
    let left = "\(results)/measurements/.0123.csv.4711-1.tmp"
    try Data("half".utf8).write(to: URL(filePath: left))
    _ = try StudyRunner(study(folder), output: results).run()
    #expect(!FileManager.default.fileExists(atPath: left))
  }

  @Test func aSecondRunInTheSameFolderIsRefused() throws {
    let folder = try folder()
    let results = folder.file("results")
    let study = try study(folder)
    let inner = try StudyRunner(study, output: results)
    // Refused while the outer run is at work, which the progress report stands in the midst of.
    nonisolated(unsafe) var refused: (any Error)?
    _ = try StudyRunner(study, output: results).run { _ in
      guard refused == nil else { return }
      do { try inner.run() } catch { refused = error }
    }
    #expect((refused as? StudyError)?.code == .folder)
    #expect("\(refused!)".contains("another run is at work"))
    #expect(throws: Never.self) { try inner.run() }
  }

  @Test func aFileThatChangesAfterPlanningIsFound() throws {
    let folder = try folder()
    let results = folder.file("results")
    let runner = try StudyRunner(study(folder), output: results)
    try Self.write(40, 5, seed: 5, to: folder.file("reference.safetensors"), names: ["layer01"])
    let error = #expect(throws: StudyError.self) { try runner.run() }
    #expect(error?.code == .changed)
    #expect(error?.path == folder.file("reference.safetensors"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(results)/measurements").isEmpty)
    // While it is measured: what was read is not what the key says.
    let second = try StudyRunner(study(folder), output: results)
    let reference = folder.file("reference.safetensors")
    #expect(throws: StudyError.self) {
      try second.run { progress in
        guard progress.total > 0, progress.done == 1 else { return }
        try? Self.write(40, 5, seed: 6, to: reference, names: ["layer01"])
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(results)/measurements").isEmpty)
    #expect(throws: Never.self) { try StudyRunner(study(folder), output: results).run() }
  }

  @Test func aFolderOfOtherThingsIsLeftAlone() throws {
    let folder = try folder()
    // The experiment's own folder.
    let error = #expect(throws: StudyError.self) { try StudyRunner(study(folder), output: folder.path) }
    #expect(error?.code == .folder)
    #expect(error?.message.contains("model.safetensors and 1 more") == true)
    let file = #expect(throws: StudyError.self) {
      try StudyRunner(study(folder), output: folder.file("model.safetensors"))
    }
    #expect(file?.message.contains("it is a file") == true)
    // An empty one will do.
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    #expect(throws: Never.self) { try StudyRunner(study(folder), output: folder.file("empty")).run() }
    // Nothing can be made here, even by root.
    #expect(throws: (any Error).self) { try StudyRunner(study(folder), output: "/proc/nothing/here").run() }
  }

  @Test func figuresDependOnWhatTheyDraw() throws {
    let folder = try folder()
    let results = folder.file("results")
    func drawn(_ metrics: String) throws -> Int {
      let runner = try StudyRunner(
        study(folder, "metrics: \(metrics)\nfigures: [{metric: cknna, file: f}]"), output: results)
      try runner.run()
      return runner.plan.remaining.count { $0.kind == .draw }
    }
    #expect(try drawn("[cknna]") == 1)
    #expect(try drawn("[cknna, mutual-knn]") == 0)
    try FileManager.default.removeItem(atPath: "\(results)/figures/f.svg")
    #expect(try drawn("[cknna]") == 1)
  }

  /// A folder under two names counts under both, and links in a circle end.
  @Test func linksToFoldersAreLookedInto() throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    try files.createDirectory(atPath: folder.file("pics/a"), withIntermediateDirectories: true)
    try Data([1]).write(to: URL(filePath: folder.file("pics/a/x.png")))
    try files.createSymbolicLink(atPath: folder.file("pics/loop"), withDestinationPath: folder.file("pics"))
    let before = try Fingerprint.of(path: folder.file("pics"))
    #expect(try FolderListing.files(in: folder.file("pics")).map(\.name) == ["a/x.png"])
    try files.createSymbolicLink(atPath: folder.file("pics/b"), withDestinationPath: folder.file("pics/a"))
    #expect(try Fingerprint.of(path: folder.file("pics")) != before)
  }

  /// What one figure lacks keeps the others from nothing.
  @Test func aFigureThatCannotBeDrawnIsTheOnlyOneMissing() throws {
    let folder = try folder()
    let study = try study(
      folder,
      "settings: {k: 3}\nfigures: [{kind: heatmap, metric: cknna, file: a, panels: step}, {metric: cknna, file: b}]"
    )
    let runner = try StudyRunner(study, output: folder.file("results"))
    #expect(throws: (any Error).self) { try runner.run() }
    for name in ["figures/b.png", "study.yaml", "figures/commands.sh", "table.csv"] {
      #expect(FileManager.default.fileExists(atPath: folder.file("results/\(name)")), "\(name)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("results/figures/a.png")))
  }
}
