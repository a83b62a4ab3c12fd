import Foundation
import RepScope
import TestSupport
import Testing

@Suite struct ToolTests {
  static let model = "repa=\(Tool.features)/val_repa_t0.5.safetensors"
  static let reference = "dinov2=\(Tool.features)/val_dinov2_tiny.safetensors#patch_mean"

  @Test("align prints a table for people, and writes table and figures where asked")
  func align() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run([
      "align", "--features", Self.model, "--reference", Self.reference, "--metric", "cknna", "--metric",
      "mutual-knn",
      "--csv", "\(folder.path)/table.csv", "--json", "\(folder.path)/table.json", "--plot",
      "\(folder.path)/curve.svg",
    ])
    #expect(result.status == 0)
    #expect(result.output.contains("0.1992"))
    #expect(try folder.contents == ["curve-cknna.svg", "curve-mutual-knn.svg", "table.csv", "table.json"])
    let table = try MeasurementTable(contentsOfCSV: "\(folder.path)/table.csv")
    #expect(table.rows.count == 16)
    #expect(table.rows.allSatisfy { $0.model == "repa" && $0.reference == "dinov2" && $0.timestep == 0.5 })
  }

  @Test("align compares patch tokens, and the table says among which and how")
  func patchTokens() throws {
    let goldens = "fixtures/mnist/goldens"
    let arguments = [
      "align", "--features", "repa=\(goldens)/sit_hidden.safetensors#repa/t0.5/projector", "--reference",
      "\(goldens)/encoder_hidden.safetensors#dinov2_tiny/features", "--metric", "repa-cosine", "--metric",
      "nt-xent",
      "--tau", "0.07", "--candidates", "within-image", "--csv", "-",
    ]
    let result = try Tool.run(arguments + ["--arrays", "tokens"])
    #expect(result.status == 0)
    let rows = try MeasurementTable(csv: result.output).rows
    #expect(Set(rows.map(\.parameters)) == ["", "candidates=within-image;tau=0.07"])
    let layers = try Tool.run(arguments)
    #expect(layers.status == 65)
    #expect(layers.errors.contains("--arrays tokens"))
  }

  @Test("Options about arrays of three dimensions are refused where there is none")
  func optionsAboutArrays() throws {
    let folder = try TemporaryFolder()
    let sides = ["--features", Self.model, "--reference", Self.reference]
    let labels = try folder.write(
      "labels.csv", "index,label\n" + (0..<500).map { "\($0),\($0 % 2)\n" }.joined())
    for (option, message) in [
      (["--first-layer", "7"], "--first-layer 7 numbers the layers of an array"),
      (["--arrays", "tokens"], "--arrays tokens is about arrays [samples, tokens, dimensions]"),
    ] {
      for arguments in [["align"] + sides, ["probe", "--labels", labels, "--val-fraction", "0.2"] + sides] {
        let result = try Tool.run(arguments + option)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains(message), "\(result.errors)")
      }
    }
  }

  @Test("--csv - writes the table and nothing else to standard output; a pipe gets no progress")
  func csvToStandardOutput() throws {
    let result = try Tool.run(
      ["align", "--features", Self.model, "--reference", Self.reference, "--layers", "2-3", "--csv", "-"])
    #expect(result.status == 0)
    #expect(try MeasurementTable(csv: result.output).rows.map(\.layer) == [2, 3])
    #expect(result.errors == "")
  }

  @Test("plot draws a table again, and the figure is the same")
  func plot() throws {
    let folder = try TemporaryFolder()
    for threads in ["1", "3"] {
      let result = try Tool.run([
        "align", "--features", Self.model, "--reference", Self.reference, "--csv", "\(folder.path)/table.csv",
        "--plot",
        "\(folder.path)/\(threads).svg", "--threads", threads,
      ])
      #expect(result.status == 0)
    }
    let again = try Tool.run(["plot", "\(folder.path)/table.csv", "--output", "\(folder.path)/again.svg"])
    #expect(again.status == 0)
    let figures = try ["1", "3", "again"].map {
      try Data(contentsOf: URL(filePath: "\(folder.path)/\($0).svg"))
    }
    #expect(figures[0] == figures[1])
    #expect(figures[0] == figures[2])
  }

  /// The goldens come from the official code; a rounding difference can swap two neighbors.
  static let tolerances = [
    ("cknna", "cknna_k10", 1e-3), ("mutual-knn", "mutual_knn_k10", 1e-3), ("cka", "cka", 1e-4),
    ("cka-unbiased", "unbiased_cka", 1e-4),
  ]

  @Test("demo goes from checkpoints to curves, and its numbers are the goldens'")
  func demo() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run([
      "demo", "--fixtures", "\(Tool.repository)/fixtures/mnist", "--output", folder.path,
    ])
    #expect(result.status == 0)
    #expect(
      try folder.contents == [
        "alignment.csv", "archives", "cka.png", "cknna-timesteps.png", "cknna-training.png", "cknna.png",
        "mutual-knn.png",
      ])
    let data = try Data(contentsOf: URL(filePath: "\(Tool.repository)/fixtures/mnist/goldens/curves.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    let table = try MeasurementTable(contentsOfCSV: "\(folder.path)/alignment.csv")
    var compared = 0
    for (checkpoint, curves) in try #require(json["sit"]) {
      let parts = checkpoint.split(separator: "-")
      let step = parts[1] == "last" ? 5500 : try #require(Int(parts[1]))
      for (time, values) in try #require(curves as? [String: [String: [Double]]]) {
        let rows = table.filter(
          model: String(parts[0]), step: step, timestep: Double(time.dropFirst()), reference: "dinov2")
        for (metric, golden, tolerance) in Self.tolerances {
          let found = rows.filter(metric: metric).rows.map(\.value)
          let expected = try #require(values[golden])
          try #require(found.count == expected.count, "\(checkpoint), \(time), \(metric)")
          for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= tolerance) }
          compared += found.count
        }
      }
    }
    #expect(compared == 14 * 4 * 8)
  }

  @Test("inspect lists a file's tensors")
  func inspect() throws {
    let result = try Tool.run(["inspect", "\(Tool.features)/val_dinov2_tiny.safetensors"])
    #expect(result.status == 0)
    #expect(result.output.contains("safetensors, 2 tensors"))
    #expect(result.output.contains("patch_mean  float32  [500, 64]"))
  }

  @Test("inspect names encoders, in files and in folders")
  func inspectEncoders() throws {
    for (path, name) in [
      ("mnist/encoders/dinov2_tiny.pth", "DINOv2 vision transformer: 6 blocks of width 64, 4 heads"),
      ("mnist/encoders/mae_tiny.pth", "MAE vision transformer: 6 blocks"),
      (
        "goldens/models/clip_openai_torchscript/archive_fp16.pt",
        "CLIP vision transformer: 1 block of width 128"
      ),
      ("goldens/models/clip_hf", "CLIP vision transformer: 2 blocks of width 32, 4 heads"),
    ] {
      let result = try Tool.run(["inspect", "\(Tool.repository)/fixtures/\(path)"])
      #expect(result.status == 0)
      #expect(result.output.contains(name), "\(result.output.prefix(300))")
    }
  }

  @Test("doctor names the BLAS kernel in use")
  func doctor() throws {
    let result = try Tool.run(["doctor"])
    #expect(result.status == 0)
    #expect(result.output.contains(BLASKernel.current.name))
    #expect(result.output.contains("self-check        passed"))
  }

  @Test("The version is the library's")
  func version() throws {
    #expect(try Tool.run(["--version"]).output == repscopeVersion + "\n")
  }

  @Test(
    "Every command has a help with examples or a description",
    arguments: [
      [], ["extract"], ["encode"], ["decode"], ["align"], ["probe"], ["fidelity"], ["run"], ["report"],
      ["plot"], ["inspect"], ["demo"], ["doctor"],
    ])
  func help(command: [String]) throws {
    let result = try Tool.run(command + ["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("USAGE: repscope"))
  }

  @Test("Completions are generated", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let result = try Tool.run(["--generate-completion-script", shell])
    #expect(result.status == 0)
    #expect(result.output.contains("repscope"))
  }

  @Test(
    "Mistakes end with the right code and a message that helps",
    arguments: [
      (["align"], 64, "--features"),
      (
        ["align", "--features", "x.npy", "--reference", "y.npy", "--metric", "cknn"], 64,
        "there is no metric cknn"
      ),
      (["align", "--features", "x.npy", "--reference", "y.npy", "--k", "0"], 64, "--k is 0"),
      (["align", "--features", "x.npy", "--reference", "y.npy", "--plot", "x.gif"], 64, ".png, .svg, .pdf"),
      (["align", "--features", "x.npy", "--reference", "y.npy", "--layers", "8-1"], 64, "--layers"),
      (["align", "--features", "x.npy", "--reference", "y.npy", "--timesteps", "500"], 64, "outside 0...1"),
      (["align", "--features", "none.npy", "--reference", model], 66, "none.npy: no such file or folder"),
      (["align", "--features", "README.md", "--reference", model], 65, "README.md"),
      (["align", "--features", model, "--reference", reference, "--k", "500"], 65, "500 samples"),
      (["align", "--features", model, "--reference", reference, "--layers", "9"], 65, "no layer 9"),
      (
        ["align", "--features", model, "--reference", reference, "--csv", "/nowhere/t.csv"], 73,
        "/nowhere/t.csv"
      ),
      (["inspect", "none.pt"], 66, "none.pt"), (["inspect", "Sources"], 65, "a folder"),
      (["plot", "none.csv", "--output", "x.png"], 66, "none.csv"),
      (["plot", "README.md", "--output", "x.png"], 65, "README.md:1"),
      (["demo", "--fixtures", "nowhere"], 66, "--fixtures"), (["fly"], 64, "fly"),
      (["demo", "--output", ""], 64, "--output has no name"),
      (
        ["encode", "--vae", "v", "--images", "i", "--output", "o", "--resolution", "0"], 64,
        "--resolution is 0"
      ),
      (["decode", "--vae", "v", "--latents", "l", "--output", "o", "--labels", "x.csv"], 64, "--labels"),
      (["decode", "--vae", "v", "--latents", "l", "--output", ""], 64, "--output has no name"),
      (["run", "--preset", "repa-figure-2", "--print", "--plan"], 64, "leave out --plan"),
      (["run", "--preset", "repa-figure-2", "--print", "--output", "x"], 64, "leave out --output"),
      (["run", "--preset", "repa-figure-2", "--output", ""], 64, "--output has no name"),
      (["run", "--preset", "repa-figure-2", "--output", "README.md"], 73, "it is a file"),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let result = try Tool.run(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output == "")
  }
}
