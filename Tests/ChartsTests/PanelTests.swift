import Curves
import Features
import Testing

@testable import Charts

@Suite struct PanelTests {
  private typealias Row = MeasurementTable.Row

  /// Curves of models at time steps against references, by formula, and an encoder.
  private static func table(
    models: Int = 2, steps: [Int?] = [10_000], timesteps: Int = 4, references: Int = 1, layers: Int = 8,
    metrics: [String] = ["cknna"], name: String = "model ", scale: Double = 1, calibrated: Bool = false
  ) -> MeasurementTable {
    var rows: [Row] = []
    for metric in metrics {
      for reference in 0..<references {
        for model in 0..<models {
          for step in steps {
            for time in 0..<timesteps {
              for layer in 1...layers {
                let value = scale * Double((layer * 7 + model * 3 + time * 5) % 11 + reference) / 13
                rows.append(
                  Row(
                    model: "\(name)\(model)", step: step, layer: LayerLabel(layer),
                    timestep: Double(time + 1) / Double(timesteps + 1), reference: "encoder \(reference)",
                    metric: metric, parameters: metric == "cknna" ? "k=10" : "", samples: 500, value: value,
                    ciLow: calibrated ? value - 0.1 : nil, ciHigh: calibrated ? value + 0.1 : nil,
                    nullThreshold: calibrated ? 0.2 : nil))
              }
            }
          }
        }
        for other in ["mae", "an encoder with a longer name"] {
          rows.append(
            Row(
              model: other, layer: LayerLabel("final"), reference: "encoder \(reference)", metric: metric,
              parameters: metric == "cknna" ? "k=10" : "", samples: 500, value: scale * 0.4))
        }
      }
    }
    return MeasurementTable(rows)
  }

  private static let figures: [(name: String, make: @Sendable () throws -> PanelFigure)] = [
    ("time steps", { try lines(table(), .timestep) }),
    ("one panel", { try lines(table(timesteps: 1), .timestep) }),
    ("five panels, with bands", { try lines(table(timesteps: 5, calibrated: true), .timestep) }),
    ("thirteen panels", { try lines(table(timesteps: 13, layers: 28), .timestep) }),
    ("references", { try lines(table(timesteps: 2, references: 3), .reference) }),
    ("models", { try lines(table(models: 3), .model) }),
    (
      "models with long names",
      { try lines(table(models: 4, name: "a-model-with-a-name-as-long-as-a-sentence-"), .model) }
    ),
    ("training steps", { try lines(table(steps: [500, 2000, 400_000], timesteps: 1), .step) }),
    ("fourteen series", { try lines(table(models: 14, timesteps: 3), .timestep) }),
    (
      "forty long series",
      { try lines(table(models: 40, timesteps: 2, name: "transformer-with-a-name-that-is-long-"), .timestep) }
    ),
    ("large values", { try lines(table(scale: 1500), .timestep) }),
    ("tiny values", { try lines(table(scale: 1e-6), .timestep) }),
    (
      "metrics",
      {
        try PanelFigure(
          linesOf: table(timesteps: 1, metrics: ["cknna", "cka", "mutual-knn"]),
          metrics: ["cknna", "cka", "mutual-knn"], panels: .metric)
      }
    ),
    ("heat maps of models", { try maps(table(models: 3), .model) }),
    ("heat maps of references", { try maps(table(models: 1, references: 4, layers: 28), .reference) }),
    ("heat map alone", { try maps(table(models: 1), .model) }),
    (
      "heat maps of many steps",
      { try maps(table(models: 1, steps: [500, 2000, 10_000, 400_000, 4_000_000], timesteps: 3), .step) }
    ),
    (
      "heat maps of metrics",
      {
        try PanelFigure(
          heatMapsOf: table(models: 1, metrics: ["cknna", "cka"]), metrics: ["cknna", "cka"], panels: .metric)
      }
    ),
    (
      "layers against layers", { try PanelFigure(heatMapsOf: matrices, metrics: ["cka"], panels: .reference) }
    ),
    (
      "long titles",
      {
        var figure = try lines(table(), .timestep)
        figure.title = String(repeating: "a title that goes on ", count: 12)
        figure.subtitle = String(repeating: "and-on-without-a-space", count: 12)
        figure.note = String(repeating: "with a note below ", count: 20)
        return figure
      }
    ),
  ]

