import ArgumentParser
import RepScope

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw the curves of a table again, without computing anything.",
    discussion: """
      EXAMPLES
        repscope plot table.csv --output curves.pdf
        repscope plot table.csv --metric cknna --model repa --output repa.svg
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

  @Option(help: "The figure's title.")
  var title: String?

  mutating func validate() throws {
    if tables.isEmpty { throw ValidationError("no table: give a CSV file that repscope align wrote") }
    _ = try FigurePath(output)
  }

  func run() throws {
    var table = MeasurementTable()
    for path in tables { table.rows += try MeasurementTable(contentsOfCSV: path).rows }
    let source = tables.joined(separator: ", ")
    guard !table.rows.isEmpty else {
      throw TableError(
        code: .badValue, place: nil, field: source, found: "no rows", expected: "one for each measurement")
    }
    try Self.check(metric, "metric", among: table.metrics, of: source)
    try Self.check(model, "model", among: table.models, of: source)
    try Self.check(reference, "reference", among: table.references, of: source)
    table = table.filter {
      (metric.isEmpty || metric.contains($0.metric)) && (model.isEmpty || model.contains($0.model))
        && (reference.isEmpty || reference.contains($0.reference))
    }
    guard !table.rows.isEmpty else {
      throw ValidationError("no row of \(source) has the metrics, models and references asked for together")
    }
    let files = try FigurePath(output).names(for: table.metrics)
    try OutputFiles(files).check(against: tables)
    for (metric, file) in zip(table.metrics, files) {
      try LineChart(table, metric: metric, title: title).write(to: file)
      Console.note("wrote \(file)")
    }
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
