import Curves
import Features

/// Curves of one plot, or of several side by side, where the same curve has the same name and style in each.
struct CurveSet {
  /// The curves of one plot.
  struct Part {
    var name: String
    var curves: [Curve]
  }

  let parts: [Part]
  let abscissa: Abscissa
  let sizes: ModelSizes
  /// What a curve is called across plots: its key without what sets the plots apart.
  private let identity: (Curve.Key) -> Curve.Key
  /// Whether there is a curve that is more than a horizontal line.
  private let hasLines: Bool

  /// All curves of all plots.
  var all: [Curve] { parts.flatMap(\.curves) }

  /// The curves of a metric, aggregates in place of layers where they have a place.
  static func curves(
    of table: MeasurementTable, metric: String, against abscissa: Abscissa, sizes: ModelSizes
  ) throws(ChartError) -> [Curve] {
    let rows = table.filter(metric: metric)
    guard !rows.rows.isEmpty else {
      let known = table.metrics.isEmpty ? "no measurements" : table.metrics.joined(separator: ", ")
      throw ChartError(.noData, "there is no measurement of \(metric) to draw: the table has \(known)")
    }
    if abscissa == .size {
      // An encoder, whose layer has a name, is a line to hold the others against.
      let unknown = rows.filter { sizes[$0.model] == nil && ($0.layer == nil || $0.layer?.number != nil) }
        .models
      guard unknown.isEmpty else {
        throw ChartError(
          .noData,
          "a chart against model size needs the millions of parameters of \(unknown.joined(separator: ", ")); "
            + "give them as size of a model in an experiment file, or as --sizes NAME=MILLIONS")
      }
    }
    let wantsAggregates = abscissa != .layer && rows.rows.contains(where: \.isAggregate)
    return rows.filter { $0.isAggregate == wantsAggregates }.curves(against: abscissa, sizes: sizes)
  }

  /// - Parameter identity: Takes out of a curve's key what sets the plots apart.
  /// - Throws: ``ChartError`` where no curve has what the charts are against.
  init(
    _ parts: [Part], metric: String, against abscissa: Abscissa, sizes: ModelSizes,
    identity: @escaping (Curve.Key) -> Curve.Key = { $0 }
  ) throws(ChartError) {
    self.parts = parts
    self.abscissa = abscissa
    self.sizes = sizes
    self.identity = identity
    hasLines = parts.contains { $0.curves.contains { Self.isLine($0, on: abscissa, sizes) } }
    guard parts.contains(where: { $0.curves.contains(where: isDrawn) }) else {
      let name = [.timestep: "time step", .step: "training step"][abscissa] ?? abscissa.rawValue
      throw ChartError(
        .noData, "no measurement of \(metric) has a \(name), which a chart against \(name)s needs")
    }
  }

  /// Whether a curve has a shape, and is not one number for all of the axis.
  static func isLine(_ curve: Curve, on abscissa: Abscissa, _ sizes: ModelSizes) -> Bool {
    abscissa == .size
      ? curve.rows.contains { sizes[$0.model] != nil }
      : curve.rows.count > 1 || curve.rows[0].isNumbered(on: abscissa)
  }

  private func isDrawn(_ curve: Curve) -> Bool {
    Self.isLine(curve, on: abscissa, sizes) || (!hasLines && curve.rows[0].isPlaced(on: abscissa))
  }

