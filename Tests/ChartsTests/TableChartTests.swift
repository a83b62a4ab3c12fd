import Features
import Curves
import Foundation
import Testing

@testable import Charts

@Suite struct TableChartTests {
  /// Curves of two small models at two time steps, and two encoders.
  static let table: MeasurementTable = {
    let curves: [(String, Double, [Double])] = [
      ("repa", 0.1, [0.135156, 0.156247, 0.24656, 0.212278, 0.21049, 0.187356, 0.167813, 0.171852]),
      ("repa", 0.5, [0.08858, 0.110469, 0.199229, 0.172051, 0.1783, 0.158465, 0.15425, 0.139705]),
      ("vanilla", 0.1, [0.063797, 0.081675, 0.095358, 0.103559, 0.105727, 0.100574, 0.094741, 0.099522]),
      ("vanilla", 0.5, [0.039588, 0.03353, 0.042691, 0.053665, 0.056486, 0.05592, 0.073976, 0.064756]),
    ]
    var rows = curves.flatMap { model, timestep, values in
      values.enumerated().map { index, value in
        MeasurementTable.Row(
          model: model, step: 10_000, layer: LayerLabel(index + 1), timestep: timestep,
          reference: "dinov2_tiny",
          metric: "cknna", parameters: "k=10;normalize=l2", samples: 500, value: value)
      }
    }
    for (model, value) in [("mae_tiny", 0.086895), ("mocov3_tiny", 0.150941)] {
      rows.append(
        MeasurementTable.Row(
          model: model, layer: LayerLabel("final"), reference: "dinov2_tiny", metric: "cknna",
          parameters: "k=10;normalize=l2", samples: 500, value: value))
    }
    return MeasurementTable(rows)
  }()

  /// The same curves at one time step with intervals and null thresholds.
  static let calibrated = MeasurementTable(
    table.filter(timestep: 0.5).rows.map { row in
      var row = row
      row.ciLow = row.value - 0.01
      row.ciHigh = row.value + 0.01
      row.nullThreshold = 0.05
      return row
    })

  @Test func aTableBecomesALineACurveAndALineAnEncoder() throws {
    let chart = try LineChart(Self.table, metric: "cknna")
    #expect(chart.title == "CKNNA with dinov2_tiny")
    #expect(chart.subtitle == "step 10,000 · normalize = l2 · 500 samples")
    #expect(chart.vertical.title == "CKNNA (k = 10)")
    #expect(chart.horizontal.title == "Layer")
    #expect(
      chart.series.map(\.name) == ["repa, t = 0.1", "repa, t = 0.5", "vanilla, t = 0.1", "vanilla, t = 0.5"])
    #expect(chart.series.map(\.points.count) == [8, 8, 8, 8])
    #expect(chart.referenceLines.map(\.name) == ["mae_tiny", "mocov3_tiny"])
    #expect(chart.verticalRange.lowerBound == 0)
    #expect(chart.note.isEmpty)
    #expect(Set(chart.series.map(\.style)).count == 4)
  }

  @Test func calibrationShowsAsBandsDottedLinesAndHollowMarkers() throws {
    let chart = try LineChart(Self.calibrated, metric: "cknna", title: "Mine")
    #expect(chart.title == "Mine")
    #expect(chart.series.map(\.name) == ["", "repa", "", "vanilla"])
    #expect(chart.series[2].points.allSatisfy { $0.y == 0.05 })
    #expect(chart.series[3].points.map(\.isHollow) == [true, true, true, false, false, false, false, false])
    let first = try #require(Self.calibrated.filter(model: "vanilla").rows.first)
    #expect(chart.series[3].points[0].band?.lowerBound == first.ciLow)
    #expect(chart.series[3].points[0].band?.upperBound == first.ciHigh)
    #expect(chart.note == "Bands: confidence intervals. Dotted: null threshold. Hollow: no more than chance.")
  }

  @Test func namedLayersComeLastAndAreNotJoined() throws {
    var table = Self.table.filter(model: "repa", timestep: 0.5)
    var last = table.rows[0]
    last.layer = LayerLabel("final")
    table.rows.append(last)
    let chart = try LineChart(table, metric: "cknna")
    #expect(chart.series[0].name.isEmpty)
    #expect(chart.series[0].points.count == 10)
    #expect(chart.series[0].points[8].y.isNaN)
    #expect(chart.series[0].points[9].x > 8)
    #expect(try chart.canvas(metrics: PlainFontMetrics()).texts.contains { $0.text == "final" })
  }

  @Test func encodersAloneArePoints() throws {
    let chart = try LineChart(Self.table.filter { $0.layer?.number == nil }, metric: "cknna")
    #expect(chart.referenceLines.isEmpty)
    #expect(chart.series.map(\.name) == ["mae_tiny", "mocov3_tiny"])
  }

  @Test func whatCannotBeDrawnIsAnErrorThatSaysWhatThereIs() throws {
    let missing = try #require(throws: ChartError.self) { try LineChart(Self.table, metric: "cka") }
    #expect(missing.code == .noData)
    #expect(missing.description == "there is no measurement of cka to draw: the table has cknna")
    let flat = MeasurementTable([MeasurementTable.Row(model: "a", metric: "fid", samples: 2, value: 8.3)])
    let noLayer = try #require(throws: ChartError.self) { try LineChart(flat, metric: "fid") }
    #expect(noLayer.description.contains("no measurement of fid has a layer"))
  }

  @Test(arguments: ["time-steps", "calibrated", "sample-sizes", "close-lines", "named-layers"])
  func theLayoutIsTheStoredOne(name: String) throws {
    let chart: LineChart =
      switch name {
      case "time-steps": try LineChart(Self.table, metric: "cknna")
      case "calibrated": try LineChart(Self.calibrated, metric: "cknna")
      case "sample-sizes": try LineChart(AbscissaTests.table, metric: "cknna", against: .samples)
      case "close-lines":
        try #require(AwkwardCharts.all.first { $0.name == "reference lines close together" }).chart
      default: try #require(AwkwardCharts.all.first { $0.name == "named layers" }).chart
      }
    try expectStored(chart.canvas(metrics: PlainFontMetrics()).listing, as: name)
  }
}