  /// Layers against the layers of two references of different depths.
  private static let matrices = MeasurementTable(
    [("dino", 12), ("mae", 5)].flatMap { reference, depth in
      (1...6).flatMap { layer in
        (1...depth).map { other in
          Row(
            model: "sit", layer: LayerLabel(layer), timestep: 0.5, reference: reference,
            referenceLayer: LayerLabel(other), metric: "cka", samples: 10, value: Double(layer * other) / 72)
        }
      }
    })

  private static func lines(_ table: MeasurementTable, _ fact: PanelFigure.Fact) throws -> PanelFigure {
    try PanelFigure(linesOf: table, metrics: ["cknna"], panels: fact)
  }

  private static func maps(_ table: MeasurementTable, _ fact: PanelFigure.Fact) throws -> PanelFigure {
    try PanelFigure(heatMapsOf: table, metrics: ["cknna"], panels: fact)
  }

  private static func layout(
    _ figure: PanelFigure, width: Double, metrics: any FontMetrics
  ) -> (canvas: Canvas, grid: PanelGrid, isHeat: Bool) {
    let size = Size(width: width, height: 100)
    switch figure.content {
    case .lines(let charts, let shares):
      let layout = LinePanelsLayout(
        figure, charts, sharesVertical: shares, size: size, theme: .light, metrics: metrics)
      return (layout.canvas(), layout.grid, false)
    case .heatMaps(let maps):
      let layout = HeatPanelsLayout(figure, maps, size: size, theme: .dark, metrics: metrics)
      return (layout.canvas(), layout.grid, true)
    }
  }

