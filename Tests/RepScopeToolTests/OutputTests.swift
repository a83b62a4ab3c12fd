import Foundation
import RepScope
import TestSupport
import Testing

/// Where results go, and where they must not.
@Suite struct OutputTests {
  private static let tokens = "\(Tool.repository)/fixtures/goldens/metrics/spatial.safetensors"
  private static let align = [
    "align", "--features", ToolTests.model, "--reference", ToolTests.reference, "--layers", "2-3",
  ]

  @Test("Masks are not written over")
  func masks() throws {
    let folder = try TemporaryFolder()
    let masks = "\(folder.path)/masks.safetensors"
    try FileManager.default.copyItem(atPath: Self.tokens, toPath: masks)
    let result = try Tool.run([
      "align", "--features", "\(Self.tokens)#features", "--arrays", "tokens", "--metric", "srss", "--grid",
      "8x8", "--masks", "\(masks)#masks", "--csv", masks,
    ])
    #expect(result.status == 64)
    #expect(result.errors.contains("would be written over"), "\(result.errors)")
    #expect(try Data(contentsOf: URL(filePath: masks)) == Data(contentsOf: URL(filePath: Self.tokens)))
  }

  @Test("A reader that goes away does not keep other files from being written")
  func closedPipe() throws {
    let folder = try TemporaryFolder()
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let process = Process()
    process.executableURL = URL(filePath: "\(Tool.buildFolder)/repscope")
    process.arguments = Self.align + ["--csv", "-", "--json", "\(folder.path)/late.json"]
    process.standardOutput = pipe.fileHandleForWriting
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(try folder.contents == ["late.json"])
  }

  @Test(
    "Only tables go to standard output",
    arguments: [
      (["probe", "--classes", "-"], "--classes writes a file"),
      (["probe", "--confusion", "-"], "--confusion writes a file"),
      (["probe", "--confusion", ""], "--confusion has no file name"),
    ])
  func dashes(words: [String], message: String) throws {
    let folder = try TemporaryFolder()
    let labels = try ProbeTests.writeLabels(to: folder.path)
    let result = try Tool.run(
      words + ["--features", ProbeTests.repa, "--labels", labels, "--layers", "2", "--protocol", "ridge"],
      in: folder.path)
    #expect(result.status == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try folder.contents == ["labels.csv"])
  }

  @Test("A demo without its fixtures, and a preset without its checkpoints, leave nothing behind")
  func withoutFixtures() throws {
    let folder = try TemporaryFolder()
    let demo = try Tool.run(["demo"], in: folder.path)
    #expect(demo.status == 66)
    let preset = try Tool.run(
      ["run", "--preset", "repa-figure-2", "--output", "results"], in: folder.path)
    #expect(preset.status == 66)
    #expect(preset.errors.contains("change the lines with arrows"), "\(preset.errors)")
    #expect(try folder.contents == [])
  }

  @Test("A demo's goldens are read before anything is computed, and what they are not is bad data")
  func brokenGoldens() throws {
    let folder = try TemporaryFolder()
    try folder.write("f/split.csv", "path\n")
    try folder.write("f/goldens/curves.json", "{\"sit\": 3}")
    let demo = try Tool.run(["demo", "--fixtures", "f"], in: folder.path)
    #expect(demo.status == 65)
    #expect(demo.errors.contains("f/goldens/curves.json: it does not hold"), "\(demo.errors)")
    #expect(try folder.contents == ["f"])
  }

  @Test("A preset's study.yaml has every path from the root, and so can be run from anywhere")
  func presetPaths() throws {
    let study = try Study(
      #require(Preset.named("repa-encoders")).text, file: "repa-encoders", folder: Tool.repository)
    let paths = study.yaml.split(separator: "\n").filter { $0.contains("fixtures/") }
    #expect(paths.count == 7)
    #expect(paths.allSatisfy { $0.contains("\"\(Tool.repository)/fixtures/") })
    let folder = try TemporaryFolder()
    try folder.write("study.yaml", study.yaml)
    let plan = try Tool.run(["run", "study.yaml", "--output", "results", "--plan"], in: folder.path)
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("500 pictures to latents"))
  }

  @Test("A file whose name has a = is found as it is")
  func equalsSign() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: "\(Tool.features)/val_repa_t0.5.safetensors", toPath: folder.file("k=v.safetensors"))
    let result = try Tool.run(
      [
        "align", "--features", "k=v.safetensors", "--reference", ToolTests.reference, "--layers", "2",
        "--csv",
        "-",
      ], in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try MeasurementTable(csv: result.output).models == ["k=v"])
  }
}
