import Foundation
import RepScope
import TestSupport
import Testing

@Suite struct FidelityToolTests {
  private static let goldens = "\(Tool.repository)/fixtures/fidelity"
  private static let features = "\(goldens)/features.npz"

  private func table(_ arguments: [String]) throws -> MeasurementTable {
    let result = try Tool.run(["fidelity"] + arguments + ["--csv", "-"])
    #expect(result.status == 0, "\(result.errors)")
    return try MeasurementTable(csv: result.output)
  }

  @Test("fidelity writes the goldens' values as rows of the table")
  func values() throws {
    let names = ["fid", "kid", "kid-full", "precision", "recall", "density", "coverage"]
    let table = try table(
      ["--features", "sit=\(Self.features)#tall_x", "--reference", "real=\(Self.features)#tall_y"]
        + names.flatMap { ["--metric", $0] } + ["--subsets", "5", "--subset-size", "20"])
    let data = try Data(contentsOf: URL(filePath: "\(Self.goldens)/expected.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let pair = try #require((json["pairs"] as? [[String: Any]])?.first { $0["name"] as? String == "tall" })
    #expect(Set(table.metrics) == Set(names))
    for (name, key) in [
      ("fid", "fid"), ("kid-full", "kidFull"), ("precision", "precision"), ("recall", "recall"),
      ("density", "density"), ("coverage", "coverage"),
    ] {
      let row = try #require(table.filter(metric: name).rows.first)
      #expect(abs(row.value - (try #require(pair[key] as? Double))) < 1e-9, "\(name)")
      #expect(row.model == "sit" && row.reference == "real" && row.samples == 60 && row.layer == nil)
    }
    let kid = try #require(table.filter(metric: "kid").rows.first)
    #expect(kid.parameters == "interval=std;seed=0;subset-size=20;subsets=5")
    #expect(try #require(kid.ciLow) < kid.value && kid.value < (try #require(kid.ciHigh)))
    #expect(try #require(table.filter(metric: "density").rows.first).parameters == "k=5")
  }

  @Test("fidelity takes moments as the usual evaluators store them")
  func moments() throws {
    let files = [
      "--features", "a=\(Self.goldens)/moments.npz", "--reference", "\(Self.goldens)/moments_adm.npz",
    ]
    let row = try #require(try table(files).rows.first)
    #expect(abs(row.value - 7.31720644) < 1e-5)
    #expect(row.reference == "moments_adm" && row.samples == 0)
    let spatial = try table(
      [
        "--features", "a=\(Self.features)#wide_x", "--reference", "\(Self.goldens)/moments_adm.npz",
        "--metric", "sfid",
      ])
    #expect(abs(try #require(spatial.rows.first).value - 413.86523) < 1e-4)
    let scores = try table(["--scores", "a=\(Self.features)#logits", "--metric", "inception-score"])
    #expect(scores.rows.first?.reference == "")
  }

  @Test("layers are compared with their equals, and make a curve")
  func layers() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run([
      "fidelity", "--features", "\(Tool.features)/val_repa_t0.5.safetensors", "--reference",
      "vanilla=\(Tool.features)/val_vanilla_t0.5.safetensors", "--csv", "\(folder.path)/f.csv", "--plot",
      "\(folder.path)/f.svg",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let table = try MeasurementTable(contentsOfCSV: "\(folder.path)/f.csv")
    #expect(table.rows.map(\.layer) == (1...8).map { LayerLabel($0) })
    #expect(table.curves().count == 1)
    #expect(table.rows.allSatisfy { $0.value > 0 && $0.referenceLayer == nil })
  }

  @Test("fidelity draws against the time step, as align does")
  func againstTimestep() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run([
      "fidelity", "--features", "\(Tool.features)/val_repa_t0.5.safetensors", "--reference",
      "vanilla=\(Tool.features)/val_vanilla_t0.5.safetensors", "--layers", "2", "--against", "timestep",
      "--plot", "\(folder.path)/f.svg",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try folder.contents == ["f.svg"])
  }

  @Test(
    "What cannot be measured is an error that names the file",
    arguments: [
      (
        ["--features", "FEATURES#tall_x", "--reference", "FEATURES#wide_x"], 65, "8 dimensions, the other 24"
      ),
      (
        ["--features", "MOMENTS", "--reference", "MOMENTS", "--metric", "kid"], 65,
        "needs the features themselves"
      ),
      (["--features", "MOMENTS", "--reference", "MOMENTS", "--metric", "sfid"], 65, "no mu_s and sigma_s"),
      (
        ["--features", "FEATURES#tall_x", "--reference", "FEATURES#tall_y", "--metric", "kid"], 65,
        "the 1000 that"
      ),
      (["--features", "no.npy", "--reference", "MOMENTS"], 66, "no such file"),
      (["--features", "MOMENTS"], 64, "no reference"),
      (
        ["--features", "MOMENTS", "--reference", "MOMENTS", "--metric", "cknna"], 64,
        "no fidelity metric cknna"
      ),
      (["--features", "MOMENTS", "--reference", "MOMENTS", "--k", "0"], 64, "--k is 0"),
      (["--metric", "inception-score"], 64, "needs --scores"),
      (
        ["--scores", "FEATURES#logits", "--metric", "inception-score", "--layers", "3"], 64,
        "--layers is about features"
      ),
      (
        ["--features", "MOMENTS", "--reference", "MOMENTS", "--reference", "MOMENTS"], 65,
        "it is called moments, and so is"
      ),
      (["--features", "MOMENTS", "--reference", "MOMENTS", "--plot", "x.svg"], 65, "there is no layer"),
      (
        [
          "--features", "\(Tool.features)/val_repa_t0.5.safetensors", "--reference",
          "\(Tool.features)/val_dinov2_tiny.safetensors",
        ], 65, "it has nothing like layer 1 at t = 0.5"
      ),
      (["--features", "MOMENTS", "--features", "MOMENTS", "--reference", "MOMENTS"], 65, "tell them apart"),
      (
        ["--features", "MOMENTS", "--reference", "MOMENTS", "--metric", "fid", "--metric", "sfid"], 65,
        "measure it by itself"
      ),
      (
        [
          "--features", "\(Tool.features)/val_repa_t0.5.safetensors", "--reference",
          "\(Tool.features)/val_vanilla_t0.5.safetensors", "--layers", "1,99",
        ], 65, "there is no layer 99"
      ),
    ])
  func refusals(arguments: [String], status: Int, words: String) throws {
    let result = try Tool.run(
      ["fidelity"]
        + arguments.map {
          $0.replacing("FEATURES", with: Self.features).replacing(
            "MOMENTS", with: "\(Self.goldens)/moments.npz")
        })
    #expect(result.status == Int32(status), "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test(
    "align's and fidelity's tables are drawn one against the other; heat maps and confusion matrices are drawn"
  )
  func plots() throws {
    let folder = try TemporaryFolder()
    var (alignment, fidelity) = (MeasurementTable(), MeasurementTable())
    for (model, fid) in [("a", 20.0), ("b", 12.0), ("c", 8.0)] {
      fidelity.rows.append(
        MeasurementTable.Row(model: model, reference: "imagenet", metric: "fid", samples: 50, value: fid))
      for layer in 1...3 {
        for timestep in [0.25, 0.75] {
          alignment.rows.append(
            MeasurementTable.Row(
              model: model, layer: LayerLabel(layer), timestep: timestep, reference: "dino", metric: "cknna",
              samples: 50, value: 1 / fid + Double(layer) / 100))
        }
      }
    }
    try alignment.writeCSV(to: "\(folder.path)/align.csv")
    try fidelity.writeCSV(to: "\(folder.path)/fidelity.csv")
    try "label,cat,dog\ncat,3,1\ndog,0,4\n".write(
      toFile: "\(folder.path)/confusion.csv", atomically: true, encoding: .utf8)
    func plot(_ arguments: [String]) throws -> Tool.Result {
      try Tool.run(["plot"] + arguments, in: folder.path)
    }
    let scatter = ["align.csv", "fidelity.csv", "--kind", "scatter", "--x", "fid", "--y", "cknna"]
    #expect(try plot(scatter + ["-o", "s.svg"]).status == 0)
    #expect(try plot(scatter + ["--reference", "dino", "-o", "t.svg"]).status == 0)
    #expect(try plot(["align.csv", "--kind", "heatmap", "-o", "h.svg"]).status == 0)
    #expect(try plot(["confusion.csv", "-o", "c.svg"]).status == 0)
    #expect(
      try folder.contents == [
        "align.csv", "c.svg", "confusion.csv", "fidelity.csv", "h-cknna-a.svg", "h-cknna-b.svg",
        "h-cknna-c.svg",
        "s.svg", "t.svg",
      ])
    for (arguments, words) in [
      (["align.csv", "--kind", "scatter", "-o", "x.svg"], "needs two metrics"),
      (["align.csv", "--kind", "scatter", "--x", "fid", "--y", "cknna", "-o", "x.svg"], "has no metric fid"),
      (["align.csv", "--x", "fid", "-o", "x.svg"], "are for --kind scatter"),
      (["confusion.csv", "align.csv", "-o", "x.svg"], "is drawn alone"),
      (["fidelity.csv", "--kind", "heatmap", "-o", "x.svg"], "no measurement of fid with a layer"),
    ] {
      let result = try plot(arguments)
      #expect(result.status != 0 && result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test("README lists every fidelity metric as the registry describes it")
  func readme() throws {
    let readme = try String(contentsOfFile: "\(Tool.repository)/README.md", encoding: .utf8)
    for metric in FidelityMetric.all { #expect(readme.contains("| `\(metric.name)` | \(metric.summary) |")) }
  }
}