  @Test(arguments: figures.map(\.name), [360.0, 497, 720, 1280])
  func noTextIsCutOrCoversAnotherOrData(name: String, width: Double) throws {
    let figure = try #require(Self.figures.first { $0.name == name }).make()
    for metrics in [PlainFontMetrics(), CairoFontMetrics()] as [any FontMetrics] {
      let (canvas, grid, isHeat) = Self.layout(figure, width: width, metrics: metrics)
      let page = Rectangle(x: 0, y: 0, width: canvas.size.width, height: canvas.size.height)
      let plots = (0..<grid.count).map { grid[$0] }
      for (index, plot) in plots.enumerated() {
        #expect(page.contains(plot))
        for other in plots[(index + 1)...] { #expect(!plot.overlaps(other)) }
      }
      let texts = canvas.texts
      for (index, text) in texts.enumerated() {
        #expect(page.contains(text.box), "\(text.text) at \(text.box) leaves the page of \(page)")
        for plot in plots {
          #expect(
            !text.box.overlaps(plot) || (isHeat && plot.contains(text.box)),
            "\(text.text) at \(text.box) covers the plot at \(plot)")
        }
        for other in texts[(index + 1)...] {
          #expect(
            !text.box.overlaps(other.box), "\(text.text) at \(text.box) covers \(other.text) at \(other.box)")
        }
      }
    }
  }

  @Test(arguments: figures.map(\.name))
  func everyPanelHasItsTitleAndEveryFormatItsBytes(name: String) throws {
    let figure = try #require(Self.figures.first { $0.name == name }).make()
    let all = try figure.canvas(metrics: PlainFontMetrics()).texts.map { $0.text.filter { $0 != " " } }
      .joined()
    for title in figure.panelTitles { #expect(all.contains(title.filter { $0 != " " })) }
    for format in FigureFormat.allCases { #expect(try figure.encoded(as: format, scale: 1).count > 1000) }
  }

  @Test func panelsShareAxesStylesAndOneLegend() throws {
    let figure = try Self.lines(Self.table(timesteps: 5), .timestep)
    guard case .lines(let charts, let shares) = figure.content else { return #expect(Bool(false)) }
    #expect(shares)
    #expect(
      charts.map(\.title) == [
        "t = 0.16666666666666666", "t = 0.3333333333333333", "t = 0.5", "t = 0.6666666666666666",
        "t = 0.8333333333333334",
      ])
    #expect(Set(charts.map { $0.series.map(\.name) }) == [["model 0", "model 1"]])
    #expect(Set(charts.map { $0.series.map(\.style) }).count == 1)
    // What has no time step is in every panel.
    #expect(charts.allSatisfy { $0.referenceLines.map(\.name) == ["mae", "an encoder with a longer name"] })
    let layout = LinePanelsLayout(
      figure, charts, sharesVertical: true, size: Size(width: 720, height: 100), theme: .light,
      metrics: PlainFontMetrics())
    #expect(layout.grid.columns == 3)
    #expect(Set(layout.plots.map(\.scales.verticalRange)).count == 1)
    #expect(layout.plots.map(\.showsVerticalLabels) == [true, false, false, true, false])
    #expect(layout.plots.map(\.showsHorizontalLabels) == [false, false, true, true, true])
    let texts = layout.canvas().texts.map(\.text)
    for name in ["model 0", "mae", "Layer", "CKNNA (k = 10)"] {
      #expect(texts.count { $0 == name } == 1, "\(name)")
    }
  }

  @Test func aCurveThatAPanelLacksKeepsItsStyleInTheOthers() throws {
    let table = Self.table(models: 3, timesteps: 2)
    let first = try #require(table.rows.first?.timestep)
    let gap = table.filter { !($0.model == "model 0" && $0.timestep == first) }
    guard case .lines(let charts, _) = try Self.lines(gap, .timestep).content else { return }
    #expect(
      charts.map { $0.series.map(\.name) } == [["model 1", "model 2"], ["model 1", "model 2", "model 0"]]
        || charts.map { $0.series.map(\.name) } == [
          ["model 1", "model 2"], ["model 0", "model 1", "model 2"],
        ])
    for name in ["model 1", "model 2"] {
      let styles = charts.compactMap { $0.series.first { $0.name == name }?.style }
      #expect(styles.count == 2 && styles[0] == styles[1])
    }
  }

  @Test func modelsAreTitlesAndEncodersLinesInAll() throws {
    guard case .lines(let charts, _) = try Self.lines(Self.table(models: 2, timesteps: 2), .model).content
    else { return }
    #expect(charts.map(\.title) == ["model 0", "model 1"])
    #expect(charts.allSatisfy { $0.referenceLines.map(\.name).contains { $0.contains("mae") } })
    #expect(charts.allSatisfy { $0.series.count == 2 && $0.series.allSatisfy { $0.name.contains("t = ") } })
  }

  @Test func metricsHaveAxesOfTheirOwn() throws {
    var table = Self.table(timesteps: 1, metrics: ["cknna"])
    table.rows += Self.table(timesteps: 1, metrics: ["cka"], scale: 1e4).rows
    let figure = try PanelFigure(linesOf: table, metrics: ["cknna", "cka"], panels: .metric)
    guard case .lines(let charts, let shares) = figure.content else { return }
    #expect(!shares)
    #expect(charts.map(\.title) == ["CKNNA (k = 10)", "CKA"] || charts[0].title == "CKNNA (k = 10)")
    #expect(charts.map { $0.series.map(\.name) } == [["model 0", "model 1"], ["model 0", "model 1"]])
  }

  @Test func heatMapsHaveOneRangeAndTheSameLabels() throws {
    let figure = try PanelFigure(heatMapsOf: Self.matrices, metrics: ["cka"], panels: .reference)
    guard case .heatMaps(let maps) = figure.content else { return }
    #expect(maps.map(\.title) == ["dino", "mae"])
    #expect(maps.allSatisfy { $0.rows.labels == (1...12).reversed().map(String.init) })
    #expect(maps[1].values[0].allSatisfy { $0.isNaN })
    #expect(maps[1].values[11] == (1...6).map { Double($0) / 72 })
    #expect(HeatMap.colorRange(of: maps) == 1.0 / 72...1)
    let texts = try figure.canvas(metrics: PlainFontMetrics()).texts.map(\.text)
    #expect(texts.contains("Hatched: no value."))
    #expect(texts.count { $0 == "CKA" } == 1)
  }

  @Test func whatCannotBePanelsIsAnError() throws {
    let table = Self.table()
    #expect(throws: ChartError.self) {
      try PanelFigure(linesOf: table, metrics: ["cknna"], panels: .timestep, against: .timestep)
    }
    #expect(throws: ChartError.self) { try PanelFigure(linesOf: table, metrics: ["cka"], panels: .model) }
    #expect(throws: ChartError.self) {
      try PanelFigure(linesOf: table, metrics: ["cknna", "cka"], panels: .model)
    }
    let several = try #require(throws: ChartError.self) {
      try PanelFigure(heatMapsOf: table, metrics: ["cknna"], panels: .reference)
    }
    #expect(several.description.contains("the panel encoder 0 fills 2 heat maps"))
  }

  @Test(arguments: ["panels", "heat-panels"])
  func theLayoutIsTheStoredOne(name: String) throws {
    let figure =
      try name == "panels"
      ? PanelFigure(linesOf: TableChartTests.table, metrics: ["cknna"], panels: .timestep)
      : PanelFigure(heatMapsOf: TableChartTests.table, metrics: ["cknna"], panels: .model)
    try expectStored(figure.canvas(metrics: PlainFontMetrics()).listing, as: name)
  }

  private static func row(
    _ model: String, _ layer: Int?, _ timestep: Double? = 0.5, reference: String = "r",
    parameters: String = "k=10", metric: String = "cknna", value: Double = 0.3
  ) -> Row {
    Row(
      model: model, layer: layer.map { LayerLabel($0) } ?? LayerLabel("final"), timestep: timestep,
      reference: reference, metric: metric, parameters: parameters, samples: 500, value: value)
  }

  /// Against size lines join models.
  @Test func panelsOfModelsAgainstSizeAreRefused() throws {
    var figure = TableFigure(.line, of: "cknna")
    figure.panels = .model
    figure.abscissa = .size
    #expect(figure.conflicts.map(\.key) == ["panels"])
    var sizes = ModelSizes()
    for model in 0..<2 { sizes.add("model \(model)", 10) }
    #expect(throws: ChartError.self) {
      try PanelFigure(
        linesOf: Self.table(), metrics: ["cknna"], panels: .model, against: .size, sizes: sizes)
    }
  }

  @Test func aLineIsDrawnThoughItIsALevelInAnotherPanel() throws {
    let rows =
      [
        Self.row("a", nil, reference: "r1"), Self.row("b", 1, reference: "r1"),
        Self.row("b", 2, reference: "r1"),
      ]
      + (1...4).map { Self.row("a", $0, reference: "r2") }
    let figure = try PanelFigure(linesOf: MeasurementTable(rows), metrics: ["cknna"], panels: .reference)
    guard case .lines(let charts, _) = figure.content else { return }
    #expect(charts.map { $0.series.map(\.points.count) }.sorted { $0[0] < $1[0] } == [[2], [4]])
  }

  @Test func aLineWithoutThePanelsFactIsInEveryPanel() throws {
    let rows =
      [0.25, 0.5].flatMap { t in (1...3).map { Self.row("sit", $0, t) } }
      + (1...3).map { Self.row("dinov2", $0, nil) }
    let figure = try PanelFigure(linesOf: MeasurementTable(rows), metrics: ["cknna"], panels: .timestep)
    guard case .lines(let charts, _) = figure.content else { return }
    #expect(charts.map(\.series.count) == [2, 2])
  }

  @Test func settingsOfOneMetricStayApartWherePanelsAreMetrics() throws {
    let rows =
      ["k=5", "k=10"].flatMap { k in (1...3).map { Self.row("sit", $0, parameters: k) } }
      + (1...3).map { Self.row("sit", $0, parameters: "", metric: "cka") }
    let figure = try PanelFigure(
      linesOf: MeasurementTable(rows), metrics: ["cknna", "cka"], panels: .metric)
    guard case .lines(let charts, _) = figure.content else { return }
    #expect(Set(charts[0].series.map(\.style.paint)).count == 2)
    #expect(Set(charts[0].series.map(\.name)).count == 2)
  }
}
