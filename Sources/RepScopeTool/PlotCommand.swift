import ArgumentParser
import RepScope

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Tables drawn again, without computing anything.",
    discussion: """
      Tables are CSV files that repscope wrote; several are drawn as one. Their rows become lines against layer, \
      heat maps by layer and time step (or layer and the reference's layer), or with --kind scatter points of one \
      metric against another. A confusion matrix (a CSV file whose header begins with label) becomes a heat map.

      EXAMPLES
        repscope plot table.csv --output curves.pdf
        repscope plot table.csv --metric cknna --model repa --output repa.svg
        repscope plot table.csv --kind heatmap --metric cknna --output heat.pdf
        repscope plot align.csv fidelity.csv --kind scatter --x fid --y cknna \\
            --output scatter.pdf
        repscope plot confusion.csv --output confusion.png
      """)

  @Argument(
    help: ArgumentHelp("Tables that repscope wrote; several are drawn as one.", valueName: "table.csv"),
    completion: .file(extensions: ["csv"]))
  var tables: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The figure: .png, .svg or .pdf. With several metrics the metric's name is put before the ending.",
      valueName: "file"), completion: .file(extensions: ["png", "svg", "pdf"]))
  var output: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Draw this metric only; repeat for several.", valueName: "name"),
    completion: .list(MetricDescriptions.all.map(\.name)))
  var metric: [String] = []

  @Option(
    parsing: .singleValue, help: ArgumentHelp("Draw this model only; repeat for several.", valueName: "name"))
  var model: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Draw this reference only; repeat for several.", valueName: "name"))
  var reference: [String] = []

  @Option(help: ArgumentHelp("What is drawn: lines, heatmap or scatter.", valueName: "kind"))
  var kind: Kind = .lines

  @Option(help: ArgumentHelp("The metric on the horizontal axis of a scatter chart.", valueName: "name"))
  var x: String?

  @Option(help: ArgumentHelp("The metric on the vertical axis of a scatter chart.", valueName: "name"))
  var y: String?

  @Option(
    help: ArgumentHelp(
      "A point of a scatter chart: checkpoint, at the highest value of its layers and time steps, or each pair of "
        + "measurements. By default checkpoint where only one of the metrics has layers.", valueName: "what"))
  var points: ScatterChart.Points?

  @Option(
    help: ArgumentHelp(
      "What to draw against: layer; timestep or samples, a line a layer, or an aggregate's where there is one.",
      valueName: "axis"))
  var against: Abscissa = .layer

  @Option(help: "The figure's title.")
  var title: String?

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case lines
    case heatmap
    case scatter
  }

  mutating func validate() throws {
    if tables.isEmpty { throw ValidationError("no table: give a CSV file that repscope align wrote") }
    _ = try FigurePath(output)
    guard kind == .scatter else {
      if x != nil || y != nil || points != nil {
        throw ValidationError("--x, --y and --points are for --kind scatter")
      }
      return
    }
    guard let x, let y, x != y else {
      throw ValidationError("a scatter chart needs two metrics, such as --x fid --y cknna")
    }
    guard metric.isEmpty else {
      throw ValidationError("--metric is not for --kind scatter: give --x and --y")
    }
  }

  func run() throws {
    if let file = try tables.first(where: { try HeatMap.isConfusionCSV($0) }) {
      return try drawConfusion(file)
    }
    var table = MeasurementTable()
    for path in tables { table.rows += try MeasurementTable(contentsOfCSV: path).rows }
    let source = tables.joined(separator: ", ")
    guard !table.rows.isEmpty else {
      throw TableError(
        code: .badValue, place: nil, field: source, found: "no rows", expected: "one for each measurement")
    }
    let metrics = metric + [x, y].compactMap(\.self)
    try Self.check(metrics, "metric", among: table.metrics, of: source)
    try Self.check(model, "model", among: table.models, of: source)
    try Self.check(reference, "reference", among: table.references, of: source)
    // Each metric of a scatter chart may have references of its own.
    let chosen = Set(
      table.metrics.filter { metric in
        let known = table.filter(metric: metric).references
        return kind != .scatter || reference.contains(where: known.contains)
      })
    table = table.filter {
      (metrics.isEmpty || metrics.contains($0.metric)) && (model.isEmpty || model.contains($0.model))
        && (reference.isEmpty || !chosen.contains($0.metric) || reference.contains($0.reference))
    }
    guard !table.rows.isEmpty else {
      throw ValidationError("no row of \(source) has the metrics, models and references asked for together")
    }
    switch kind {
    case .lines:
      try write(table.metrics.map { ($0, try LineChart(table, metric: $0, against: against, title: title)) })
      {
        try $0.write(to: $1)
      }
    case .heatmap:
      let maps = try table.metrics.flatMap { metric in
        let maps = try HeatMap.maps(of: table, metric: metric)
        return maps.map { (maps.count == 1 ? metric : "\(metric)-\(Self.fileName($0.name))", $0.map) }
      }
      try write(maps) { map, file in
        var map = map
        map.title = title ?? map.title
        try map.write(to: file)
      }
    case .scatter:
      let chart = try ScatterChart(table, x: x ?? "", y: y ?? "", points: points, title: title)
      try write([("", chart)]) { try $0.write(to: $1) }
    }
  }

  private func drawConfusion(_ file: String) throws {
    guard tables.count == 1, kind != .scatter, metric.isEmpty, model.isEmpty, reference.isEmpty else {
      throw ValidationError("\(file) is a confusion matrix, which is drawn alone and without choices")
    }
    let map = try HeatMap(contentsOfConfusionCSV: file, title: title ?? "Confusion matrix")
    try write([("", map)]) { try $0.write(to: $1) }
  }

  /// Writes figures with their names put before the ending where there are several.
  private func write<Figure>(
    _ figures: [(name: String, figure: Figure)], _ write: (Figure, String) throws -> Void
  )
    throws
  {
    let files = try FigurePath(output).names(for: figures.map(\.name))
    try OutputFiles(files).check(against: tables)
    for (figure, file) in zip(figures, files) {
      try write(figure.figure, file)
      Console.note("wrote \(file)")
    }
  }

  /// A name that a file can have.
  private static func fileName(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
  }

  /// Whether the table has everything that is asked for.
  private static func check(_ asked: [String], _ kind: String, among known: [String], of source: String)
    throws
  {
    guard let missing = asked.first(where: { !known.contains($0) }) else { return }
    throw ValidationError(
      "\(source) has no \(kind) \(missing.isEmpty ? "without a name" : missing); it has \(known.joined(separator: ", "))"
    )
  }
}

extension ScatterChart.Points: ExpressibleByArgument {}
