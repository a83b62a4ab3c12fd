import Foundation
import RepScope
import TestSupport
import Testing

@Suite struct StatisticsTests {
  private static let inputs = [
    "align", "--features", ToolTests.model, "--reference", ToolTests.reference, "--layers", "1,3",
  ]

  @Test("align calibrates, aggregates, controls false discoveries and gives intervals, whatever the threads")
  func statistics() throws {
    let tables = try ["1", "3"].map { threads in
      let result = try Tool.run(
        Self.inputs + [
          "--permutations", "39", "--aggregate", "max", "--fdr", "0.1", "--intervals", "jackknife",
          "--resamples",
          "5", "--seed", "7", "--csv", "-", "--threads", threads,
        ])
      #expect(result.status == 0 && result.errors == "", "\(result.errors)")
      return try MeasurementTable(csv: result.output)
    }
    #expect(tables[0] == tables[1])
    let rows = tables[0].rows
    #expect(rows.map(\.layer) == [1, 3, nil])
    #expect(rows.allSatisfy { $0.pValue == 0.025 && $0.qValue == 0.025 && $0.nullThreshold != nil })
    #expect(rows.map { $0.ciLow != nil } == [true, true, false])
    #expect(rows[2].value == rows[1].value)
    #expect(
      rows[2].parameters
        == "aggregate=max;alpha=0.05;confidence=0.95;fdr=0.1;intervals=jackknife;k=10;normalize=l2;pairs=2;"
        + "permutations=39;resamples=5;seed=7")
  }

  @Test("align measures sample sizes and draws values against them; plot does so again")
  func sampleSizes() throws {
    let folder = try TemporaryFolder()
    let table = "\(folder.path)/table.csv"
    let result = try Tool.run(
      Self.inputs + ["--sample-sizes", "60,120", "--csv", table, "--plot", "\(folder.path)/1.svg"])
    #expect(result.status == 0)
    #expect(try MeasurementTable(contentsOfCSV: table).rows.map(\.samples).sorted() == [60, 60, 120, 120])
    let plot = try Tool.run(["plot", table, "--against", "samples", "--output", "\(folder.path)/2.svg"])
    #expect(plot.status == 0)
    let figures = try ["1", "2"].map {
      try String(contentsOfFile: "\(folder.path)/\($0).svg", encoding: .utf8)
    }
    #expect(figures[0] == figures[1])
  }

  @Test("A rate of false discoveries that no permutations can reach is said, after everything is measured")
  func tinyRate() throws {
    let result = try Tool.run(Self.inputs + ["--permutations", "19", "--fdr", "1e-300", "--csv", "-"])
    #expect(result.status == 0)
    #expect(result.errors.contains("no possible number of permutations"), "\(result.errors)")
    #expect(try MeasurementTable(csv: result.output).rows.allSatisfy { $0.qValue != nil })
  }

  @Test(
    "Settings that can have no result are told",
    arguments: [
      (["--permutations", "10"], 64, "it takes 19"), (["--fdr", "0.1"], 64, "--fdr needs --permutations"),
      (["--permutations", "99", "--fdr", "1"], 64, "--fdr is 1.0"),
      (["--aggregate", "mean"], 64, "--aggregate needs --permutations"),
      (["--alpha", "0"], 64, "--alpha is 0.0"),
      (["--resamples", "9"], 64, "--resamples needs --intervals"),
      (["--confidence", "2"], 64, "--confidence is 2.0"),
      (["--sample-sizes", "0"], 64, "--sample-sizes"),
      (["--sample-sizes", "501"], 65, "there are 500 samples, and values on 501"),
      (["--intervals", "bootstrap"], 65, "its own nearest neighbor"),
      (["--plot", "x.svg", "--against", "width"], 64, "--against"),
      (["--against", "layer"], 64, "give --plot FILE too"),
      (
        ["--permutations", "10", "--alpha", "1e-300"], 64,
        "--alpha is 1e-300; the 100000000 permutations that are possible give no p-value that small"
      ),
      (["--permutations", "0"], 64, "--permutations is 0; it lies between 1 and 100000000"),
      (["--alpha", "0.1"], 64, "--alpha needs --permutations"),
      (["--confidence", "0.9"], 64, "--confidence needs --intervals"),
      (["--clamp-quantile", "0.9"], 64, "--clamp-quantile needs --clamp"),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let result = try Tool.run(Self.inputs + arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output == "")
  }
}
