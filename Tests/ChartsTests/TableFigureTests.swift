import Curves
import Features
import Testing

@testable import Charts

/// Published values beside one's own, charts against model size, and the choices of a figure.
@Suite struct TableFigureTests {
  /// Probes of a model at the last of two layers, at two training steps.
  private static let probes = MeasurementTable(
    [100_000, 400_000].flatMap { step in
      (1...8).map { layer in
        MeasurementTable.Row(
          model: "mine", step: step, layer: LayerLabel(layer), timestep: 0.5, metric: "linear-probe",
          parameters: "confidence=0.95;intervals=wilson;protocol=repa;seed=0", samples: 500,
          value: Double(layer) / 20 + Double(step) / 1e6, ciLow: 0, ciHigh: 0.9)
      }
    })

  @Test func publishedValuesStandBesideOnesOwnHollowAndDashed() throws {
    let published = try [
      #require(PublishedValues.named("sit-b-2-repa")), #require(PublishedValues.named("sit-xl-2-repa")),
    ]
    let chart = try LineChart(
      Self.probes.bestLayers(), metric: "linear-probe", against: .step, published: published)
    #expect(
      chart.series.map(\.name) == ["mine", "SiT-B/2 + REPA (published)", "SiT-XL/2 + REPA (published)"])
    #expect(chart.series.map(\.style.isHollow) == [false, true, true])
    #expect(chart.series[1].points.map(\.y) == [0.432, 0.509, 0.509, 0.612])
    #expect(chart.series[2].points.map(\.x) == [50_000, 100_000, 200_000, 400_000, 4_000_000])
    #expect(Set(chart.series.map(\.style.paint)).count == 3)
    #expect(chart.note.contains("95 % Wilson intervals"))
    #expect(chart.note.contains("arXiv 2410.06940"))
    #expect(chart.note.contains("200K value of SiT-B/2 is printed as its 100K value"))
    // One's own captions are as they were.
    #expect(chart.subtitle == "mine · t = 0.5 · protocol = repa · seed = 0 · 500 samples")
  }

  @Test func againstLayerTheStepsThatOneHasAreShown() throws {
    let xl = try #require(PublishedValues.named("sit-xl-2-repa"))
    let both = try LineChart(Self.probes, metric: "linear-probe", published: [xl])
    let names = both.series.map(\.name).filter { $0.contains("published") }
    #expect(
      names == ["SiT-XL/2 + REPA, step 100,000 (published)", "SiT-XL/2 + REPA, step 400,000 (published)"])
    let none = Self.probes.filter { $0.step == 100_000 }.rows.map { row in
      var row = row
      row.step = 123
      return row
    }
    let last = try LineChart(MeasurementTable(none), metric: "linear-probe", published: [xl])
    #expect(last.series.last?.name == "SiT-XL/2 + REPA, step 4,000,000 (published)")
    #expect(last.series.last?.points == [LineChart.Point(x: 8, y: 0.746)])
    #expect(last.series.first?.name == "mine")
  }

  @Test func againstTimeStepPublishedValuesAreLines() throws {
    let xl = try #require(PublishedValues.named("sit-xl-2-repa"))
    let chart = try LineChart(
      Self.probes.filter(step: 400_000).bestLayers(), metric: "linear-probe", against: .timestep,
      published: [xl])
    #expect(chart.referenceLines.map(\.y) == [0.703])
    #expect(chart.referenceLines.allSatisfy { $0.isPublished })
    #expect(chart.note.contains("the time step is not stated"))
  }

  @Test func publishedValuesGoWithTheirMetricAlone() throws {
    let xl = try #require(PublishedValues.named("sit-xl-2-repa"))
    #expect(throws: ChartError.self) {
      try LineChart(TableChartTests.table, metric: "cknna", published: [xl])
    }
    #expect(throws: ChartError.self) {
      try LineChart(Self.probes, metric: "linear-probe", against: .samples, published: [xl])
    }
  }

  private static let sized = MeasurementTable(
    [
      ("SiT-B/2", 0.2), ("SiT-L/2", 0.25), ("SiT-XL/2", 0.3), ("SiT-B/2 + REPA", 0.4),
      ("SiT-L/2 + REPA", 0.5),
    ].map {
      MeasurementTable.Row(
        model: $0, step: 400_000, reference: "dino", metric: "cknna", samples: 10, value: $1)
    } + [
      MeasurementTable.Row(
        model: "mae", layer: LayerLabel("final"), reference: "dino", metric: "cknna", samples: 10, value: 0.1)
    ])

  @Test func againstSizeModelsOfAFamilyAreALine() throws {
    let sizes = try #require(
      ModelSizes(text: "SiT-XL/2=675,SiT-B/2=130,SiT-L/2=458,SiT-B/2 + REPA=130,SiT-L/2 + REPA=458"))
    let chart = try LineChart(Self.sized, metric: "cknna", against: .size, sizes: sizes)
    #expect(chart.series.map(\.name) == ["SiT", "SiT + REPA"])
    #expect(chart.series[0].points.map(\.x) == [130, 458, 675])
    #expect(chart.series[0].points.map(\.y) == [0.2, 0.25, 0.3])
    #expect(chart.referenceLines.map(\.name) == ["mae"])
    #expect(chart.horizontal.scale == .logarithmic)
    let few = try #require(ModelSizes(text: "SiT-XL/2=675"))
    let error = try #require(throws: ChartError.self) {
      try LineChart(Self.sized, metric: "cknna", against: .size, sizes: few)
    }
    #expect(error.description.contains("SiT-B/2, SiT-L/2, SiT-B/2 + REPA, SiT-L/2 + REPA"))
    #expect(try chart.canvas(metrics: PlainFontMetrics()).texts.contains { $0.text == "200" })
  }

  @Test func publishedModelsHaveTheirSizes() throws {
    let published = ["sit-b-2-repa", "sit-l-2-repa", "sit-xl-2-repa"].compactMap(PublishedValues.named)
    var rows = Self.probes.bestLayers().filter(step: 400_000).rows
    rows[0].model = "SiT-S/2"
    let sizes = try #require(ModelSizes(text: "SiT-S/2=33"))
    let chart = try LineChart(
      MeasurementTable(rows), metric: "linear-probe", against: .size, sizes: sizes, published: published)
    let last = try #require(chart.series.last)
    #expect(last.name == "SiT + REPA, step 400,000 (published)")
    #expect(last.points.map(\.x) == [130, 458, 675])
    #expect(last.points.map(\.y) == [0.612, 0.694, 0.703])
  }

  @Test func whatDoesNotGoTogetherIsTold() {
    var figure = TableFigure(.heatmap, of: "cknna")
    figure.showsBestLayers = true
    figure.abscissa = .step
    figure.published = ["sit-xl-2-rep"]
    #expect(figure.conflicts.map(\.key) == ["x", "best", "published", "published", "published"])
    #expect(figure.conflicts.last?.message.contains("did you mean sit-xl-2-repa?") ?? false)
    var line = TableFigure(of: "cknna")
    line.metrics = ["cknna", "cka"]
    line.panels = .timestep
    line.abscissa = .timestep
    #expect(line.conflicts.map(\.key) == ["panels", "metric"])
    #expect(throws: ChartError.self) { try line.figure(of: TableChartTests.table) }
    #expect(TableFigure(of: "cknna").conflicts.isEmpty)
  }

  @Test func everyChoiceHasAnOption() throws {
    var figure = TableFigure(.scatter, of: "linear-probe")
    figure.against = "cknna"
    figure.points = .each
    figure.models = ["a b", "c"]
    figure.references = ["r"]
    figure.timesteps = [0.5]
    figure.title = "-title"
    figure.theme = .dark
    figure.width = 237.6
    figure.height = 200
    #expect(
      figure.arguments == [
        "--kind=scatter", "--y=linear-probe", "--x=cknna", "--points=each", "--model=a b", "--model=c",
        "--reference=r", "--timestep=0.5", "--title=-title", "--theme=dark", "--width=237.6", "--height=200",
      ])
    var line = TableFigure(of: "linear-probe")
    line.abscissa = .size
    line.showsBestLayers = true
    line.panels = .timestep
    line.published = ["sit-xl-2-repa"]
    line.sizes.add("SiT-B/2", 130)
    #expect(
      line.arguments == [
        "--metric=linear-probe", "--against=size", "--best", "--panels=timestep", "--published=sit-xl-2-repa",
        "--sizes=SiT-B/2=130",
      ])
  }

  @Test func lengthsHaveUnits() {
    #expect(FigureLength(text: "3.5in")?.points == 252)
    #expect(FigureLength(text: "25.4mm")?.points == 72)
    #expect(FigureLength(text: "2.54 cm")?.points == 72)
    #expect(FigureLength(text: "238")?.points == 238)
    #expect(FigureLength(text: "238pt")?.points == 238)
    for text in ["", "in", "3 feet", "0", "-5in", "nan", "inf", "1e9", "0.1in"] {
      #expect(FigureLength(text: text) == nil, "\(text)")
    }
  }
}
