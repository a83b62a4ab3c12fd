import Foundation
import Reports
import Studies
import TensorFiles
import TestSupport
import Testing

/// Reports of studies' folders, also of folders that something is wrong with.
@Suite struct StudyReportTests {
  /// Runs a study of 40 samples: two layers of a model, and a reference.
  private func results(
    _ folder: TemporaryFolder, model: String = "m", statistics: String = "{permutations: 39}"
  )
    throws -> String
  {
    var random = SplitMix64(state: 3)
    func matrix(_ columns: Int) -> [Float] {
      (0..<40 * columns).map { _ in Float.random(in: -1...1, using: &random) }
    }
    let features = try SafetensorsWriter(
      folder.file("model.safetensors"),
      ["layer01", "layer02"].map { TensorDeclaration(name: $0, shape: [40, 6]) })
    for _ in 0..<2 { try features.append(matrix(6)) }
    try features.finish()
    let reference = try NumPyWriter(folder.file("reference.npy"), shape: [40, 5])
    try reference.append(matrix(5))
    try reference.finish()
    let name = model.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let study = try Study(
      """
      name: "\(name)"
      notes: "\(name)"
      models: [{name: "\(name)", features: model.safetensors}]
      references: [{name: r, features: reference.npy}]
      metrics: [cknna, effective-rank]
      settings: {k: 5}
      statistics: \(statistics)
      figures: [{metric: cknna, file: f, title: "\(name)"}, {metric: effective-rank, file: g}]
      """, file: "study.yaml", folder: folder.path)
    let results = folder.file("results")
    _ = try StudyRunner(study, output: results).run()
    return results
  }

  @Test func thePageTellsWhatIsTrueOfTheStudy() throws {
    let folder = try TemporaryFolder()
    let page = try Report(ofStudyAt: results(folder)).html()
    for text in [
      "Values rest on 40 samples.", "in 39 random orders (seed 0)",
      "Features were read as they had been saved",
      "never smaller than 0.0250", "Alignment has no confidence intervals: none were asked for.",
      "Here: k = 5, normalize = l2.", "Effective rank", "repscope run ", "<th scope=\"col\">Of what</th>",
      "<a href=\"figures/f.pdf\">PDF</a>", "<a href=\"run.json\">",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    // Nothing was extracted, probed or drawn at random.
    for text in ["null label", "Probes", "jackknife", "q-values"] {
      #expect(!page.contains(text), "\(text)")
    }
  }

  @Test func whatWasNotAskedForIsSaid() throws {
    let folder = try TemporaryFolder()
    let page = try Report(ofStudyAt: results(folder, statistics: "{intervals: subsample, resamples: 20}"))
      .html()
    #expect(page.contains("from 20 random halves of the samples"))
    #expect(page.contains("Alignment was not compared with chance"))
  }

  @Test func linksLeadFromThePageToTheFolder() throws {
    let folder = try TemporaryFolder()
    let results = try results(folder)
    for (page, way) in [
      ("\(results)/report.html", ""), (folder.file("report.html"), "results/"),
      ("\(results)/figures/a.html", "../"),
      (folder.file("other/a.html"), "../results/"),
    ] {
      let html = try Report(ofStudyAt: results, page: page).html()
      #expect(html.contains("<a href=\"\(way)table.csv\">"), "\(page)")
      #expect(html.contains("<a href=\"\(way)figures/f.png\">"), "\(page)")
    }
  }

  @Test func aNameThatMeansHarmIsAName() throws {
    let folder = try TemporaryFolder()
    let name = "<script>alert(1)</script> & \"x\" onload='y' \u{202E}abc"
    let page = try Report(ofStudyAt: results(folder, model: name)).html()
    #expect(page.ranges(of: "<script").count == 1 && page.ranges(of: "</script").count == 1)
    #expect(!page.contains("\u{202E}"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
  }

  @Test func aFigureThatIsMissingIsNamed() throws {
    let folder = try TemporaryFolder()
    let results = try results(folder)
    try FileManager.default.removeItem(atPath: "\(results)/figures/g.svg")
    let error = #expect(throws: StudyError.self) { try Report(ofStudyAt: results) }
    #expect(error?.path == "\(results)/figures/g.svg")
    #expect(error?.message.contains("run the study again") == true)
  }

  @Test func aFigureThatIsMoreThanADrawingIsRefused() throws {
    let folder = try TemporaryFolder()
    let results = try results(folder)
    let path = "\(results)/figures/f.svg"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("</svg>", with: "<script>alert(1)</script></svg>").write(
      toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: StudyError.self) { try Report(ofStudyAt: results) }
    #expect(error?.path == path)
    #expect(error?.message.contains("<script>") == true)
  }

  @Test func aFolderWithoutARecordHasAReport() throws {
    let folder = try TemporaryFolder()
    let results = try results(folder)
    try FileManager.default.removeItem(atPath: "\(results)/run.json")
    let page = try Report(ofStudyAt: results).html()
    #expect(!page.contains("run.json") && !page.contains("Processor") && page.contains("To repeat it"))
  }
}
