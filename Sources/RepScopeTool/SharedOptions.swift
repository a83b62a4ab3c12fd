import ArgumentParser
import RepScope

/// How metrics are computed: the same wherever a command measures.
struct MetricOptions: ParsableArguments {
  @Option(
    name: .customLong("metric"), parsing: .singleValue,
    help: ArgumentHelp(
      "Metric to measure; repeat for several. One of: \(Metric.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"))
  var metricNames: [String] = ["cknna"]

  @Option(
    help: ArgumentHelp("Neighbors of a sample, for the metrics that look at neighbors.", valueName: "k"))
  var k = 10

  @Option(help: ArgumentHelp("Width of the Gaussian kernel of cka-rbf.", valueName: "width"))
  var sigma = 1.0

  @Option(help: "What is done to every row first: l2 (divide by its length) or none.")
  var normalize: Normalization = .l2

  @Option(
    help: ArgumentHelp(
      "Clamp outliers before that, as the Platonic Representation code does: none, mean or exact.",
      valueName: "kind"))
  var clamp: ClampKind = .none

  @Option(help: ArgumentHelp("Quantile of |x| at which to clamp.", valueName: "q"))
  var clampQuantile = 0.95

  enum ClampKind: String, ExpressibleByArgument, CaseIterable {
    case none
    case mean
    case exact
  }

  var settings: AlignmentSettings {
    let clamp: OutlierClamp =
      switch clamp {
      case .none: .none
      case .mean: .mean(quantile: clampQuantile)
      case .exact: .exact(quantile: clampQuantile)
      }
    return AlignmentSettings(k: k, sigma: sigma, normalization: normalize, clamp: clamp)
  }

  func metrics() throws -> [Metric] {
    try metricNames.reduce(into: []) { metrics, name in
      guard let metric = Metric.named(name) else {
        throw ValidationError(
          "there is no metric \(name); the metrics are \(Metric.all.map(\.name).joined(separator: ", "))")
      }
      if !metrics.contains(where: { $0.name == name }) { metrics.append(metric) }
    }
  }

  mutating func validate() throws {
    _ = try metrics()
    guard k >= 1 else { throw ValidationError("--k is \(k); a sample has at least 1 neighbor") }
    guard sigma > 0, sigma.isFinite else { throw ValidationError("--sigma is \(sigma); it must be positive") }
    guard clampQuantile >= 0, clampQuantile <= 1 else {
      throw ValidationError("--clamp-quantile is \(clampQuantile); it lies between 0 and 1")
    }
  }
}

extension Normalization: ExpressibleByArgument {}

/// How many threads to use.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads to use; results do not depend on it. By default one per processor.", valueName: "n"))
  var threads: Int?

  var value: Threads { threads.map(Threads.init) ?? .all }

  mutating func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1") }
  }
}

/// Where a table goes.
struct TableOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the tidy table as CSV; - for standard output and nothing else there.", valueName: "file"))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Write the table as JSON; - for standard output and nothing else there.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Draw a figure a metric, by ending: .png, .svg or .pdf. With several metrics the metric's name is put before the ending.",
      valueName: "file"))
  var plot: String?

  mutating func validate() throws {
    if csv == "-", json == "-" {
      throw ValidationError("--csv - and --json - cannot both have standard output")
    }
    if let plot { _ = try FigurePath(plot) }
  }

  /// Writes what was asked for, and the table for people where standard output is free for it.
  func write(_ table: MeasurementTable) throws {
    try write(csv, try table.csv()) { try table.writeCSV(to: $0) }
    try write(json, try table.json()) { try table.writeJSON(to: $0) }
    if let plot {
      let path = try FigurePath(plot)
      for metric in table.metrics {
        let file = table.metrics.count == 1 ? plot : path.inserting(metric)
        try LineChart(table, metric: metric).write(to: file)
        Console.note("wrote \(file)")
      }
    }
    if csv != "-", json != "-" { Console.write(table.textTable(), to: 1) }
  }

  private func write(
    _ path: String?, _ text: @autoclosure () throws -> String, _ write: (String) throws -> Void
  ) throws {
    guard let path else { return }
    if path == "-" {
      Console.write(try text(), to: 1)
    } else {
      try write(path)
      Console.note("wrote \(path)")
    }
  }
}

/// A figure's file name, which must end in a format that can be drawn.
struct FigurePath {
  private let stem: String
  private let ending: String

  init(_ path: String) throws {
    guard let dot = path.lastIndex(of: "."),
      FigureFormat(rawValue: path[path.index(after: dot)...].lowercased()) != nil
    else {
      let known = FigureFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw ValidationError("\(path) is no figure's name: it must end in one of \(known)")
    }
    stem = String(path[..<dot])
    ending = String(path[dot...])
  }

  func inserting(_ metric: String) -> String { "\(stem)-\(metric)\(ending)" }
}
