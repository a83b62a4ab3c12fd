import Curves
import Foundation
import Reports
@testable import Studies
import TensorFiles
import TestSupport
import Testing

/// Studies of saved features: what is done, what is found done, and what is done again.
@Suite struct StudyRunnerTests {
  /// Features of 40 samples: two layers of a model, and a reference.
  private func writeFeatures(to folder: TemporaryFolder) throws {
    var random = SplitMix64(state: 3)
    func matrix(_ columns: Int) -> [Float] {
      (0..<40 * columns).map { _ in Float.random(in: -1...1, using: &random) }
    }
    let model = try SafetensorsWriter(
      folder.file("model.safetensors"),
      ["layer01", "layer02"].map { TensorDeclaration(name: $0, shape: [40, 6]) })
    for _ in 0..<2 { try model.append(matrix(6)) }
    try model.finish()
    let reference = try NumPyWriter(folder.file("reference.npy"), shape: [40, 5])
    try reference.append(matrix(5))
    try reference.finish()
  }

  private func study(
    _ folder: TemporaryFolder, metrics: String = "[cknna, effective-rank]", k: Int = 5,
    figure: String = "cknna"
  )
    throws -> Study
  {
    try Study(
      """
      name: test
      models: [{name: m, features: model.safetensors}]
      references: [{name: r, features: reference.npy}]
      metrics: \(metrics)
      settings: {k: \(k)}
      statistics: {permutations: 39}
      figures: [{metric: \(figure), file: f}]
      """, file: "study.yaml", folder: folder.path)
  }

  @Test func aSecondRunDoesNothingAndAChangeOnlyWhatDependsOnIt() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let results = folder.file("results")
    func run(_ study: Study) throws -> (StudyRunner, StudyRunner.Result) {
      let runner = try StudyRunner(study, output: results)
      return (runner, try runner.run())
    }
    let (first, result) = try run(study(folder))
    #expect(first.plan.remaining.count == 2)
    #expect(try result.table.rows.count == 4)
    #expect(try result.table.filter(metric: "cknna").rows.allSatisfy { $0.nullThreshold != nil })
    #expect(result.figures.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    let table = try Data(contentsOf: URL(filePath: "\(results)/table.csv"))
    #expect(try MeasurementTable(contentsOfCSV: "\(results)/best.csv") == result.table.best())

    let (second, again) = try run(study(folder))
    #expect(second.plan.remaining.isEmpty)
    #expect(try again.table == result.table)
    #expect(try Data(contentsOf: URL(filePath: "\(results)/table.csv")) == table)

    // Another metric: what is there stays, and the figure of the metrics before is drawn anew from more.
    let (_, more) = try run(study(folder, metrics: "[cknna, effective-rank, mutual-knn]"))
    #expect(try more.table.rows.count == 6)
    #expect(try more.table.filter(metric: "cknna") == result.table.filter(metric: "cknna"))

    // k is nothing to the effective rank.
    let (other, _) = try run(study(folder, k: 6))
    #expect(other.plan.remaining.contains { $0.kind == .measure && !$0.title.contains("effective-rank") })

