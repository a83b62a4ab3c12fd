import Curves

extension LineChart {
  /// The alignment curves of one metric against layer: one line a model, training step, time step and reference; or
  /// against time step or number of samples, one line a layer too.
  ///
  /// Confidence intervals become bands, null thresholds dotted lines, and a value that is no
  /// more than chance has a hollow marker. Aggregates over layers have no place against layer; against the others they are
  /// drawn in place of the layers. A curve of a single measurement without a layer number, such as an encoder compared with the
  /// reference, becomes a horizontal line with its name at the right, unless there is nothing else to show. Time steps
  /// and training steps are coloured as the ordered sets that they are.
  ///
  /// - Parameters:
  ///   - table: Where the measurements are.
  ///   - metric: The metric's name, such as `cknna`.
  ///   - abscissa: What the horizontal axis shows.
  ///   - title: The chart's title; by default the metric and the reference.
  /// - Throws: ``ChartError`` if the table has no row of this metric, or none of them has a layer, or what else the chart is
  ///   against.
  public init(
    _ table: MeasurementTable, metric: String, against abscissa: Abscissa = .layer, title: String? = nil
  ) throws(ChartError) {
    let rows = table.filter(metric: metric)
    guard !rows.rows.isEmpty else {
      let known = table.metrics.isEmpty ? "no measurements" : table.metrics.joined(separator: ", ")
      throw ChartError(.noData, "there is no measurement of \(metric) to draw: the table has \(known)")
    }
    let wantsAggregates = abscissa != .layer && rows.rows.contains(where: \.isAggregate)
    let all = rows.filter { $0.isAggregate == wantsAggregates }.curves(against: abscissa)
    let labels = Curve.labels(of: all)
    let isLine = all.map { $0.rows.count > 1 || $0.rows[0].isNumbered(on: abscissa) }
    let hasLines = isLine.contains(true)
    let drawn = all.indices.filter { isLine[$0] || (!hasLines && all[$0].rows[0].isPlaced(on: abscissa)) }
    guard !drawn.isEmpty else {
      let name = [.timestep: "time step", .step: "training step"][abscissa] ?? abscissa.rawValue
      throw ChartError(
        .noData, "no measurement of \(metric) has a \(name), which a chart against \(name)s needs")
    }
    let curves = drawn.map { all[$0] }
    let axis = Axis(abscissa, for: curves.flatMap(\.rows))
    let styles = Self.styles(for: curves)
    let place = { (row: Measurement) in axis.position(of: row, on: abscissa) }
    var series: [Series] = []
    for (index, curve) in curves.enumerated() {
      let name = all.count == 1 ? "" : labels[drawn[index]]
      let threshold = Self.threshold(of: curve, style: styles[index], at: place)
      if threshold.points.contains(where: { $0.y.isFinite }) { series.append(threshold) }
      series.append(Series(name: name, points: Self.points(of: curve, at: place), style: styles[index]))
    }
    let captions = ChartCaptions(all, metric: metric)
    self.init(
      title: title ?? captions.title, subtitle: captions.subtitle, note: captions.note, horizontal: axis,
      vertical: Axis(title: captions.axis), series: series,
      referenceLines: all.indices.filter { !drawn.contains($0) }.map { index in
        ReferenceLine(name: labels[index], y: all[index].rows[0].value)
      })
  }

  private static func points(of curve: Curve, at place: (Measurement) -> Double?) -> [Point] {
    points(of: curve, at: place) { row, x in
      var band: ClosedRange<Double>?
      if let low = row.ciLow, let high = row.ciHigh, low <= high { band = low...high }
      return Point(x: x, y: row.value, band: band, isHollow: row.isInsideNull)
    }
  }

  /// The null threshold of every point, as a bare dotted line in the curve's colour.
  private static func threshold(
    of curve: Curve, style: Style, at place: (Measurement) -> Double?
  ) -> Series {
    let points = points(of: curve, at: place) { row, x in Point(x: x, y: row.nullThreshold ?? .nan) }
    return Series(
      name: "", points: points, style: Style(color: style.color, marker: nil, dash: [1.5, 2.5], width: 1.2))
  }

  /// The points of a curve; no line joins layers with a name, which have no order among the others.
  private static func points(
    of curve: Curve, at place: (Measurement) -> Double?, _ point: (Measurement, Double) -> Point
  ) -> [Point] {
    let isAgainstLayer = curve.key.layer == nil
    return curve.rows.flatMap { row -> [Point] in
      guard let x = place(row) else { return [] }
      let isNamed = isAgainstLayer && row.layer != nil && row.layer?.number == nil
      return isNamed ? [Point(x: x, y: .nan), point(row, x)] : [point(row, x)]
    }
  }

  /// A style a curve: if a time step, a training step, a layer or a number of samples differs, its order is the order of
  /// the colours, within one colour for each of the other differences.
  private static func styles(for curves: [Curve]) -> [Style] {
    let orders: [(rank: (Curve.Key) -> Double?, forget: (inout Curve.Key) -> Void)] = [
      ({ $0.timestep }, { $0.timestep = nil }), ({ $0.step.map(Double.init) }, { $0.step = nil }),
      ({ $0.layer?.number.map(Double.init) }, { $0.layer = nil }),
      ({ $0.samples.map(Double.init) }, { $0.samples = nil }),
    ]
    let counts = orders.map { order in Set(curves.map { order.rank($0.key) }).count }
    let most = counts.max() ?? 0
    let (rank, forget) = orders[counts.firstIndex(of: most) ?? 0]
    func group(_ curve: Curve) -> Curve.Key {
      var key = curve.key
      forget(&key)
      return key
    }
    let groups = distinct(curves.map(group))
    guard most > 1, groups.count < curves.count, groups.count <= Palette.categories.count else {
      return curves.indices.map(Palette.style(category:))
    }
    return curves.map { curve in
      let members = curves.filter { group($0) == group(curve) }
      let ranks = Set(members.map { rank($0.key) ?? -.infinity }).sorted()
      let place = ranks.firstIndex(of: rank(curve.key) ?? -.infinity) ?? 0
      if groups.count == 1 { return Palette.style(rank: place, of: ranks.count) }
      return Palette.style(category: groups.firstIndex(of: group(curve)) ?? 0, rank: place, of: ranks.count)
    }
  }
}

extension Axis {
  /// The axis of what the curves are against.
  fileprivate init(_ abscissa: Abscissa, for rows: [Measurement]) {
    switch abscissa {
    case .layer: self = .layers(rows.compactMap(\.layer))
    case .timestep: self.init(title: "Time step t")
    case .step: self.init(title: "Training step")
    case .samples: self.init(title: "Samples")
    }
  }

  /// Where a measurement stands on that axis, nil where it has no place there.
  fileprivate func position(of row: Measurement, on abscissa: Abscissa) -> Double? {
    switch abscissa {
    case .layer: row.layer.flatMap(position)
    case .timestep: row.timestep
    case .step: row.step.map(Double.init)
    case .samples: Double(row.samples)
    }
  }
}

extension Measurement {
  /// Whether it has a number on such an axis.
  fileprivate func isNumbered(on abscissa: Abscissa) -> Bool {
    abscissa == .layer ? layer?.number != nil : isPlaced(on: abscissa)
  }

  /// Whether it has a place on such an axis.
  fileprivate func isPlaced(on abscissa: Abscissa) -> Bool {
    switch abscissa {
    case .layer: layer != nil
    case .timestep: timestep != nil
    case .step: step != nil
    case .samples: true
    }
  }
}
