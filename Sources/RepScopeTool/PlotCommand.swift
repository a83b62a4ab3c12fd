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
    help: ArgumentHelp("Tables that repscope wrote; several are drawn as one.", valueName: "table.csv"))
  var tables: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The figure: .png, .svg or .pdf. With several metrics the metric's name is put before the ending.",
      valueName: "file"))
  var output: String

  @Option(
    parsing: .singleValue, help: ArgumentHelp("Draw this metric only; repeat for several.", valueName: "name")
  )
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
    let all = table
    table = table.filter {
      (metric.isEmpty || metric.contains($0.metric)) && (model.isEmpty || model.contains($0.model))
        && (reference.isEmpty || reference.contains($0.reference))
    }
    guard !table.rows.isEmpty else {
      throw ValidationError(
        "no row of \(tables.joined(separator: ", ")) is left to draw: it has the metrics "
          + "\(all.metrics.joined(separator: ", ")), the models \(all.models.joined(separator: ", ")) and the references "
          + all.references.joined(separator: ", "))
    }
    let path = try FigurePath(output)
    for metric in table.metrics {
      let file = table.metrics.count == 1 ? output : path.inserting(metric)
      try LineChart(table, metric: metric, title: title).write(to: file)
      Console.note("wrote \(file)")
    }
  }
}
