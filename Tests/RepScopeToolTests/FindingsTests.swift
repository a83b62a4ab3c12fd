import Foundation
import RepScope
import TestSupport
import Testing

/// What people run into who do not know the tool yet.
@Suite struct FindingsTests {
  private static let model = "repa=\(Tool.features)/val_repa_t0.5.safetensors"
  private static let reference = "dinov2=\(Tool.features)/val_dinov2_tiny.safetensors#patch_mean"
  private static let align = ["align", "--features", model, "--reference", reference, "--layers", "2-3"]

  /// Runs the tool with a redirection that only a shell can make.
  private func shell(_ arguments: [String], _ redirection: String) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      ["-c", "exec \"$0\" \"$@\" \(redirection)", "\(Tool.buildFolder)/repscope"] + arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
    )
  }

  @Test(
    "Results that standard output does not take are a failure",
    arguments: [align, align + ["--csv", "-"], ["inspect", "\(Tool.features)/val_repa_t0.5.safetensors"]],
    ["> /dev/full", ">&-"])
  func lostOutput(arguments: [String], redirection: String) throws {
    let result = try shell(arguments, redirection)
    #expect(result.status == 73)
    #expect(result.errors.contains("cannot write standard output"))
  }

  @Test("Numbers of layers and threads beyond reason do no harm")
  func hugeNumbers() throws {
    for number in ["9223372036854775807", "-5", "100000"] {
      let result = try Tool.run(Self.align + ["--first-layer=\(number)"])
      #expect(result.status == 64)
      #expect(result.errors.contains("--first-layer is \(number)"))
    }
    #expect(try Tool.run(Self.align + ["--threads", "100000000"]).status == 0)
  }

  @Test("No output is written over an input or another output")
  func overwriting() throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(filePath: "\(Tool.features)/val_dinov2_tiny.safetensors"))
    try FileManager.default.createDirectory(atPath: "\(folder.path)/f", withIntermediateDirectories: true)
    for name in ["r", "f/layer1.safetensors"] { try bytes.write(to: URL(filePath: "\(folder.path)/\(name)")) }
    try Data("path\n".utf8).write(to: URL(filePath: "\(folder.path)/r.samples.csv"))
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/f")
    let inputs = ["align", "--features", "f/layer1.safetensors#patch_mean", "--reference", "link#patch_mean"]
    for outputs in [
      ["--csv", "./f/layer1.safetensors"], ["--json", "link/layer1.safetensors"],
      ["--csv", "x", "--json", "./x"],
      ["--csv", "c.svg", "--plot", "c.svg"],
    ] {
      let result = try Tool.run(inputs + outputs, in: folder.path)
      #expect(result.status == 64, "\(outputs): \(result.errors)")
    }
    let list = ["align", "--features", "f#layer1/patch_mean", "--reference", "r#patch_mean"]
    try FileManager.default.removeItem(atPath: "\(folder.path)/r.samples.csv")
    #expect(try Tool.run(list + ["--csv", "r"], in: folder.path).status == 64)
    #expect(try Tool.run(list + ["--csv", "f/table.csv"], in: folder.path).status == 0)
    #expect(try Tool.run(list + ["--csv", "f/table.csv", "--json", "j"], in: folder.path).status == 0)
    #expect(try Data(contentsOf: URL(filePath: "\(folder.path)/r")) == bytes)
  }

  @Test("Outputs that cannot be written are found before anything is computed")
  func unwritable() throws {
    for (outputs, message) in [
      (["--csv", "/nowhere/x.csv"], "there is no such folder"), (["--json", "/"], "no"),
      (["--csv", Tool.features], "it is a folder"), (["--plot", "README.md/x.png"], "is no folder"),
    ] {
      let result = try Tool.run(Self.align + outputs)
      #expect(result.status == 73)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.output == "")
    }
    let single = ["align", "--features", Self.reference, "--reference", Self.reference]
    let result = try Tool.run(
      [
        "align", "--features", "\(Tool.repository)/fixtures/containers/v1.npy", "--reference", Self.reference,
        "--plot", "x.png",
      ])
    #expect(result.status == 65)
    #expect(result.errors.contains("layer08.npy"), "\(result.errors)")
    #expect(try Tool.run(single + ["--csv", "/dev/null"]).status == 0)
  }

  @Test("A figure that fails late leaves the table")
  func lateFailure() throws {
    let result = try Tool.run(Self.align + ["--csv", "/dev/full"])
    #expect(result.status == 73)
    #expect(result.output.contains("0.1992"))
  }

  @Test(
    "Everything asked for must be there",
    arguments: [
      (["--layers", "1,99"], "there is no layer 99; it has the layers 1, 2, 3"),
      (["--layers", "final"], "there is no layer final"),
      (["--timesteps", "0.5,0.7"], "there is no time step 0.7; it has the time steps 0.5"),
    ])
  func missingSelection(arguments: [String], message: String) throws {
    let result = try Tool.run(["align", "--features", Self.model, "--reference", Self.reference] + arguments)
    #expect(result.status == 65)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("plot refuses what the table does not have, and tables without rows")
  func plotSelection() throws {
    let folder = try TemporaryFolder()
    _ = try Tool.run(Self.align + ["--csv", "\(folder.path)/t.csv"])
    func plot(_ table: String, _ arguments: [String]) throws -> Tool.Result {
      try Tool.run(["plot", "\(folder.path)/\(table)", "-o", "\(folder.path)/x.svg"] + arguments)
    }
    let missing = try plot("t.csv", ["--metric", "cknna", "--metric", "cka"])
    #expect(missing.status == 64)
    #expect(missing.errors.contains("has no metric cka; it has cknna"))
    #expect(missing.errors.contains("See 'repscope plot --help'."))
    #expect(try plot("t.csv", ["--model", "sit"]).status == 64)
    #expect(try plot("t.csv", ["--reference", "mae"]).status == 64)
    let header = try String(contentsOfFile: "\(folder.path)/t.csv", encoding: .utf8).prefix { $0 != "\n" }
    try Data("\(header)\n".utf8).write(to: URL(filePath: "\(folder.path)/h.csv"))
    let empty = try plot("h.csv", [])
    #expect(empty.status == 65)
    #expect(empty.errors.contains("no rows"))
    #expect(try folder.contents == ["h.csv", "t.csv"])
  }

  @Test("Models keep the order in which they were given, in table and CSV")
  func order() throws {
    let vanilla = "vanilla=\(Tool.features)/val_vanilla_t0.5.safetensors"
    let arguments = [
      "align", "--features", vanilla, "--features", Self.model, "--reference", Self.reference, "--layers",
      "2-3",
      "--metric", "mutual-knn", "--metric", "cka-unbiased",
    ]
    let table = try MeasurementTable(csv: try Tool.run(arguments + ["--csv", "-"]).output)
    #expect(table.models == ["vanilla", "repa"])
    #expect(table.metrics == ["mutual-knn", "cka-unbiased"])
    let text = try Tool.run(arguments).output
    let places = ["mutual-knn ·", "cka-unbiased ·"].compactMap { text.range(of: $0)?.lowerBound }
    #expect(places.count == 2 && places[0] < places[1])
    #expect(text.contains("vanilla     repa") || text.contains("vanilla    repa"))
  }

  @Test("Names cannot steer the terminal")
  func controlCharacters() throws {
    let path = "\(Tool.features)/val_repa_t0.5.safetensors"
    let label = "a\u{1B}[31mb"
    let result = try Tool.run([
      "align", "--features", "\(label)=\(path)", "--reference", Self.reference, "--layers", "2",
    ])
    #expect(result.output.contains("a?[31mb"))
    #expect(!result.output.contains("\u{1B}"))
    let missing = try Tool.run(["inspect", "none\u{1B}[2J"])
    #expect(missing.status == 66)
    #expect(!missing.errors.contains("\u{1B}"))
    let csv = try Tool.run([
      "align", "--features", "\(label)=\(path)", "--reference", Self.reference, "--layers", "2", "--csv", "-",
    ])
    #expect(try MeasurementTable(csv: csv.output).models == [label])
  }

  @Test("A file of one character's name is a file as any other")
  func shortNames() throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(filePath: "\(Tool.features)/val_repa_t0.5.safetensors"))
    try bytes.write(to: URL(filePath: "\(folder.path)/m"))
    #expect(try Tool.run(["inspect", "m"], in: folder.path).status == 0)
    let result = try Tool.run(
      ["align", "--features", "m", "--reference", Self.reference, "--csv", "t"], in: folder.path)
    #expect(result.status == 0)
  }

  @Test("Shells complete paths and metrics")
  func completions() throws {
    let script = try Tool.run(["--generate-completion-script", "zsh"]).output
    #expect(script.contains("--checkpoint"))
    #expect(script.contains("_files"))
    #expect(script.contains("cka-unbiased"))
  }

  @Test(
    "Examples in helps can be copied",
    arguments: [
      [], ["align"], ["extract"], ["encode"], ["decode"], ["probe"], ["fidelity"], ["run"], ["report"],
      ["plot"], ["inspect"],
    ])
  func examples(command: [String]) throws {
    let help = try Tool.run(command + ["--help"]).output.split(
      separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(help.firstIndex { $0.hasPrefix("  repscope ") })
    let examples = help[first...].prefix { !$0.isEmpty }
    // What the parser breaks continues at the margin.
    #expect(
      examples.allSatisfy { $0.hasPrefix("  ") && $0.count <= 78 }, "\(examples.joined(separator: "\n"))")
    for (line, next) in zip(examples, examples.dropFirst()) where line.hasSuffix("\\") {
      #expect(next.hasPrefix("      "))
    }
  }

  @Test("Errors name the option that helps")
  func hints() throws {
    let folder = try TemporaryFolder()
    for (name, value, hint) in [("zero", Float(0), "--normalize none"), ("nan", .nan, "--drop-nonfinite")] {
      // A NumPy array [20, 2] of ones with one odd row.
      var values = [Float](repeating: 1, count: 40)
      (values[6], values[7]) = (value, value)
      let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 2), }"
      let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
      let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
      let file = "\(folder.path)/\(name).npy"
      try (Data(bytes) + values.withUnsafeBytes { Data($0) }).write(to: URL(filePath: file))
      let result = try Tool.run(["align", "--features", file, "--reference", file])
      #expect(result.status == 65)
      #expect(result.errors.contains("\(name).npy: row 3"), "\(result.errors)")
      #expect(result.errors.contains(hint), "\(result.errors)")
      #expect(result.errors.contains("count from 0"))
    }
  }

  @Test(
    "Paths that name nothing say what is missing",
    arguments: [("x.npz#", "after the #"), ("#x", "before the #")])
  func emptyNames(path: String, message: String) throws {
    let result = try Tool.run(["align", "--features", path, "--reference", Self.reference])
    #expect(result.status == 66)
    #expect(result.errors.contains(message), "\(result.errors)")
    for option in ["--csv", "--metric"] {
      let empty = try Tool.run(Self.align + [option, ""])
      #expect(empty.status == 64)
      #expect(empty.errors.contains("\(option) has no"), "\(empty.errors)")
    }
  }

  @Test("A checkpoint is no file of features")
  func checkpoint() throws {
    let sit = "\(Tool.repository)/fixtures/mnist/sit/repa-last.pt"
    let result = try Tool.run(["align", "--features", sit, "--reference", Self.reference])
    #expect(result.status == 65)
    #expect(result.errors.contains("repscope extract"), "\(result.errors)")
  }
}
