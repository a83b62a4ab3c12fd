import Curves
import Features

extension ScatterChart {
  /// What a point of a chart from a table is.
  public enum Points: String, Sendable, CaseIterable {
    /// A checkpoint: of several layers and time steps the pair with the highest value.
    case checkpoint
    /// Every pair of measurements.
    case each
  }

  /// One metric of a table against another, joined on model, training step, layer and time step where both have them.
  ///
  /// A distance between image sets has no layer: it goes with every layer of its checkpoint. As the best layer is usually
  /// meant then, there is one point a checkpoint, at the highest value of the metric that has layers.
  ///
  /// - Parameters:
  ///   - table: Where the measurements are.
  ///   - x: The metric on the horizontal axis, such as `fid`.
  ///   - y: The metric on the vertical axis, such as `cknna`.
  ///   - points: What a point is; by default a checkpoint where only one metric has layers, else every pair.
  ///   - title: The chart's title; by default the metrics' names.
  /// - Throws: ``ChartError`` if a metric is not in the table, is there twice for the same model, step, layer and time step,
  ///   or no measurements of the two go together.
  public init(
    _ table: MeasurementTable, x: String, y: String, points: Points? = nil, title: String? = nil
  ) throws(ChartError) {
    let horizontal = try Self.rows(of: x, in: table)
    let vertical = try Self.rows(of: y, in: table)
    var pairs = horizontal.flatMap { x in vertical.compactMap { Pair(x, $0) } }
    guard !pairs.isEmpty else {
      throw ChartError(
        .noData,
        "no measurement of \(x) goes with one of \(y): expected the same model, and the same step, layer and time step "
          + "where both have them")
    }
    let hasLayers = [horizontal, vertical].map { $0.contains { $0.layer != nil || $0.timestep != nil } }
    let points = points ?? (hasLayers[0] == hasLayers[1] ? .each : .checkpoint)
    var highest = ["", ""]
    if points == .checkpoint {
      let count = pairs.count
      pairs = Self.best(pairs, byX: hasLayers[0] && !hasLayers[1])
      let isX = hasLayers[0] && !hasLayers[1]
      if pairs.count < count {
        let times = Set((isX ? horizontal : vertical).map(\.timestep)).count
        highest[isX ? 0 : 1] = times > 1 ? ", maximum over layers and t" : ", maximum over layers"
      }
    }
    let captions = [(x, horizontal), (y, vertical)].map { metric, rows in
      ChartCaptions(MeasurementTable(rows).curves(), metric: metric)
    }
    let references = distinct(horizontal.map(\.reference) + vertical.map(\.reference)).filter { !$0.isEmpty }
    self.init(
      title: title ?? "\(metricTitle(y)) against \(metricTitle(x))",
      subtitle: references.isEmpty ? "" : "with \(references.joined(separator: ", "))",
      horizontal: Axis(title: captions[0].axis + highest[0]),
      vertical: Axis(title: captions[1].axis + highest[1]), series: Self.series(pairs))
  }

  /// Two measurements that go together.
  private struct Pair {
    var x: Measurement
    var y: Measurement
    var step: Int?
    var layer: LayerLabel?
    var timestep: Double?

    var model: String { x.model }

    init?(_ x: Measurement, _ y: Measurement) {
      func agree<Value: Equatable>(_ left: Value?, _ right: Value?) -> Bool {
        left == nil || right == nil || left == right
      }
      guard x.model == y.model, agree(x.step, y.step), agree(x.layer, y.layer), agree(x.timestep, y.timestep)
      else { return nil }
      self.x = x
      self.y = y
      step = x.step ?? y.step
      layer = x.layer ?? y.layer
      timestep = x.timestep ?? y.timestep
    }
  }

  private struct Checkpoint: Hashable {
    var model: String
    var step: Int?
    var layer: LayerLabel?
    var timestep: Double?
  }

  private static func rows(of metric: String, in table: MeasurementTable) throws(ChartError) -> [Measurement]
  {
    let rows = table.filter(metric: metric).rows
    guard !rows.isEmpty else {
      let known = table.metrics.isEmpty ? "no measurements" : table.metrics.joined(separator: ", ")
      throw ChartError(.noData, "there is no measurement of \(metric) to draw: the table has \(known)")
    }
    let places = Dictionary(grouping: rows) {
      Checkpoint(model: $0.model, step: $0.step, layer: $0.layer, timestep: $0.timestep)
    }
    if let twice = rows.lazy.compactMap({ row in
      places[Checkpoint(model: row.model, step: row.step, layer: row.layer, timestep: row.timestep)]
    }).first(where: { $0.count > 1 }) {
      let kinds = twice.prefix(2).map { row in
        [row.reference, row.referenceLayer.map { "layer \($0)" } ?? "", row.parameters].filter { !$0.isEmpty }
          .joined(separator: ", ")
      }
      throw ChartError(
        .noData,
        "\(metric) of \(twice[0].model.isEmpty ? "a model" : twice[0].model) is in the table \(twice.count) times "
          + "(\(kinds.joined(separator: "; "))), expected once: choose one reference and one setting")
    }
    return rows
  }

  /// The pair of each checkpoint with the highest value, the first of equals.
  private static func best(_ pairs: [Pair], byX: Bool) -> [Pair] {
    var best: [Checkpoint: Pair] = [:]
    var order: [Checkpoint] = []
    for pair in pairs {
      let key = Checkpoint(model: pair.model, step: pair.step)
      guard let other = best[key] else {
        order.append(key)
        best[key] = pair
        continue
      }
      if byX ? pair.x.value > other.x.value : pair.y.value > other.y.value { best[key] = pair }
    }
    // What was chosen is no difference between points.
    return order.compactMap { best[$0] }.map { pair in
      var pair = pair
      pair.layer = nil
      pair.timestep = nil
      return pair
    }
  }

  /// A series a model where there are few models with several points each, else one of all.
  private static func series(_ pairs: [Pair]) -> [Series] {
    let models = distinct(pairs.map(\.model))
    let isGrouped = models.count > 1 && models.count <= Palette.count && pairs.count > models.count
    let isOne = (
      model: isGrouped || models.count == 1, step: Set(pairs.map(\.step)).count == 1,
      layer: Set(pairs.map(\.layer)).count == 1, timestep: Set(pairs.map(\.timestep)).count == 1
    )
    func point(_ pair: Pair) -> Point {
      let parts = [
        isOne.model ? nil : pair.model, isOne.step ? nil : pair.step.map(groupedText),
        isOne.layer ? nil : pair.layer.map { "layer \($0)" },
        isOne.timestep ? nil : pair.timestep.map { "t = \(shortText($0))" },
      ]
      return Point(
        x: pair.x.value, y: pair.y.value, label: parts.compactMap(\.self).joined(separator: ", "))
    }
    guard isGrouped else { return [Series(name: "", points: pairs.map(point))] }
    return models.map { model in
      Series(name: model, points: pairs.filter { $0.model == model }.map(point))
    }
  }
}
