import Foundation
import RepScope
import TestSupport
import Testing

/// Figures of the built tool: their options, and the commands that a study leaves beside its figures.
@Suite("Figures")
struct FigureTests {
  /// A table of two models at three training steps and two time steps, with probes.
  private func writeTable(to path: String) throws {
    var rows: [MeasurementTable.Row] = []
    for (index, model) in ["SiT-B/2", "SiT-L/2"].enumerated() {
      for step in [50_000, 100_000, 400_000] {
        for timestep in [0.25, 0.75] {
          for layer in 1...4 {
            let value = Double(layer * (index + 1)) / 20 + Double(step) / 4e6 - timestep / 10
            rows.append(
              MeasurementTable.Row(
                model: model, step: step, layer: LayerLabel(layer), timestep: timestep, reference: "DINOv2",
                metric: "cknna", parameters: "k=10", samples: 500, value: value))
            rows.append(
              MeasurementTable.Row(
                model: model, step: step, layer: LayerLabel(layer), timestep: timestep,
                metric: "linear-probe", parameters: "confidence=0.95;intervals=wilson;protocol=repa",
                samples: 500,
                value: value, ciLow: value - 0.01, ciHigh: value + 0.01))
          }
        }
      }
    }
    try MeasurementTable(rows).writeCSV(to: path)
  }

  @Test("plot has an option for everything, and each changes the figure")
  func options() throws {
    let folder = try TemporaryFolder()
    try writeTable(to: folder.file("t.csv"))
    var seen: [String: String] = [:]
    for arguments in [
      [], ["--theme", "dark"], ["--timestep", "0.25"], ["--best", "--against", "step"],
      ["--best", "--against", "timestep"], ["--panels", "timestep"], ["--panels", "model"],
      ["--panels", "step"],
      ["--published", "sit-b-2-repa"], ["--published", "sit-b-2-repa", "--published", "sit-l-2-repa"],
      ["--best", "--against", "size", "--sizes", "SiT-B/2=130,SiT-L/2=458"], ["--width", "3.3in"],
      ["--height", "4in"],
      ["--kind", "heatmap", "--panels", "model", "--model", "SiT-B/2", "--title", "x"],
    ] {
      let isMap = arguments.contains("heatmap")
      let metric = isMap ? "cknna" : "linear-probe"
      let result = try Tool.run(
        ["plot", "t.csv", "--metric", metric, "-o", "f.svg"] + arguments, in: folder.path)
      if isMap {
        // Three training steps fill three maps.
        #expect(result.status != 0 && result.errors.contains("fills 3 heat maps"), "\(result.errors)")
        continue
      }
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      let svg = try String(contentsOfFile: folder.file("f.svg"), encoding: .utf8)
      #expect(seen.updateValue("\(arguments)", forKey: svg) == nil, "\(arguments) draws what others draw")
    }
    #expect(seen.count == 13)
    let both = try Tool.run(
      ["plot", "t.csv", "--panels", "metric", "--best", "--against", "step", "-o", "m.png"], in: folder.path)
    #expect(both.status == 0, "\(both.errors)")
    // A probe has no reference, and stands beside a metric that has.
    let one = try Tool.run(
      ["plot", "t.csv", "--panels", "metric", "--reference", "DINOv2", "-o", "r.svg"], in: folder.path)
    #expect(one.status == 0, "\(one.errors)")
    #expect(
      try String(contentsOfFile: folder.file("r.svg"), encoding: .utf8).contains(">Linear probe accuracy<"))
    let list = try Tool.run(["plot", "--published", "list"])
    #expect(list.status == 0 && list.output.contains("sit-xl-2-repa") && list.output.contains("70.3"))
  }

  @Test(
    "Choices that do not go together are refused",
    arguments: [
      (["--best"], "--best: best layers have no place on an axis of layers"),
      (["--against", "timestep", "--panels", "timestep"], "--panels: the panels are what the lines"),
      (["--published", "sit-xl-2-rep"], "did you mean sit-xl-2-repa?"),
      (["--metric", "cknna", "--published", "sit-xl-2-repa"], "linear-probe"),
      (["--against", "size"], "needs --sizes"), (["--sizes", "a=1"], "is for --against size"),
      (["--against", "size", "--sizes", "a"], "expected names with millions"),
      (["--theme", "sepia"], "light"),
      (["--width", "3 feet"], "--width"), (["--timestep", "0.3"], "no time step 0.3; it has 0.25, 0.75"),
      (["--kind", "heatmap", "--against", "step"], "--against: a heatmap has no axis of steps"),
    ])
  func refusals(arguments: [String], words: String) throws {
    let folder = try TemporaryFolder()
    try writeTable(to: folder.file("t.csv"))
    let result = try Tool.run(["plot", "t.csv", "-o", "f.svg"] + arguments, in: folder.path)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    #expect(try folder.contents == ["t.csv"])
  }

  @Test("align's figures have a theme, which without a figure is refused")
  func theme() throws {
    let arguments = ["align", "--features", "x.npy", "--reference", "y.npy", "--theme", "dark"]
    let result = try Tool.run(arguments)
    #expect(result.status == 64 && result.errors.contains("--theme is for figures; give --plot FILE too"))
  }

  @Test("The commands that a study leaves draw its figures again, to the byte")
  func commands() throws {
    let folder = try TemporaryFolder()
    let features = { (name: String) in "\(Tool.features)/\(name).safetensors" }
    let text = """
      name: figures
      models:
        - {name: "SiT-B/2, it's vanilla", features: "\(features("val_vanilla_t0.5"))", size: 130}
        - {name: SiT-L/2, features: "\(features("val_repa_t0.5"))", size: 458}
      references: [{name: DINOv2, features: "\(features("val_dinov2_tiny"))#patch_mean"}]
      metrics: [cknna, cka]
      settings: {k: 10}
      figures:
        - {metric: cknna}
        - {metric: cknna, file: dark, theme: dark, title: "It's -dark-", width: 3.3in}
        - {metric: [cknna, cka], file: panels, panels: metric}
        - {metric: cka, file: models, panels: model, models: [SiT-L/2]}
        - {metric: cknna, file: size, x: size, best: true}
        - {kind: scatter, metric: cknna, against: cka, file: both, points: each}
        - {kind: heatmap, metric: cknna, file: map, models: [SiT-L/2]}
      """
    try text.write(toFile: folder.file("study.yaml"), atomically: true, encoding: .utf8)
    let run = try Tool.run(["run", folder.file("study.yaml"), "--output", folder.file("results")])
    #expect(run.status == 0, "\(run.errors)")
    try FileManager.default.createDirectory(atPath: folder.file("again"), withIntermediateDirectories: true)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [folder.file("results/figures/commands.sh"), folder.file("again")]
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(Tool.buildFolder):\(environment["PATH"] ?? "")"
    shell.environment = environment
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    let drawn = try FileManager.default.contentsOfDirectory(atPath: folder.file("again")).sorted()
    #expect(drawn.count == 21)
    for file in drawn {
      let again = try Data(contentsOf: URL(filePath: folder.file("again/\(file)")))
      #expect(try again == Data(contentsOf: URL(filePath: folder.file("results/figures/\(file)"))), "\(file)")
    }
    #expect(run.output.contains("Best layers:"))
  }
}
