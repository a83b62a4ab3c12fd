import Curves
import Features
import Testing

@testable import Charts

@Suite struct ScatterTests {
  /// Three checkpoints with a distance each, and alignment by layer and time step.
  private static let table: MeasurementTable = {
    var rows: [MeasurementTable.Row] = []
    for (step, fid) in [(100, 30.0), (200, 20.0), (400, 15.0)] {
      rows.append(
        MeasurementTable.Row(
          model: "sit", step: step, reference: "imagenet", metric: "fid", samples: 50_000, value: fid))
      for layer in 1...3 {
        for timestep in [0.1, 0.5] {
          rows.append(
            MeasurementTable.Row(
              model: "sit", step: step, layer: LayerLabel(layer), timestep: timestep, reference: "dino",
              metric: "cknna", parameters: "k=10", samples: 100,
              value: Double(step) / 1000 + Double(layer) / 100 - timestep / 100))
        }
      }
    }
    return MeasurementTable(rows)
  }()

  @Test func aDistanceGoesWithTheHighestLayerOfItsCheckpoint() throws {
    let chart = try ScatterChart(Self.table, x: "fid", y: "cknna")
    #expect(chart.series.count == 1)
    #expect(chart.series[0].points.map(\.x) == [30, 20, 15])
    #expect(chart.series[0].points.map { ($0.y * 1000).rounded() } == [129, 229, 429])
    #expect(chart.series[0].points.map(\.label) == ["100", "200", "400"])
    #expect(chart.vertical.title == "CKNNA (k = 10), maximum over layers and t")
    #expect(chart.subtitle == "with imagenet, dino")
    let turned = try ScatterChart(Self.table, x: "cknna", y: "fid")
    #expect(turned.series[0].points.map { ($0.x * 1000).rounded() } == [129, 229, 429])
    #expect(turned.horizontal.title.hasSuffix("maximum over layers and t"))
  }

  @Test func everyPairIsAPointWhereAskedFor() throws {
    let chart = try ScatterChart(Self.table, x: "fid", y: "cknna", points: .each, title: "Mine")
    #expect(chart.title == "Mine")
    #expect(chart.series[0].points.count == 18)
    #expect(chart.series[0].points[0].label == "100, layer 1, t = 0.1")
    #expect(chart.vertical.title == "CKNNA (k = 10)")
  }

  @Test func metricsWithLayersAreJoinedLayerByLayer() throws {
    var table = Self.table.filter(metric: "cknna")
    table.rows += table.rows.dropLast().map { row in
      var row = row
      row.metric = "accuracy"
      row.value += 0.5
      return row
    }
    let chart = try ScatterChart(table, x: "cknna", y: "accuracy")
    #expect(chart.series[0].points.count == 17)
    #expect(chart.series[0].points.allSatisfy { ($0.y - $0.x - 0.5).magnitude < 1e-12 })
  }

  @Test func whatDoesNotGoTogetherIsAnError() throws {
    #expect(throws: ChartError.self) { try ScatterChart(Self.table, x: "fid", y: "kid") }
    var twice = Self.table
    twice.rows += Self.table.filter(metric: "fid").rows.map { row in
      var row = row
      row.reference = "coco"
      return row
    }
    let error = try #require(throws: ChartError.self) { try ScatterChart(twice, x: "fid", y: "cknna") }
    #expect(error.description.contains("fid of sit is in the table 2 times (imagenet; coco)"))
    var apart = Self.table
    for index in apart.rows.indices where apart.rows[index].metric == "fid" {
      apart.rows[index].model = "dit"
    }
    let none = try #require(throws: ChartError.self) { try ScatterChart(apart, x: "fid", y: "cknna") }
    #expect(none.description.contains("goes with"))
  }

