import Curves
import Features

extension PanelFigure.Fact {
  /// Takes what sets the panels apart, and what follows from it, out of a curve's key.
  ///
  /// - Parameter kept: What differs within a panel, where metrics are the panels.
  fileprivate func forget(_ key: inout Curve.Key, keeping kept: Set<MetricFact>) {
    switch self {
    case .timestep: key.timestep = nil
    case .step: key.step = nil
    case .model: key.model = ""
    case .reference: (key.reference, key.referenceLayer, key.referenceTimestep) = ("", nil, nil)
    case .metric:
      key.metric = ""
      if !kept.contains(.parameters) { key.parameters = "" }
      if !kept.contains(.samples) { key.samples = nil }
      // Only some metrics have references.
      if !kept.contains(.reference) {
        (key.reference, key.referenceLayer, key.referenceTimestep) = ("", nil, nil)
      }
    }
  }

  /// What may follow from a metric, and may set its curves apart.
  fileprivate enum MetricFact: Hashable {
    case reference, parameters, samples
  }

  /// What a row has, as a panel's title; nil where it has nothing of the kind.
  fileprivate func title(_ row: Measurement) -> String? {
    switch self {
    case .timestep: row.timestep.map { "t = \(shortText($0))" }
    case .step: row.step.map { "step \(groupedText($0))" }
    case .model: row.model.isEmpty ? nil : row.model
    case .reference: row.reference.isEmpty ? nil : row.reference
    case .metric: row.metric
    }
  }

  /// The rows that have a panel's title, panels in the table's order of names, or from low to high.
  fileprivate func split(_ rows: [Measurement]) -> [(title: String, rows: [Measurement])] {
    let sorted =
      switch self {
      case .timestep: rows.sorted { ($0.timestep ?? -1) < ($1.timestep ?? -1) }
      case .step: rows.sorted { ($0.step ?? -1) < ($1.step ?? -1) }
      default: rows
      }
    let groups = Dictionary(grouping: rows, by: title)
    return distinct(sorted.compactMap(title)).map { ($0, groups[$0] ?? []) }
  }
}

extension PanelFigure {
  /// Line charts of a table, a panel for each of its time steps, references, metrics, models or training steps.
  ///
  /// A curve that is a horizontal line and has nothing of the kind, as an encoder has no time step, is in every panel; an
  /// encoder among models has no panel of its own.
  ///
  /// - Parameters:
  ///   - table: Where the measurements are.
  ///   - metrics: What is drawn; several only where panels are metrics.
  ///   - fact: What sets the panels apart.
  ///   - abscissa: What the horizontal axes show.
  ///   - sizes: The models' sizes, for charts against size.
  ///   - published: Stand in every panel of their metric.
  ///   - title: The figure's title; by default the metric and the reference.
  /// - Throws: ``ChartError`` as for a ``LineChart``, and where the panels show what the charts are against.
  public init(
    linesOf table: MeasurementTable, metrics: [String], panels fact: Fact,
    against abscissa: Abscissa = .layer,
    sizes: ModelSizes = ModelSizes(), published: [PublishedValues] = [], title: String? = nil
  ) throws(ChartError) {
    // Against size a line joins models.
    try Self.check(
      metrics, fact,
      isFree: fact.rawValue != abscissa.rawValue && !(fact == .model && abscissa == .size))
    var curves: [Curve] = []
    for metric in metrics {
      curves += try CurveSet.curves(of: table, metric: metric, against: abscissa, sizes: sizes)
    }
    let (lines, levels) = (
      curves.filter { CurveSet.isLine($0, on: abscissa, sizes) },
      curves.filter { !CurveSet.isLine($0, on: abscissa, sizes) }
    )
    let panels = fact.split(lines.flatMap(\.rows))
    guard !panels.isEmpty else {
      throw ChartError(
        .noData, "no line of \(metrics.joined(separator: ", ")) has a \(fact.rawValue) to make panels of")
    }
    let parts = panels.map { panel in
      CurveSet.Part(
        name: panel.title,
        curves: lines.filter { [nil, panel.title].contains(fact.title($0.rows[0])) }
          + levels.filter { curve in
            let own = fact.title(curve.rows[0])
            return own == nil || own == panel.title || fact == .model
          })
    }
    func differs(_ value: (Curve.Key) -> some Hashable) -> Bool {
      parts.contains { Set($0.curves.map { value($0.key) }).count > 1 }
    }
    var kept: Set<Fact.MetricFact> = []
    if differs(\.reference) { kept.insert(.reference) }
    if differs(\.parameters) { kept.insert(.parameters) }
    if differs(\.samples) { kept.insert(.samples) }
    let set = try CurveSet(
      parts, metric: metrics.joined(separator: ", "), against: abscissa, sizes: sizes
    ) { key in
      var key = key
      // An encoder is the same in the panels of all models, and has its own name.
      let isLevel = fact == .model && levels.contains { $0.key == key }
      if !isLevel { fact.forget(&key, keeping: kept) }
      return key
    }
    var beside: [PublishedSeries] = []
    for part in parts {
      let metric = part.curves[0].key.metric
      let isPublished = metric == PublishedValues.metric || fact != .metric
      beside.append(try PublishedSeries(isPublished ? published : [], metric: metric, beside: set))
    }
    var charts = set.charts(with: beside)
    for (place, part) in parts.enumerated() {
      let captions = ChartCaptions(part.curves, metric: part.curves[0].key.metric)
      charts[place].vertical.title = captions.axis
      if fact == .metric { charts[place].title = captions.axis }
    }
    let notes = beside.map(\.note)
    let captions = ChartCaptions(set.all, metric: metrics[0], without: fact == .model ? [.model] : [])
    let names = metrics.map(metricTitle).joined(separator: ", ")
    self.init(
      title: title ?? (metrics.count == 1 ? captions.title : names), subtitle: captions.subtitle,
      note: ([captions.note] + distinct(notes)).filter { !$0.isEmpty }.joined(separator: " "),
      content: .lines(charts, sharesVertical: fact != .metric))
  }

