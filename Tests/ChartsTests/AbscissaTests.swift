import Curves
import Features
import Testing

@testable import Charts

/// Charts against the number of samples and against time step.
@Suite struct AbscissaTests {
  /// Two layers at three sample sizes, with q-values, and at two time steps an aggregate each.
  static let table = MeasurementTable(
    (1...2).flatMap { layer in
      [100, 200, 500].map { samples in
        MeasurementTable.Row(
          model: "repa", layer: LayerLabel(layer), timestep: 0.5, reference: "dinov2", metric: "cknna",
          parameters: "alpha=0.05;fdr=0.1;k=10;permutations=99;seed=0", samples: samples,
          value: 20 / Double(samples) + 0.05 * Double(layer), nullThreshold: 15 / Double(samples),
          pValue: 0.03,
          qValue: samples < 200 ? 0.2 : 0.04)
      }
    })

  static let aggregates = MeasurementTable(
    [0.1, 0.9, 0.5].flatMap { timestep in
      [nil, 1, 2].map { layer in
        MeasurementTable.Row(
          model: "repa", layer: layer.map { LayerLabel($0) }, timestep: timestep, reference: "dinov2",
          metric: "cknna", parameters: layer == nil ? "aggregate=max;k=10" : "k=10", samples: 500,
          value: timestep * 0.3 + Double(layer ?? 2) * 0.1)
      }
    })

  @Test func againstSamplesALayerIsALine() throws {
    let chart = try LineChart(Self.table, metric: "cknna", against: .samples)
    #expect(chart.horizontal.title == "Samples")
    #expect(chart.series.map(\.name) == ["", "layer 1", "", "layer 2"])
    #expect(chart.series[3].points.map(\.x) == [100, 200, 500])
    #expect(chart.series[3].points.map(\.isHollow) == [true, false, false])
    #expect(chart.subtitle == "repa · t = 0.5")
    #expect(
      chart.note == "Dotted: null threshold (99 permutations, alpha = 0.05). Hollow: q > 0.1.")
  }

  @Test func againstTimeStepAnAggregateStandsForItsLayers() throws {
    let chart = try LineChart(Self.aggregates, metric: "cknna", against: .timestep)
    #expect(chart.horizontal.title == "Time step t")
    #expect(chart.series.count == 1)
    #expect(chart.series[0].points.map(\.x) == [0.1, 0.5, 0.9])
    #expect(chart.subtitle == "repa · aggregate = max · 500 samples")
  }

  @Test func anAggregateIsNoLineAmongTheLayers() throws {
    let chart = try LineChart(Self.aggregates, metric: "cknna")
    #expect(chart.series.map(\.name) == ["t = 0.1", "t = 0.5", "t = 0.9"])
    #expect(chart.referenceLines.isEmpty)
    #expect(chart.subtitle == "repa · 500 samples")
  }

  @Test func whatHasNoTimeStepCannotBeDrawnAgainstIt() throws {
    let table = MeasurementTable([MeasurementTable.Row(model: "a", metric: "fid", samples: 2, value: 8.3)])
    let error = try #require(throws: ChartError.self) {
      try LineChart(table, metric: "fid", against: .timestep)
    }
    #expect(
      error.description == "no measurement of fid has a time step, which a chart against time steps needs")
  }
}
