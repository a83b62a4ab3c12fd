import Curves
import Features

extension HeatMap {
  /// One metric of one model against one reference by layer and time step, or layer against the reference's layer where
  /// that has several.
  ///
  /// - Parameters:
  ///   - table: Where the measurements are.
  ///   - metric: The metric's name, such as `cknna`.
  ///   - title: The figure's title; by default the metric, the model and the reference.
  /// - Throws: ``ChartError`` if the table has no row of this metric with a layer, or rows for more than one such map;
  ///   ``maps(of:metric:)`` gives each.
  public init(_ table: MeasurementTable, metric: String, title: String? = nil) throws(ChartError) {
    let maps = try Self.maps(of: table, metric: metric)
    guard maps.count == 1, let only = maps.first else {
      throw ChartError(
        .noData,
        "the measurements of \(metric) fill \(maps.count) heat maps, expected one: choose a model, a reference, "
          + "a time step among \(maps.prefix(6).map(\.name).joined(separator: "; "))")
    }
    self = only.map
    if let title { self.title = title }
  }

  /// A heat map of a metric for every model, training step, reference and setting of the table.
  ///
  /// A map has layers below and time steps at its side, from low to high; where the reference has several layers, it has
  /// those at its side, and there is a map for every time step. What was measured twice shows the later value.
  ///
  /// - Returns: The maps in the order of the table's models, each with a name of what sets it apart.
  /// - Throws: ``ChartError`` if the table has no row of this metric with a layer.
  public static func maps(
    of table: MeasurementTable, metric: String
  ) throws(ChartError) -> [(name: String, map: HeatMap)] {
    let rows = table.filter(metric: metric).filter { $0.layer != nil }
    guard !rows.rows.isEmpty else {
      let known = table.metrics.isEmpty ? "no measurements" : table.metrics.joined(separator: ", ")
      throw ChartError(
        .noData, "there is no measurement of \(metric) with a layer to draw: the table has \(known)")
    }
    // A curve stands for its group; what the group runs over is taken out of its key.
    var groups: [Curve.Key: [Curve]] = [:]
    var order: [Curve.Key] = []
    let curves = rows.curves()
    let isMatrix = Dictionary(grouping: curves, by: { Self.group($0.key, isMatrix: true) }).mapValues {
      group in
      Set(group.compactMap(\.key.referenceLayer)).count > 1
    }
    for curve in curves {
      let matrix = isMatrix[Self.group(curve.key, isMatrix: true)] ?? false
      let key = Self.group(curve.key, isMatrix: matrix)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(curve)
    }
    let stand = order.map { key in Curve(key: key, rows: groups[key]?.first?.rows ?? []) }
    let names = Curve.labels(of: stand)
    var maps: [(name: String, map: HeatMap)] = []
    for (key, name) in zip(order, names) {
      let matrix = isMatrix[Self.group(key, isMatrix: true)] ?? false
      maps.append((name, try HeatMap(groups[key] ?? [], key: key, isMatrix: matrix)))
    }
    return maps
  }

  /// The key of all curves of one map.
  private static func group(_ key: Curve.Key, isMatrix: Bool) -> Curve.Key {
    var key = key
    if isMatrix { key.referenceLayer = nil } else { key.timestep = nil }
    return key
  }

  private init(_ curves: [Curve], key: Curve.Key, isMatrix: Bool) throws(ChartError) {
    let layers = Set(curves.flatMap { $0.rows.compactMap(\.layer) }).sorted()
    let columnOf = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1, $0) })
    // The low ends stand below, as on an axis.
    let sides: [Curve] = Array(curves.reversed())
    var values: [[Double]] = []
    var rowLabels: [String] = []
    for curve in sides {
      let label =
        isMatrix
        ? curve.key.referenceLayer?.description ?? "none"
        : curve.key.timestep.map(shortText) ?? "none"
      var row = [Double](repeating: .nan, count: layers.count)
      for measurement in curve.rows {
        if let layer = measurement.layer, let column = columnOf[layer] { row[column] = measurement.value }
      }
      values.append(row)
      rowLabels.append(label)
    }
    let captions = ChartCaptions(curves, metric: key.metric, without: [.model])
    let model = key.model.isEmpty ? "" : "\(key.model): "
    try self.init(
      title: model + captions.title, subtitle: captions.subtitle,
      columns: Side(
        title: "Layer", labels: layers.map(\.description), isOrdered: layers.allSatisfy { $0.number != nil }),
      rows: Side(
        title: isMatrix ? "Layer of \(key.reference)" : "Time step t", labels: rowLabels,
        isOrdered: !isMatrix || sides.allSatisfy { $0.key.referenceLayer?.number != nil }),
      values: values, colorTitle: captions.axis, isSquare: isMatrix)
  }
}