    // The same features written anew: only the figure, drawn last with another k, is not there.
    try writeFeatures(to: folder)
    #expect(try StudyRunner(study(folder), output: results).plan.remaining.map(\.kind) == [.draw])
    try FileManager.default.removeItem(atPath: folder.file("reference.npy"))
    #expect(throws: (any Error).self) { try StudyRunner(study(folder), output: results) }
  }

  @Test func anInterruptedRunGoesOn() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let results = folder.file("results")
    let whole = try StudyRunner(study(folder), output: folder.file("whole")).run()
    _ = try StudyRunner(study(folder), output: results).run()
    let pieces = try FileManager.default.contentsOfDirectory(atPath: "\(results)/measurements").sorted()
    try FileManager.default.removeItem(atPath: "\(results)/measurements/\(pieces[0])")
    let runner = try StudyRunner(study(folder), output: results)
    #expect(runner.plan.remaining.count(where: { $0.kind == .measure }) == 1)
    #expect(try runner.run().table == whole.table)
  }

  /// How linear CKA is summed is the study's, not that of what is left of it.
  @Test func whatIsMeasuredLaterHasTheSameBits() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let results = folder.file("results")
    let whole = try study(folder, metrics: "[cknna, cka, cka-unbiased]")
    let first = try StudyRunner(whole, output: results)
    let table = try first.run().table
    #expect(
      first.plan.work.contains {
        if case .measure(let measurement)? = $0 { measurement.keepsGramMatrices } else { false }
      })
    for piece in first.plan.pieces where piece.metric.hasPrefix("cka") {
      try FileManager.default.removeItem(atPath: piece.path)
    }
    #expect(try StudyRunner(whole, output: results).run().table == table)

    // Alone it is a product of the rows: another measurement, and the same number but for rounding.
    let alone = try StudyRunner(study(folder, metrics: "[cka]", figure: "cka"), output: results)
    #expect(alone.plan.remaining.contains { $0.kind == .measure })
    for (row, other) in zip(try alone.run().table.rows, table.filter(metric: "cka").rows) {
      #expect(abs(row.value - other.value) < 1e-7)
    }
  }

  /// What the files alone tell, before anything is computed.
  @Test(arguments: [
    (
      "models: [{name: m, features: model.safetensors}, {name: m, features: model.safetensors}]",
      "it is called m"
    ),
    (
      "models: [{name: m, features: model.safetensors}]\nstatistics: {sample-sizes: [20, 41]}",
      "there are 40 samples, and values on 41"
    ),
  ])
  func plansRefuseWhatCanOnlyFail(lines: String, message: String) throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let study = try Study(
      "\(lines)\nreferences: [{name: r, features: reference.npy}]\nsettings: {k: 5}", file: "s.yaml",
      folder: folder.path)
    let error = try #require(throws: StudyError.self) {
      try StudyRunner(study, output: folder.file("results"))
    }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test func modelsOfOneNameArePartsOfOneWhereTheirLayersDiffer() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let study = try Study(
      """
      models:
        - {name: m, features: model.safetensors, layers: 1}
        - {name: m, features: model.safetensors, layers: 2}
        - {name: m, features: model.safetensors, step: 500}
      references: [{name: r, features: reference.npy}]
      settings: {k: 5}
      """, file: "s.yaml", folder: folder.path)
    #expect(try StudyRunner(study, output: folder.file("results")).run().table.rows.count == 4)
  }

  /// Which kind of network a checkpoint is, planning finds out.
  @Test(arguments: [
    ("encoders/dinov2_tiny.pth, weights: ema", "weights is no option of a vision encoder"),
    ("encoders/dinov2_tiny.pth, timesteps: [0.5]", "timesteps are for diffusion transformers"),
    ("sit/repa-last.pt, protocol: native", "protocol is no option of a diffusion transformer"),
  ])
  func optionsOfTheOtherKindOfNetworkAreRefused(options: String, message: String) throws {
    let folder = try TemporaryFolder()
    let mnist = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../fixtures/mnist"
    ).standardized.path
    let study = try Study(
      """
      data: {images: \(mnist)/split.csv, split: val, limit: 4, vae: \(mnist)/vae, resolution: 32}
      models: [{name: m, checkpoint: \(mnist)/\(options)}]
      metrics: [effective-rank]
      """, file: "s.yaml", folder: "")
    let error = try #require(throws: StudyError.self) {
      try StudyRunner(study, output: folder.file("results"))
    }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test func patchStructureWithMasks() throws {
    let folder = try TemporaryFolder()
    let goldens = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../fixtures/goldens/metrics/spatial.safetensors"
    ).standardized.path
    let study = try Study(
      """
      models: [{name: m, features: "\(goldens)#features"}]
      metrics: [lds, srss]
      settings: {masks: "\(goldens)#masks", grid: 8x8}
      """, file: "study.yaml", folder: folder.path)
    let result = try StudyRunner(study, output: folder.file("results")).run()
    #expect(try result.table.rows.map(\.metric) == ["lds", "srss"])
    #expect(
      try StudyRunner(Study(study.yaml, file: "s", folder: ""), output: folder.file("results")).plan.remaining
        .isEmpty)
  }

  @Test func theResolvedFileGivesTheSameStudy() throws {
    let folder = try TemporaryFolder()
    let study = try study(folder)
    let again = try Study(study.yaml, file: "study.yaml", folder: "/elsewhere")
    #expect(again.yaml == study.yaml)
  }

  @Test(arguments: Preset.all.map(\.name))
  func presetsAreStudies(name: String) throws {
    let preset = try #require(Preset.named(name))
    let study = try Study(preset.text, file: name, folder: "")
    #expect(!study.figures.isEmpty)
    #expect(try Study(study.yaml, file: name, folder: "").yaml == study.yaml)
  }

  @Test func aReportTellsAFinishedStudy() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    #expect(throws: StudyError.self) { try Report(ofStudyAt: folder.path) }
    _ = try StudyRunner(study(folder), output: folder.file("results")).run()
    let page = try Report(ofStudyAt: folder.file("results")).html()
    for text in ["<h1>test</h1>", "<svg ", "39 permutations", "k: 5"] {
      #expect(page.contains(text), "\(text)")
    }
  }

  /// A measurement that somebody removes is made anew, and so is what is made of it.
  @Test func aPieceThatIsRemovedIsMeasuredAndDrawnAgain() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let results = folder.file("results")
    let first = try StudyRunner(study(folder), output: results)
    _ = try first.run()
    let piece = try #require(first.plan.pieces.first { $0.metric == "cknna" })
    try FileManager.default.removeItem(atPath: piece.path)
    let again = try StudyRunner(study(folder), output: results)
    #expect(again.plan.remaining.map(\.kind) == [.measure, .draw])
    _ = try again.run()

    // The folder's name is no part of any key.
    let moved = folder.file("moved")
    try FileManager.default.moveItem(atPath: results, toPath: moved)
    #expect(try StudyRunner(study(folder), output: moved).plan.remaining.isEmpty)

    // A list of best layers that is none any more is made anew.
    try Data().write(to: URL(filePath: "\(moved)/best.csv"))
    let mended = try StudyRunner(study(folder), output: moved).run()
    #expect(try mended.best == mended.table.best())
  }

  @Test func theNamedTensorAndSampleSizesAreInTheKeys() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    func remaining(_ statistics: String) throws -> Int {
      let study = try Study(
        """
        models: [{name: m, features: model.safetensors}]
        metrics: [effective-rank]
        statistics: \(statistics)
        """, file: "study.yaml", folder: folder.path)
      let runner = try StudyRunner(study, output: folder.file("results"))
      let count = runner.plan.remaining.count
      _ = try runner.run()
      return count
    }
    #expect(try remaining("{sample-sizes: [20]}") == 1)
    #expect(try remaining("{sample-sizes: [20]}") == 0)
    #expect(try remaining("{sample-sizes: [20, 30]}") == 1)
    #expect(try remaining("{sample-sizes: [20, 30], seed: 4}") == 1)
  }

  /// Results below what is read would change it with every file.
  @Test func resultsInAFolderThatIsReadAreRefused() throws {
    let folder = try TemporaryFolder()
    try writeFeatures(to: folder)
    let study = try Study(
      """
      models: [{name: m, features: "\(folder.path)"}]
      metrics: [effective-rank]
      """, file: "study.yaml", folder: "")
    #expect(throws: StudyError.self) { try StudyRunner(study, output: folder.file("results")) }
  }
}
