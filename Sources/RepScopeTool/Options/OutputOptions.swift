import ArgumentParser
import RepScope

/// Where a table goes.
struct TableOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write the tidy table as CSV; - for standard output and nothing else there.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Write the table as JSON; - for standard output and nothing else there.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Draw a figure a metric, by ending: .png, .svg or .pdf. With several metrics the metric's name is put before the ending.",
      valueName: "file"), completion: .file(extensions: ["png", "svg", "pdf"]))
  var plot: String?

  @Option(
    help: ArgumentHelp(
      "What figures are drawn against: layer; timestep, step or samples, a line a layer, or an aggregate's where there is one.",
      valueName: "axis"))
  var against: Abscissa?

  @OptionGroup var look: FigureOptions

  mutating func validate() throws {
    if csv == "-", json == "-" {
      throw ValidationError("--csv - and --json - cannot both have standard output")
    }
    for (option, path) in [("--csv", csv), ("--json", json)] where path == "" {
      throw ValidationError("\(option) has no file name")
    }
    if let plot { _ = try FigurePath(plot) }
    if against == .size {
      throw ValidationError(
        "--against size needs the models' sizes: write --csv, and draw with repscope plot --sizes")
    }
    if against != nil, plot == nil {
      throw ValidationError("--against is about figures; give --plot FILE too")
    }
  }

  /// Whether there is something to draw against, before it is computed.
  ///
  /// - Parameters:
  ///   - keys: The models' representations.
  ///   - path: Where the first of them are.
  ///   - abscissa: What figures are drawn against where --against does not say.
  /// - Throws: `FeatureError` for figures by layer without a layer.
  func checkAbscissa(_ keys: [FeatureKey], of path: String, against abscissa: Abscissa = .layer) throws {
    guard plot != nil, (against ?? abscissa) == .layer, !keys.contains(where: { $0.layer != nil }) else {
      return
    }
    throw FeatureError(
      .notFound, path: path,
      "there is no layer, which --plot needs; names of files or tensors give it, such as layer08.npy or t0.5/layer08, "
        + "or an array [samples, layers, dimensions]")
  }

  /// Looks whether everything can be written, before it is computed.
  ///
  /// - Parameters:
  ///   - tables: Further files that the command writes.
  ///   - inputs: Further files that it reads.
  /// - Throws: `ValidationError` or `FileError`.
  func check(
    metrics: [String], sources: [any FeatureSource], tables: [String] = [], inputs: [String] = []
  ) throws {
    let figures = try plot.map { try FigurePath($0).names(for: metrics) } ?? []
    try OutputFiles([csv, json].compactMap(\.self).filter { $0 != "-" } + figures + tables).check(
      against: sources.map(\.path) + inputs)
  }

  /// Writes what was asked for, and the table for people where standard output is free for it.
  ///
  /// What cannot be written keeps nothing else from being written: the numbers may have taken hours.
  ///
  /// - Parameters:
  ///   - abscissa: What figures are drawn against where --against does not say.
  ///   - more: Writes what else the command has.
  func write(
    _ table: MeasurementTable, against abscissa: Abscissa = .layer, more: () throws -> Void = {}
  ) throws {
    let abscissa = against ?? abscissa
    var failure: (any Error)?
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { failure = failure ?? error }
    }
    attempt { try write(csv) { try table.writeCSV(to: $0) } }
    attempt { try write(json) { try table.writeJSON(to: $0) } }
    attempt(more)
    if let plot {
      for (metric, file) in zip(table.metrics, try FigurePath(plot).names(for: table.metrics)) {
        attempt {
          try LineChart(table, metric: metric, against: abscissa).write(to: file, look)
          Console.note("wrote \(file)")
        }
      }
    }
    // Last: where standard output cannot be written the process ends.
    if csv == "-" {
      attempt { Console.writeData(try table.csv()) }
    } else if json == "-" {
      attempt { Console.writeData(try table.json()) }
    } else {
      Console.write(table.textTable(), to: 1)
    }
    if let failure { throw failure }
  }

  private func write(_ path: String?, _ write: (String) throws -> Void) throws {
    guard let path, path != "-" else { return }
    try write(path)
    Console.note("wrote \(path)")
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

  /// A name a figure: the path itself where there is one metric only.
  func names(for metrics: [String]) -> [String] {
    metrics.count == 1 ? [stem + ending] : metrics.map { "\(stem)-\($0)\(ending)" }
  }
}
