import Foundation
import RepScope
import TestSupport
import Testing

@Suite struct ProbeTests {
  /// The validation images' labels by row, every third for validation.
  static func writeLabels(to folder: String, split: Bool = true) throws -> String {
    let all = try String(contentsOfFile: "\(Tool.repository)/fixtures/mnist/split.csv", encoding: .utf8)
    let labels = all.split(separator: "\n").filter { $0.hasSuffix(",val") }.map {
      $0.split(separator: ",")[1]
    }
    var text = split ? "index,label,split\n" : "index,label\n"
    for (row, label) in labels.enumerated() {
      text += "\(row),\(label)" + (split ? row % 30 < 10 ? ",val\n" : ",train\n" : "\n")
    }
    try text.write(toFile: "\(folder)/labels.csv", atomically: true, encoding: .utf8)
    return "\(folder)/labels.csv"
  }

  static let repa = "repa=\(Tool.features)/val_repa_t0.5.safetensors"
  static let encoder = "dinov2=\(Tool.features)/val_dinov2_tiny.safetensors#patch_mean"

  @Test(
    "Every protocol gives a row a layer, with an interval around the accuracy",
    arguments: [
      ["logistic"], ["ridge"], ["sgd", "--epochs", "5"], ["repa", "--epochs", "3", "--batch-size", "64"],
      ["mae", "--epochs", "3", "--batch-size", "64"], ["knn", "--k", "10"],
    ])
  func protocols(words: [String]) throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path)
    let result = try Tool.run(
      [
        "probe", "--features", Self.repa, "--labels", labels, "--layers", "1,3", "--csv",
        "\(folder.path)/t.csv",
        "--protocol",
      ] + words)
    #expect(result.status == 0, "\(result.errors)")
    let table = try MeasurementTable(contentsOfCSV: "\(folder.path)/t.csv")
    #expect(table.rows.map(\.layer) == [1, 3])
    for row in table.rows {
      #expect(row.metric == (words[0] == "knn" ? "knn-probe" : "linear-probe"))
      #expect(row.parameters.contains("protocol=\(words[0])"))
      #expect(row.samples == 170 && row.timestep == 0.5 && row.reference == "")
      #expect(row.ciLow! < row.value && row.value < row.ciHigh!)
    }
    // Layer 3 is the one that REPA aligns: it knows the digits better.
    if !["mae", "repa"].contains(words[0]) { #expect(table.rows[1].value > table.rows[0].value) }
  }

  /// An encoder from its pictures, as `fixtures/mnist/goldens/curves.json` has it from scikit-learn and PyTorch.
  @Test("An encoder's accuracies are the published ones")
  func goldens() throws {
    struct Goldens: Decodable {
      struct Encoder: Decodable {
        let linearProbe: Double
        let knn: Double

        enum CodingKeys: String, CodingKey {
          case linearProbe = "linear_probe_patch_mean"
          case knn = "knn10_patch_mean"
        }
      }
      let encoders: [String: Encoder]
    }
    let mnist = "\(Tool.repository)/fixtures/mnist"
    let data = try Data(contentsOf: URL(filePath: "\(mnist)/goldens/curves.json"))
    let golden = try #require(try JSONDecoder().decode(Goldens.self, from: data).encoders["dinov2_tiny"])
    let folder = try TemporaryFolder()
    let archive = "\(folder.path)/dinov2"
    let extracted = try Tool.run([
      "extract", "--checkpoint", "\(mnist)/encoders/dinov2_tiny.pth", "--images", "\(mnist)/split.csv",
      "--output", archive,
    ])
    #expect(extracted.status == 0, "\(extracted.errors)")
    func accuracy(_ words: [String]) throws -> Double {
      let table = "\(folder.path)/t.csv"
      let result = try Tool.run(
        ["probe", "--features", archive, "--labels", "\(mnist)/split.csv", "--csv", table] + words)
      #expect(result.status == 0, "\(result.errors)")
      let row = try #require(try MeasurementTable(contentsOfCSV: table).rows.first)
      #expect(row.samples == 500)
      return row.value
    }
    #expect(try accuracy(["--protocol", "knn", "--k", "10"]) == golden.knn)
    // scikit-learn stops earlier: a picture or two of 500 lie on the other side of a boundary.
    #expect(abs(try accuracy(["--protocol", "logistic"]) - golden.linearProbe) <= 2.01 / 500)
  }

  @Test("Figures against the time step have its axis")
  func againstTimestep() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path)
    let result = try Tool.run([
      "probe", "--features", Self.repa, "--labels", labels, "--layers", "2-3", "--protocol", "ridge",
      "--against",
      "timestep", "--plot", "\(folder.path)/curve.svg",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let figure = try String(contentsOfFile: "\(folder.path)/curve.svg", encoding: .utf8)
    #expect(figure.contains("layer 2, time step t 0.5"))
  }

  @Test("The reference's own accuracy, confusion matrices, classes, figures")
  func outputs() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path)
    let result = try Tool.run([
      "probe", "--features", Self.repa, "--reference", Self.encoder, "--labels", labels, "--layers", "2-3",
      "--protocol", "ridge", "--top5", "--csv", "\(folder.path)/t.csv", "--plot", "\(folder.path)/curve.svg",
      "--confusion", "\(folder.path)/confusion.csv", "--confusion-plot", "\(folder.path)/confusion.svg",
      "--classes", "\(folder.path)/classes.csv",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let table = try MeasurementTable(contentsOfCSV: "\(folder.path)/t.csv")
    let encoder = table.rows.filter { $0.model == "dinov2" && $0.metric == "linear-probe" }
    #expect(encoder.count == 1 && encoder[0].value > 0.85)
    #expect(table.metrics == ["linear-probe", "linear-probe-top5"])
    let ending = ["csv", "svg"].flatMap { ending in
      ["dinov2-patch_mean", "repa-layer2-t0.5", "repa-layer3-t0.5"].map { "confusion-\($0).\(ending)" }
    }
    #expect(
      try folder.contents
        == (ending + [
          "classes.csv", "curve-linear-probe.svg", "curve-linear-probe-top5.svg", "labels.csv", "t.csv",
        ]).sorted())
    let confusion = try String(contentsOfFile: "\(folder.path)/\(ending[0])", encoding: .utf8)
    let lines = confusion.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.count == 11 && lines[0] == ["label", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    let correct = (0..<10).reduce(0) { $0 + Int(lines[$1 + 1][$1 + 1])! }
    #expect(Double(correct) / 170 == encoder[0].value)
    // What is written can be drawn again.
    #expect(
      try Tool.run(["plot", "\(folder.path)/\(ending[0])", "--output", "\(folder.path)/again.svg"]).status
        == 0)
    let classes = try String(contentsOfFile: "\(folder.path)/classes.csv", encoding: .utf8)
    #expect(classes.split(separator: "\n").count == 1 + 3 * 10)
  }

  @Test("Training and validation features in files of their own, curves by epoch")
  func twoFiles() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path, split: false)
    let result = try Tool.run([
      "probe", "--train-features", Self.repa, "--val-features", Self.repa, "--labels", labels, "--layers",
      "3",
      "--protocol", "sgd", "--epochs", "4", "--training-curves", "\(folder.path)/curves.csv", "--csv", "-",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("linear-probe"))
    let curves = try String(contentsOfFile: "\(folder.path)/curves.csv", encoding: .utf8)
    let lines = curves.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[1].hasPrefix("repa,,3,0.5,1,"))
  }

  @Test("A fraction drawn by seed; the same for any number of threads and any memory")
  func fraction() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path, split: false)
    func table(_ more: [String]) throws -> String {
      let result = try Tool.run(
        [
          "probe", "--features", Self.repa, "--labels", labels, "--val-fraction", "0.2", "--layers", "3",
          "--csv", "-",
        ] + more)
      #expect(result.status == 0, "\(result.errors)")
      return result.output
    }
    let one = try table(["--threads", "1"])
    #expect(try table(["--threads", "3", "--memory", "1MB"]) == one)
    #expect(try table(["--seed", "1"]) != one)
  }

  @Test(
    "Mistakes end with the right code and a message that helps",
    arguments: [
      ([], 64, "--features"), (["--protocol", "svm"], 64, "there is no protocol svm"),
      (["--protocol", "ridge", "--k", "3"], 64, "--k is no setting of the protocol ridge"),
      (["--protocol", "knn", "--k", "0"], 64, "--k is 0"),
      (["--c", "0"], 64, "--c is 0.0; it is one positive number"),
      (["--protocol", "repa", "--batch-size", "1"], 64, "--batch-size"),
      (["--memory", "much"], 64, "--memory"),
      (["--val-fraction", "1"], 64, "--val-fraction is 1"),
      (["--training-curves", "x.csv"], 64, "has no epochs"),
      (["--val-fraction", "0.2"], 65, "leave out the fraction"), (["--layers", "9"], 65, "no layer 9"),
      (["--protocol", "knn", "--k", "400"], 65, "there are 330 training samples"),
      (["--labels", "none.csv"], 66, "none.csv"), (["--labels", "folders"], 65, "have no names"),
      (["--labels", "fixtures/mnist/split.csv"], 65, "have no names"),
      (["--confusion", "/nowhere/x.csv"], 73, "/nowhere"),
    ] as [([String], Int32, String)])
  func mistakes(words: [String], status: Int32, message: String) throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path)
    let common = words.contains("--labels") ? [] : ["--labels", labels]
    let result = try Tool.run(
      ["probe"] + (words.isEmpty ? [] : ["--features", Self.repa]) + common + words)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output == "")
  }

  @Test("The level of the intervals is that of the classes too")
  func level() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path)
    func widths(_ level: String) throws -> [Double] {
      let classes = "\(folder.path)/\(level).csv"
      let result = try Tool.run([
        "probe", "--features", Self.encoder, "--labels", labels, "--protocol", "ridge", "--level", level,
        "--classes", classes,
      ])
      #expect(result.status == 0, "\(result.errors)")
      let lines = try String(contentsOfFile: classes, encoding: .utf8).split(separator: "\n").dropFirst()
      return try lines.map { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        let (low, high) = (Double(fields[8]), Double(fields[9]))
        return try #require(high) - #require(low)
      }
    }
    let (narrow, wide) = (try widths("0.5"), try widths("0.99"))
    #expect(narrow.count == 10)
    #expect(zip(narrow, wide).allSatisfy { $0 < $1 })
  }

  @Test("Labels are not written over")
  func overwriting() throws {
    let folder = try TemporaryFolder()
    let labels = try Self.writeLabels(to: folder.path)
    let result = try Tool.run(["probe", "--features", Self.repa, "--labels", labels, "--csv", labels])
    #expect(result.status == 64)
    #expect(result.errors.contains("would be written over"), "\(result.errors)")
    // Labels in an archive of arrays, named with a #.
    let archive = "\(Tool.features)/val_dinov2_tiny.safetensors"
    let copy = "\(folder.path)/labels.safetensors"
    try FileManager.default.copyItem(atPath: archive, toPath: copy)
    let named = try Tool.run([
      "probe", "--features", Self.repa, "--labels", "\(copy)#labels", "--val-fraction", "0.2", "--csv", copy,
    ])
    #expect(named.status != 0)
    #expect(try Data(contentsOf: URL(filePath: copy)) == Data(contentsOf: URL(filePath: archive)))
  }
}