  /// Heat maps of a table, a panel for each of its time steps, references, metrics, models or training steps.
  ///
  /// - Throws: ``ChartError`` as for a ``HeatMap``, and where a panel's rows fill several maps.
  public init(
    heatMapsOf table: MeasurementTable, metrics: [String], panels fact: Fact, title: String? = nil
  ) throws(ChartError) {
    try Self.check(metrics, fact, isFree: true)
    let rows = table.rows.filter { metrics.contains($0.metric) && $0.layer?.number != nil }
    var maps: [HeatMap] = []
    for panel in fact.split(rows) {
      let metric = panel.rows[0].metric
      let found = try HeatMap.maps(of: MeasurementTable(panel.rows), metric: metric)
      guard found.count == 1, var map = found.first?.map else {
        throw ChartError(
          .noData,
          "the panel \(panel.title) fills \(found.count) heat maps, expected one: choose a model, a reference, a step "
            + "among \(found.prefix(6).map(\.name).joined(separator: "; "))")
      }
      map.title = fact == .metric ? map.colorTitle : panel.title
      maps.append(map)
    }
    guard !maps.isEmpty else {
      throw ChartError(
        .noData,
        "no measurement of \(metrics.joined(separator: ", ")) with a layer has a \(fact.rawValue) to make panels of"
      )
    }
    guard Set(maps.map(\.isSquare)).count == 1 else {
      throw ChartError(
        .noData,
        "some panels are of layers against time steps and others of layers against the reference's layers; choose "
          + "references")
    }
    let curves = MeasurementTable(rows).curves()
    let captions = ChartCaptions(curves, metric: metrics[0], without: [.model])
    let models = distinct(rows.map(\.model))
    let names = metrics.map(metricTitle).joined(separator: ", ")
    let headline = metrics.count == 1 ? captions.title : names
    self.init(
      title: title ?? (models.count == 1 && models[0] != "" ? "\(models[0]): \(headline)" : headline),
      subtitle: captions.subtitle, note: captions.note, content: .heatMaps(HeatMap.aligned(maps)))
  }

  private static func check(_ metrics: [String], _ fact: Fact, isFree: Bool) throws(ChartError) {
    guard isFree else {
      throw ChartError(
        .noData,
        "the panels are \(fact.rawValue)s, which the charts are drawn against: choose another axis or other panels"
      )
    }
    guard !metrics.isEmpty, metrics.count == 1 || fact == .metric else {
      throw ChartError(
        .noData,
        "found \(metrics.count) metrics to draw, expected one; panels of several metrics are the panels metric"
      )
    }
  }
}

extension HeatMap {
  /// Maps with all rows and columns that any of them has; cells that a map has not are empty.
  fileprivate static func aligned(_ maps: [HeatMap]) -> [HeatMap] {
    // As text, layer 10 would stand before layer 2.
    func comesBefore(_ left: String, _ right: String) -> Bool {
      if let left = Double(left), let right = Double(right) { return left < right }
      guard let left = LayerLabel(left), let right = LayerLabel(right) else { return left < right }
      return left < right
    }
    let columns = Set(maps.flatMap(\.columns.labels)).sorted(by: comesBefore)
    let rows = Array(Set(maps.flatMap(\.rows.labels)).sorted(by: comesBefore).reversed())
    let rowTitles = Set(maps.map(\.rows.title))
    let colorTitles = Set(maps.map(\.colorTitle))
    return maps.map { map in
      let columnOf = Dictionary(uniqueKeysWithValues: map.columns.labels.enumerated().map { ($1, $0) })
      let rowOf = Dictionary(uniqueKeysWithValues: map.rows.labels.enumerated().map { ($1, $0) })
      var aligned = map
      aligned.values = rows.map { row in
        columns.map { column in
          guard let row = rowOf[row], let column = columnOf[column] else { return .nan }
          return map.values[row][column]
        }
      }
      aligned.rows = Side(
        title: rowTitles.count == 1 ? map.rows.title : "Layer of the reference", labels: rows,
        isOrdered: maps.allSatisfy(\.rows.isOrdered))
      aligned.columns.labels = columns
      aligned.columns.isOrdered = maps.allSatisfy(\.columns.isOrdered)
      if colorTitles.count > 1 { aligned.colorTitle = "Value" }
      return aligned
    }
  }
}