  @Test func correlationsAreThoseOfTheirDefinitions() throws {
    // By hand: ranks of y are 1, 3.5, 2, 3.5.
    let correlation = Correlation(x: [1, 2, 3, 4], y: [1, 5, 2, 5])
    #expect(Correlation.ranks([1, 5, 2, 5]) == [1, 3.5, 2, 3.5])
    let (pearson, spearman) = (try #require(correlation.pearson), try #require(correlation.spearman))
    let line = try #require(correlation.line)
    #expect(abs(pearson - 4.5 / (5.0 * 12.75).squareRoot()) < 1e-15)
    #expect(abs(spearman - 3.0 / (5.0 * 4.5).squareRoot()) < 1e-15)
    #expect(abs(line.slope - 0.9) < 1e-15)
    #expect(abs(line.intercept - 1) < 1e-14)
    #expect(Correlation(x: [1, 2], y: [3, 3]).pearson == nil)
    #expect(Correlation(x: [1, 1], y: [3, 4]).line == nil)
    #expect(Correlation(x: [1], y: [3]).spearman == nil)
    #expect(Correlation(x: [], y: []).count == 0)
    #expect(Correlation(x: [1e300, 2e300, 3e300], y: [1, 2, 3]).pearson.map { $0 <= 1 } ?? true)
  }

  private static let awkward: [(name: String, chart: ScatterChart)] = [
    ("none", chart(0)), ("one", chart(1)), ("two", chart(2)), ("sixteen", chart(16)), ("many", chart(200)),
    ("all in one place", chart(30) { _ in (1, 1) }), ("a column", chart(12) { (1, $0) }),
    ("long names", chart(14, name: "a checkpoint with a long name that ends with ")),
    ("huge", chart(9) { ($0 * 1e307, -$0 * 1e307) }),
    ("not finite", chart(9) { ($0 > 4 ? .nan : $0, $0 < 2 ? .infinity : $0) }),
    ("a thousand", chart(1000)),
  ]

  private static func chart(
    _ count: Int, name: String = "model ",
    place: (Double) -> (Double, Double) = { (($0 * 37).truncatingRemainder(dividingBy: 101), $0) }
  ) -> ScatterChart {
    let points = (0..<count).map { index in
      let (x, y) = place(Double(index))
      return ScatterChart.Point(x: x, y: y, label: "\(name)\(index)")
    }
    return ScatterChart(
      title: "CKNNA against FID", horizontal: Axis(title: "FID"), vertical: Axis(title: "CKNNA"),
      series: [
        .init(name: "even", points: points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)),
        .init(name: "odd", points: points.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)),
      ])
  }

  @Test(arguments: awkward.map(\.name))
  func noLabelIsCutOrCoversAnotherOrAPoint(name: String) throws {
    let chart = try #require(Self.awkward.first { $0.name == name }).chart
    for metrics in [PlainFontMetrics(), CairoFontMetrics()] as [any FontMetrics] {
      let layout = ScatterLayout(chart, size: Size(width: 640, height: 480), metrics: metrics)
      let canvas = layout.canvas()
      let page = Rectangle(x: 0, y: 0, width: canvas.size.width, height: canvas.size.height)
      let texts = canvas.texts
      for (index, text) in texts.enumerated() {
        #expect(page.contains(text.box), "\(text.text) leaves the page")
        #expect(
          layout.plot.contains(text.box) || !layout.plot.overlaps(text.box), "\(text.text) is half inside")
        for other in texts[(index + 1)...] {
          #expect(!text.box.overlaps(other.box), "\(text.text) covers \(other.text)")
        }
        guard layout.plot.contains(text.box) else { continue }
        for case .fill(let path, _) in canvas.commands {
          for case .circle(let center, let radius) in path.elements {
            let marker = Rectangle(
              x: center.x - radius, y: center.y - radius, width: 2 * radius, height: 2 * radius)
            #expect(!text.box.overlaps(marker), "\(text.text) covers a point")
          }
        }
      }
      let shown = texts.filter { layout.plot.contains($0.box) }.count
      #expect(
        (shown < chart.finitePoints.count) == texts.contains { $0.text.hasPrefix("Points without room") })
    }
    for format in FigureFormat.allCases { #expect(try chart.encoded(as: format, scale: 1).count > 1000) }
  }

  @Test func sixteenPointsApartAllHaveTheirLabels() throws {
    let texts = try Self.chart(16).canvas(metrics: PlainFontMetrics()).texts.map(\.text)
    for index in 0..<16 { #expect(texts.contains("model \(index)")) }
  }

  @Test func theLayoutIsTheStoredOne() throws {
    let chart = try ScatterChart(Self.table, x: "fid", y: "cknna")
    try expectStored(chart.canvas(metrics: PlainFontMetrics()).listing, as: "scatter")
  }
}
