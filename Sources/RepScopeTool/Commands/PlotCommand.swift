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

      A study writes beside its figures the commands that draw them again: figures/commands.sh.

      EXAMPLES
        repscope plot table.csv --output curves.pdf
        repscope plot table.csv --metric cknna --model repa --output repa.svg
        repscope plot table.csv --metric cknna --panels timestep \\
            --theme dark --output panels.svg
        repscope plot table.csv --metric cknna --best --against step \\
            --width 3.3in --output figure2c.pdf
        repscope plot probe.csv --published sit-xl-2-repa --output beside.pdf
        repscope plot --published list
        repscope plot table.csv --kind heatmap --metric cknna --output heat.pdf
        repscope plot align.csv fidelity.csv --kind scatter --x fid --y cknna \\
            --output scatter.pdf
        repscope plot confusion.csv --output confusion.png
      """)

  @Argument(
    help: ArgumentHelp("Tables that repscope wrote; several are drawn as one.", valueName: "table.csv"),
    completion: .file(extensions: ["csv"]))
  var tables: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The figure: .png, .svg or .pdf. With several metrics the metric's name is put before the ending.",
      valueName: "file"), completion: .file(extensions: ["png", "svg", "pdf"]))
  var output: String?

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

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Draw this time step only, and what has none; repeat for several.", valueName: "t"))
  var timestep: [Double] = []

  @Option(help: ArgumentHelp("What is drawn: lines, heatmap or scatter.", valueName: "kind"))
  var kind: Kind = .lines

  @Option(
    help: ArgumentHelp(
      "What lines are drawn against: layer; timestep, step, samples or size, a line a layer, or an aggregate's where there is one.",
      valueName: "axis"))
  var against: Abscissa = .layer

  @Flag(
    help:
      "Draw of every curve over layers the best layer only, against timestep, step or size, or as scatter.")
  var best = false

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The models' sizes in millions of parameters, for --against size: SiT-B/2=130,SiT-L/2=458.",
      valueName: "name=n,..."))
  var sizes: [String] = []

  @Option(
    help: ArgumentHelp(
      "Small multiples, a panel for each: \(PanelFigure.Fact.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "what"))
  var panels: PanelFigure.Fact?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Draw published linear-probe accuracies beside the table's; repeat for several. list prints what there is.",
      valueName: "name"), completion: .list(PublishedValues.all.map(\.name) + ["list"]))
  var published: [String] = []

  @Option(help: ArgumentHelp("The metric on the horizontal axis of a scatter chart.", valueName: "name"))
  var x: String?

  @Option(help: ArgumentHelp("The metric on the vertical axis of a scatter chart.", valueName: "name"))
  var y: String?

  @Option(
    help: ArgumentHelp(
      "A point of a scatter chart: checkpoint, at the highest value of its layers and time steps, or each pair of "
        + "measurements. By default checkpoint where only one of the metrics has layers.", valueName: "what"))
  var points: ScatterChart.Points?

  @Option(help: "The figure's title.")
  var title: String?

  @OptionGroup var look: FigureOptions

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case lines
    case heatmap
    case scatter
  }

  mutating func validate() throws {
    if published.contains("list") {
      guard published.count == 1, tables.isEmpty, output == nil else {
        throw ValidationError(
          "--published list prints what there is and does nothing else; leave out tables, --output and other names"
        )
      }
      return
    }
    if tables.isEmpty { throw ValidationError("no table: give a CSV file that repscope align wrote") }
    guard let output else { throw ValidationError("no figure: give --output FILE") }
    _ = try FigurePath(output)
    if kind == .scatter {
      guard let x, let y, x != y else {
        throw ValidationError("a scatter chart needs two metrics, such as --x fid --y cknna")
      }
      guard metric.isEmpty else {
        throw ValidationError("--metric is not for --kind scatter: give --x and --y")
      }
    } else if x != nil || y != nil || points != nil {
      throw ValidationError("--x, --y and --points are for --kind scatter")
    }
    for t in timestep where !(t >= 0 && t <= 1) {
      throw ValidationError("--timestep is \(t); a time step lies between 0 and 1")
    }
    let names = try parsedSizes()
    if against == .size, names.entries.isEmpty {
      throw ValidationError("--against size needs --sizes NAME=MILLIONS,...")
    }
    if against != .size, !names.entries.isEmpty { throw ValidationError("--sizes is for --against size") }
    // What is drawn may not be known yet; a figure of nothing in particular tells of the other choices.
    let figure = try description(of: metric.isEmpty ? [y ?? PublishedValues.metric] : metric)
    for conflict in figure.conflicts where conflict.key != "metric" {
      let option = ["x": "against", "against": "x"][conflict.key] ?? conflict.key
      throw ValidationError("--\(option): \(conflict.message)")
    }
  }

  func run() throws {
    if published.contains("list") { return Console.write(PublishedValues.list, to: 1) }
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
    let times = Set(table.rows.compactMap(\.timestep)).sorted()
    if let missing = timestep.first(where: { !times.contains($0) }) {
      let known = times.map(\.description).joined(separator: ", ")
      throw ValidationError("\(source) has no time step \(missing); it has \(known.isEmpty ? "none" : known)")
    }
    var drawn = metric.isEmpty ? table.metrics : metric
    if !published.isEmpty, metric.isEmpty, panels != .metric {
      drawn = drawn.filter { $0 == PublishedValues.metric }
      guard !drawn.isEmpty else {
        throw ValidationError(
          "--published: published are values of \(PublishedValues.metric), which \(source) has not")
      }
    }
    // A metric none of whose rows are asked for has no figure.
    let together = try panels == .metric ? description(of: drawn).rows(of: table).metrics : []
    drawn = try drawn.filter { metric in
      try together.contains(metric) || !description(of: [metric]).rows(of: table).rows.isEmpty
    }
    guard kind == .scatter || !drawn.isEmpty else {
      throw ValidationError("no row of \(source) has the metrics, models and references asked for together")
    }
    try draw(table, metrics: drawn)
  }
}
