import Curves

extension LineChart {
  /// The alignment curves of one metric against layer: one line a model, training step, time step and reference.
  ///
  /// Confidence intervals become bands, null thresholds dotted lines, and a value that is no more than chance has a
  /// hollow marker. A curve of a single measurement without a layer number, such as an encoder compared with the
  /// reference, becomes a horizontal line with its name at the right, unless there is nothing else to show. Time steps
  /// and training steps are coloured as the ordered sets that they are.
  ///
  /// - Parameters:
  ///   - metric: The metric's name, such as `cknna`.
  ///   - title: The chart's title; by default the metric and the reference.
  /// - Throws: ``ChartError`` if the table has no row of this metric, or none of them has a layer.
  public init(_ table: MeasurementTable, metric: String, title: String? = nil) throws(ChartError) {
    let all = table.filter(metric: metric).curves()
    guard !all.isEmpty else {
      let known = table.metrics.isEmpty ? "no measurements" : table.metrics.joined(separator: ", ")
      throw ChartError(.noData, "there is no measurement of \(metric) to draw: the table has \(known)")
    }
    let labels = Curve.labels(of: all)
    let isLine = all.map { $0.rows.count > 1 || $0.rows[0].layer?.number != nil }
    let hasLines = isLine.contains(true)
    let drawn = all.indices.filter { isLine[$0] || (!hasLines && all[$0].rows[0].layer != nil) }
    guard !drawn.isEmpty else {
      throw ChartError(.noData, "no measurement of \(metric) has a layer, which a chart against layers needs")
    }
    let curves = drawn.map { all[$0] }
    let axis = Axis.layers(curves.flatMap { $0.rows.compactMap(\.layer) })
    let styles = Self.styles(for: curves)
    var series: [Series] = []
    for (index, curve) in curves.enumerated() {
      let name = all.count == 1 ? "" : labels[drawn[index]]
      let threshold = Self.threshold(of: curve, on: axis, style: styles[index])
      if threshold.points.contains(where: { $0.y.isFinite }) { series.append(threshold) }
      series.append(Series(name: name, points: Self.points(of: curve, on: axis), style: styles[index]))
    }
    let captions = ChartCaptions(all, metric: metric)
    self.init(
      title: title ?? captions.title, subtitle: captions.subtitle, note: captions.note, horizontal: axis,
      vertical: Axis(title: captions.axis), series: series,
      referenceLines: all.indices.filter { !drawn.contains($0) }.map { index in
        ReferenceLine(name: labels[index], y: all[index].rows[0].value)
      })
  }

  private static func points(of curve: Curve, on axis: Axis) -> [Point] {
    points(of: curve, on: axis) { row, x in
      var band: ClosedRange<Double>?
      if let low = row.ciLow, let high = row.ciHigh, low <= high { band = low...high }
      return Point(x: x, y: row.value, band: band, isHollow: row.isInsideNull)
    }
  }

  /// The null threshold against layer, as a bare dotted line in the curve's colour.
  private static func threshold(of curve: Curve, on axis: Axis, style: Style) -> Series {
    let points = points(of: curve, on: axis) { row, x in Point(x: x, y: row.nullThreshold ?? .nan) }
    return Series(
      name: "", points: points, style: Style(color: style.color, marker: nil, dash: [1.5, 2.5], width: 1.2))
  }

  /// The points of a curve; no line joins layers with a name, which have no order among the others.
  private static func points(
    of curve: Curve, on axis: Axis, _ point: (Measurement, Double) -> Point
  ) -> [Point] {
    curve.rows.flatMap { row -> [Point] in
      guard let layer = row.layer, let x = axis.position(of: layer) else { return [] }
      return layer.number == nil ? [Point(x: x, y: .nan), point(row, x)] : [point(row, x)]
    }
  }

  /// A style a curve: if a time step or a training step differs, its order is the order of the colours, within one
  /// colour for each of the other differences.
  private static func styles(for curves: [Curve]) -> [Style] {
    let times = Set(curves.map(\.key.timestep))
    let steps = Set(curves.map(\.key.step))
    func rank(_ curve: Curve) -> Double {
      (times.count >= steps.count ? curve.key.timestep : curve.key.step.map(Double.init)) ?? -.infinity
    }
    func group(_ curve: Curve) -> Curve.Key {
      var key = curve.key
      if times.count >= steps.count { key.timestep = nil } else { key.step = nil }
      return key
    }
    let groups = distinct(curves.map(group))
    let isOrdered = max(times.count, steps.count) > 1
    guard isOrdered, groups.count < curves.count, groups.count <= Palette.categories.count else {
      return curves.indices.map(Palette.style(category:))
    }
    return curves.map { curve in
      let members = curves.filter { group($0) == group(curve) }
      let ranks = Set(members.map(rank)).sorted()
      let place = ranks.firstIndex(of: rank(curve)) ?? 0
      if groups.count == 1 { return Palette.style(rank: place, of: ranks.count) }
      return Palette.style(category: groups.firstIndex(of: group(curve)) ?? 0, rank: place, of: ranks.count)
    }
  }
}
