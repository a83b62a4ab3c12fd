import Curves
import Features

extension Report {
  /// More rows than this make a page that browsers are slow with; the CSV has all.
  public static let mostRows = 5000

  /// The layer with the highest value of each curve: what REPA's Figures 2(c) and 3(c) plot.
  var bestTable: String {
    let curves = table.curves()
    let labels = Curve.labels(of: curves)
    let rows = curves.indices.compactMap { index -> [Cell]? in
      let rows = curves[index].rows.filter { $0.layer?.number != nil }
      guard rows.count > 1, let best = rows.max(by: { $0.value < $1.value }), let layer = best.layer else {
        return nil
      }
      return [
        .text(metricTitle(best.metric)), .text(labels[index]), .text(layer.description),
        .number(best.value, shown(best)),
      ]
    }
    guard !rows.isEmpty else { return "<p>No curve has more than one layer.</p>" }
    return html(
      id: "best-table", caption: "The highest value of every curve over its layers",
      headers: ["Metric", "Curve", "Layer", "Value"], rows: rows)
  }

  /// Every measurement, with the columns that hold anything.
  var measurementTable: String {
    let columns: [(name: String, cell: (Measurement) -> Cell?)] = [
      ("Model", { .text($0.model) }),
      ("Step", { row in row.step.map { .number(Double($0), groupedText($0)) } }),
      (
        "Layer",
        { row in
          row.layer.map { layer in layer.number.map { .number(Double($0), "\($0)") } ?? .text("\(layer)") }
        }
      ),
      ("t", { row in row.timestep.map { .number($0, shortText($0)) } }),
      ("Reference", { $0.reference.isEmpty ? nil : .text($0.reference) }),
      ("Reference layer", { row in row.referenceLayer.map { .text("\($0)") } }),
      ("Metric", { .text($0.metric) }),
      ("Parameters", { $0.parameters.isEmpty ? nil : .text($0.parameters) }),
      ("Samples", { .number(Double($0.samples), groupedText($0.samples)) }),
      ("Value", { .number($0.value, fixedText($0.value)) }),
      (
        "Interval",
        { row in
          guard let low = row.ciLow, let high = row.ciHigh else { return nil }
          return .number(low, "\(fixedText(low)) to \(fixedText(high))")
        }
      ),
      ("Null threshold", { row in row.nullThreshold.map { .number($0, fixedText($0)) } }),
      ("p", { row in row.pValue.map { .number($0, fixedText($0)) } }),
      ("Calibrated", { row in row.calibrated.map { .number($0, fixedText($0)) } }),
    ]
    let rows = table.rows.prefix(Self.mostRows)
    let used = columns.filter { column in rows.contains { column.cell($0) != nil } }
    let left = table.rows.count - rows.count
    let note =
      left > 0
      ? "<p>The first \(groupedText(rows.count)) of \(groupedText(table.rows.count)) rows; table.csv has all.</p>"
      : ""
    return note
      + html(
        id: "measurement-table", caption: "All measurements", headers: used.map(\.name),
        rows: rows.map { row in used.map { $0.cell(row) ?? .text("") } }, hasFilter: true)
  }

  /// The value with its interval.
  private func shown(_ row: Measurement) -> String {
    guard let low = row.ciLow, let high = row.ciHigh else { return fixedText(row.value) }
    return "\(fixedText(row.value)) (\(fixedText(low)) to \(fixedText(high)))"
  }

  enum Cell {
    case text(String)
    /// A number to sort by, and as it is shown.
    case number(Double, String)
  }

  private func html(
    id: String, caption: String, headers: [String], rows: [[Cell]], hasFilter: Bool = false
  ) -> String {
    let filter =
      hasFilter
      ? "<p class=\"filter\"><label for=\"\(id)-filter\">Show rows with all of these words</label> "
        + "<input id=\"\(id)-filter\" type=\"search\" data-table=\"\(id)\" autocomplete=\"off\"> "
        + "<span role=\"status\" id=\"\(id)-count\">\(groupedText(rows.count)) rows</span></p>"
      : ""
    let head = headers.map { "<th scope=\"col\"><button type=\"button\">\(escaped($0))</button></th>" }
    let body = rows.map { row in
      "<tr>"
        + row.map { cell in
          switch cell {
          case .text(let text): "<td>\(escaped(text))</td>"
          case .number(let value, let text): "<td class=\"n\" data-v=\"\(value)\">\(escaped(text))</td>"
          }
        }.joined() + "</tr>"
    }
    return """
      \(filter)
      <div class="scroll" tabindex="0" role="region" aria-label="\(escaped(caption))">
      <table id="\(id)" class="sortable"><caption>\(escaped(caption))</caption>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody></table>
      </div>
      """
  }
}
