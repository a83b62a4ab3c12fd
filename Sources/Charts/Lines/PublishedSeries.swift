import Curves

/// Published values as they stand in a line chart: hollow and dashed, or dotted lines where they have no place on the axis.
struct PublishedSeries {
  /// What is drawn, for the axis to have room for.
  let rows: [Measurement]
  /// What the signs mean and where the values stand; empty without any.
  let note: String
  private let curves: [Curve]
  private let labels: [String]
  private let sizes: ModelSizes
  private let abscissa: Abscissa

  var isEmpty: Bool { rows.isEmpty }

  /// - Parameter set: The curves that the values are to stand beside. Where these tell a training step of the published
  ///   ones, that one is drawn, else the last; against training step all are.
  /// - Throws: ``ChartError`` where the chart is of another metric, or against the number of samples.
  init(
    _ published: [PublishedValues], metric: String, beside set: CurveSet
  ) throws(ChartError) {
    abscissa = set.abscissa
    guard !published.isEmpty else {
      (rows, note, curves, labels, sizes) = ([], "", [], [], ModelSizes())
      return
    }
    guard metric == PublishedValues.metric else {
      throw ChartError(
        .noData, "published are values of \(PublishedValues.metric) alone, and \(metric) is drawn")
    }
    guard set.abscissa != .samples else {
      throw ChartError(
        .noData, "published values do not tell their number of samples, which the chart is against")
    }
    let own = Set(set.all.flatMap { $0.rows.compactMap(\.step) })
    // Against size, values of one training step belong together.
    let steps = published.map { Set($0.rows.compactMap(\.step)) }
    let common = steps.dropFirst().reduce(steps[0]) { $0.intersection($1) }
    let chosen = published.flatMap { values -> [Measurement] in
      guard set.abscissa != .step else { return values.rows }
      let shown = values.rows.filter { own.contains($0.step ?? -1) }
      let last = (set.abscissa == .size ? common.max() : nil) ?? values.rows.compactMap(\.step).max()
      return shown.isEmpty ? values.rows.filter { $0.step == last } : shown
    }.map { row in
      // Of models of different sizes the layers aligned differ, which sets no lines apart.
      var row = row
      if set.abscissa == .size { row.layer = nil }
      return row
    }
    rows = chosen
    var sizes = ModelSizes()
    for values in published { for row in values.rows { sizes.add(row.model, values.millions) } }
    self.sizes = sizes
    // Against training step, a model's values are one line though the layer aligned is in their key.
    curves = MeasurementTable(chosen).curves(against: set.abscissa, sizes: sizes)
    let abscissa = set.abscissa
    let layers = Dictionary(grouping: curves, by: { $0.key.model }).mapValues {
      Set($0.map(\.key.layer)).count
    }
    labels = curves.map { curve in
      let name = curve.key.model.replacing(" (published)", with: "")
      let step = abscissa == .step ? nil : curve.key.step.map { "step \(groupedText($0))" }
      let layer = (layers[curve.key.model] ?? 1) > 1 ? curve.key.layer.map { "layer \($0)" } : nil
      return [name, layer, step].compactMap(\.self).joined(separator: ", ") + " (published)"
    }
    let tables = distinct(published.map(\.table)).sorted().joined(separator: " and ")
    let sign = abscissa == .timestep ? "Dotted lines" : "Dashed with hollow marks"
    let time = abscissa == .timestep ? "; the time step is not stated" : ""
    let source =
      "\(sign): published in REPA (arXiv 2410.06940), \(tables), probed at the layer aligned\(time)."
    note = ([source] + distinct(published.map(\.remark)).filter { !$0.isEmpty }).joined(separator: " ")
  }

  /// A chart with the values beside its own.
  ///
  /// - Parameters:
  ///   - series: The chart's own.
  ///   - count: How many styles these have.
  func added(to chart: LineChart, series: [LineChart.Series], after count: Int) -> LineChart {
    var chart = chart
    chart.series = series
    for (index, (curve, label)) in zip(curves, labels).enumerated() {
      guard abscissa != .timestep else {
        chart.referenceLines.append(
          LineChart.ReferenceLine(name: label, y: curve.rows[0].value, isPublished: true))
        continue
      }
      let points = curve.rows.compactMap { row in
        chart.horizontal.position(of: row, on: abscissa, sizes).map { LineChart.Point(x: $0, y: row.value) }
      }
      chart.series.append(
        LineChart.Series(name: label, points: points, style: Palette.style(published: count + index)))
    }
    return chart
  }
}
