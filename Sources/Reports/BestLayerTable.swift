import Curves
import Features
import Files

/// The best layers of a table's curves, by time step or training step: the table of REPA's section 4.4.
///
/// One row a step, one column a model; metrics and references stand side by side.
///
/// - SeeAlso: REPA, arXiv 2410.06940, section 4.4.
struct BestLayerTable {
  /// A metric against a reference: the heading over its models.
  struct Group {
    let title: String
    /// The models' headings.
    var columns: [String]
    /// For every column the values at each step; nil where none was measured.
    var values: [[Double: Entry]]
  }

  struct Entry: Hashable {
    let row: Measurement
    let layer: LayerLabel?
  }

  /// More columns than this do not fit a page.
  private static let mostColumns = 8

  /// Further tables are folded up when the page opens.
  private static let mostOpenTables = 4

  let axis: Abscissa
  let steps: [Double]
  let groups: [Group]

  /// - Returns: Nil where no curve has two steps.
  init?(_ table: MeasurementTable, against axis: Abscissa) {
    self.axis = axis
    let layers = Self.bestLayers(of: table)
    func step(_ row: Measurement) -> Double? { axis == .step ? row.step.map(Double.init) : row.timestep }
    let curves = table.bestLayers().filter { step($0) != nil }.curves(against: axis)
      .filter { curve in Set(curve.rows.map(step)).count > 1 }
    guard !curves.isEmpty else { return nil }
    let heads = curves.map { curve in
      let metric = metricTitle(curve.key.metric)
      return curve.key.reference.isEmpty ? metric : "\(metric) with \(curve.key.reference)"
    }
    groups = distinct(heads).map { head in
      let own = curves.indices.filter { heads[$0] == head }.map { curves[$0] }
      return Group(
        title: head, columns: Curve.labels(of: own),
        values: own.map { curve in
          let entries = curve.rows.compactMap { row in
            step(row).map { ($0, Entry(row: row, layer: row.layer ?? layers[Curve.Key(row)])) }
          }
          return Dictionary(entries) { first, _ in first }
        })
    }
    steps = Set(groups.flatMap { $0.values.flatMap(\.keys) }).sorted()
  }

  /// Of every curve over layers the layer that ``MeasurementTable/bestLayers()`` takes.
  static func bestLayers(of table: MeasurementTable) -> [Curve.Key: LayerLabel] {
    var layers: [Curve.Key: LayerLabel] = [:]
    for curve in table.filter({ !$0.isAggregate }).curves() {
      guard let best = MeasurementTable(curve.rows).bestLayers().rows.first(where: { $0.layer == nil }) else {
        continue
      }
      layers[curve.key] = curve.rows.first { $0.layer?.number != nil && $0.value == best.value }?.layer
    }
    return layers
  }

  /// One table, or several where it would be too wide.
  func html(id: String) -> String {
    var parts: [[Group]] = []
    for group in groups.flatMap(split) {
      let width = parts.last?.reduce(0) { $0 + $1.columns.count } ?? Self.mostColumns
      if width + group.columns.count > Self.mostColumns {
        parts.append([group])
      } else {
        parts[parts.count - 1].append(group)
      }
    }
    let tables = parts.enumerated().map { place, part in
      table(id: place == 0 ? id : "\(id)-\(place + 1)", part)
    }
    let more = tables.dropFirst(Self.mostOpenTables)
    guard !more.isEmpty else { return tables.joined(separator: "\n") }
    return """
      \(tables.prefix(Self.mostOpenTables).joined(separator: "\n"))
      <details><summary>Show \(more.count) more \(more.count == 1 ? "table" : "tables")</summary>
      \(more.joined(separator: "\n"))
      </details>
      """
  }

  private func split(_ group: Group) -> [Group] {
    stride(from: 0, to: group.columns.count, by: Self.mostColumns).map { start in
      let columns = start..<min(start + Self.mostColumns, group.columns.count)
      return Group(
        title: group.title, columns: Array(group.columns[columns]), values: Array(group.values[columns]))
    }
  }

  private func table(id: String, _ groups: [Group]) -> String {
    let name = axis == .step ? "Training step" : "Time step t"
    let heads = groups.map { group in
      "<th scope=\"colgroup\" colspan=\"\(group.columns.count)\">\(escapedMarkup(group.title))</th>"
    }
    let columns = groups.flatMap(\.columns).map { "<th scope=\"col\" class=\"n\">\(escapedMarkup($0))</th>" }
    let rows = steps.map { step in
      let label = axis == .step ? Int(exactly: step).map(groupedText) ?? shortText(step) : shortText(step)
      let cells = groups.flatMap(\.values).map { values in
        values[step].map(Self.cell) ?? "<td class=\"n\">–</td>"
      }
      return "<tr><th scope=\"row\">\(label)</th>\(cells.joined())</tr>"
    }
    let spans = groups.map { "<colgroup span=\"\($0.columns.count)\"></colgroup>" }.joined()
    let note = MeasurementColumn.chanceNote(groups.flatMap(\.values).flatMap(\.values).map(\.row))
    return HTMLTable.framed(
      id: id,
      caption:
        "The best layer’s value at every \(axis == .step ? "training step" : "time step"), and which layer it is"
        + (note.map { ". \($0)" } ?? ""),
      attributes: " class=\"pivot\"",
      """
      <colgroup></colgroup>\(spans)
      <thead><tr><th scope="col" rowspan="2">\(name)</th>\(heads.joined())</tr>
      <tr>\(columns.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      """)
  }

  private static func cell(_ entry: Entry) -> String {
    let layer = entry.layer.map {
      " <small>\($0.number == nil ? "" : "layer ")\(escapedMarkup("\($0)"))</small>"
    }
    return
      "<td class=\"n\">\(fixedText(entry.row.value))\(entry.row.isInsideNull ? "°" : "")\(layer ?? "")</td>"
  }
}