  /// A chart a plot, without titles, all with the same axis.
  ///
  /// - Parameter published: What stands beside the curves of each plot.
  func charts(with published: [PublishedSeries]) -> [LineChart] {
    let stands = stands
    let labels = Dictionary(
      uniqueKeysWithValues: zip(stands.map(\.key), Curve.labels(of: stands)))
    // What is a level in one plot may be a line in another.
    let shown = Set(all.filter(isDrawn).map { identity($0.key) })
    let drawn = stands.filter { shown.contains($0.key) }
    let styles = Dictionary(uniqueKeysWithValues: zip(drawn.map(\.key), Self.styles(for: drawn)))
    let axis = Axis(abscissa, for: all.filter(isDrawn).flatMap(\.rows) + published.flatMap(\.rows))
    let isAlone = stands.count == 1 && published.allSatisfy(\.isEmpty)
    return zip(parts, published).map { part, published in
      let chart = LineChart(
        title: part.name, horizontal: axis, vertical: Axis(title: ""), series: [],
        referenceLines: part.curves.filter { !isDrawn($0) }.map {
          LineChart.ReferenceLine(name: labels[identity($0.key)] ?? "", y: $0.rows[0].value)
        })
      var series: [LineChart.Series] = []
      for curve in part.curves where isDrawn(curve) {
        let key = identity(curve.key)
        guard let style = styles[key] else { continue }
        let threshold = threshold(of: curve, style: style, on: axis)
        if threshold.points.contains(where: { $0.y.isFinite }) { series.append(threshold) }
        series.append(
          LineChart.Series(
            name: isAlone ? "" : labels[key] ?? "", points: points(of: curve, on: axis), style: style))
      }
      return published.added(to: chart, series: series, after: drawn.count)
    }
  }

  /// One curve for each that is the same across plots, in the order of the first plot that has it.
  private var stands: [Curve] {
    var seen: Set<Curve.Key> = []
    return all.compactMap { curve in
      let key = identity(curve.key)
      return seen.insert(key).inserted ? Curve(key: key, rows: curve.rows) : nil
    }
  }

  private func points(of curve: Curve, on axis: Axis) -> [LineChart.Point] {
    points(of: curve, on: axis) { row, x in
      var band: ClosedRange<Double>?
      if let low = row.ciLow, let high = row.ciHigh, low <= high { band = low...high }
      return LineChart.Point(x: x, y: row.value, band: band, isHollow: row.isInsideNull)
    }
  }

  /// The null threshold of every point, as a bare dotted line in the curve's colour.
  private func threshold(of curve: Curve, style: LineChart.Style, on axis: Axis) -> LineChart.Series {
    let points = points(of: curve, on: axis) { row, x in
      LineChart.Point(x: x, y: row.nullThreshold ?? .nan)
    }
    return LineChart.Series(
      name: "", points: points,
      style: LineChart.Style(paint: style.paint, marker: nil, dash: [1.5, 2.5], width: 1.2))
  }

  /// The points of a curve; no line joins layers with a name, which have no order among the others.
  private func points(
    of curve: Curve, on axis: Axis, _ point: (Measurement, Double) -> LineChart.Point
  ) -> [LineChart.Point] {
    let isAgainstLayer = curve.key.layer == nil
    return curve.rows.flatMap { row -> [LineChart.Point] in
      guard let x = axis.position(of: row, on: abscissa, sizes) else { return [] }
      let isNamed = isAgainstLayer && row.layer != nil && row.layer?.number == nil
      return isNamed ? [LineChart.Point(x: x, y: .nan), point(row, x)] : [point(row, x)]
    }
  }

  /// A style a curve: if a time step, a training step, a layer or a number of samples differs, its order is the order of
  /// the colours, within one colour for each of the other differences.
  private static func styles(for curves: [Curve]) -> [LineChart.Style] {
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
    guard most > 1, groups.count < curves.count, groups.count <= Palette.count else {
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
    case .step:
      self.init(title: "Training step")
      abbreviates = true
    case .samples: self.init(title: "Samples")
    case .size:
      self.init(title: "Model size (million parameters)")
      scale = .logarithmic
    }
  }

  /// Where a measurement stands on that axis, nil where it has no place there.
  func position(of row: Measurement, on abscissa: Abscissa, _ sizes: ModelSizes) -> Double? {
    switch abscissa {
    case .layer: row.layer.flatMap(position)
    case .timestep: row.timestep
    case .step: row.step.map(Double.init)
    case .samples: Double(row.samples)
    case .size: sizes[row.model]
    }
  }
}

extension Measurement {
  /// Whether it has a number on such an axis; of its model's size it knows nothing.
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
    case .size: false
    }
  }
}
