import ArgumentParser
import RepScope

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
