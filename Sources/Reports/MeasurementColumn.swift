import Curves
import Features

/// A column of the page's tables of measurements.
struct MeasurementColumn: Sendable {
  let name: String
  var isNumeric = false
  var isFilter = false
  let cell: @Sendable (Measurement) -> HTMLTable.Cell

  /// All columns but the metric's settings, which seldom differ within a metric.
  static let all: [MeasurementColumn] = [
    text("Metric", isFilter: true) { metricTitle($0.metric) },
    text("Model", isFilter: true) { $0.model },
    number("Training step", isFilter: true) { row in row.step.map { (Double($0), groupedText($0)) } },
    text("Reference", isFilter: true) { $0.reference },
    text("Reference layer") { $0.referenceLayer?.description ?? "" },
    number("Reference t") { row in row.referenceTimestep.map { ($0, shortText($0)) } },
    number("t", isFilter: true) { row in row.timestep.map { ($0, shortText($0)) } },
    MeasurementColumn(name: "Layer", isNumeric: true, isFilter: true) { row in
      guard let layer = row.layer else { return .empty }
      return layer.number.map { .number(Double($0), "\($0)") } ?? .text("\(layer)")
    },
    number("Samples") { row in row.samples > 0 ? (Double(row.samples), groupedText(row.samples)) : nil },
    number("Value") { row in (row.value, fixedText(row.value) + (row.isInsideNull ? "°" : "")) },
    number("Interval") { row in
      guard let low = row.ciLow, let high = row.ciHigh else { return nil }
      return (low, "\(fixedText(low)) to \(fixedText(high))")
    },
    number("Null threshold") { row in row.nullThreshold.map { ($0, fixedText($0)) } },
    number("p") { row in row.pValue.map { ($0, fixedText($0)) } },
    number("q") { row in row.qValue.map { ($0, fixedText($0)) } },
    number("Calibrated") { row in row.calibrated.map { ($0, fixedText($0)) } },
  ]

  /// The metric's settings.
  static let parameters = text("Settings") { $0.parameters }

  private static func text(
    _ name: String, isFilter: Bool = false, _ value: @escaping @Sendable (Measurement) -> String
  ) -> MeasurementColumn {
    MeasurementColumn(name: name, isFilter: isFilter) { row in
      let text = value(row)
      return text.isEmpty ? .empty : .text(text)
    }
  }

  private static func number(
    _ name: String, isFilter: Bool = false, _ value: @escaping @Sendable (Measurement) -> (Double, String)?
  ) -> MeasurementColumn {
    MeasurementColumn(name: name, isNumeric: true, isFilter: isFilter) { row in
      value(row).map { .number($0.0, $0.1) } ?? .empty
    }
  }

  /// Columns that may be empty in a row without saying anything by it.
  private static let isMinor: Set = ["Reference layer", "Reference t", "Samples"]

  /// A table of rows: the columns that differ; what all rows share stands in the caption.
  static func table(
    id: String, caption: String, _ rows: [Measurement], of columns: [MeasurementColumn] = all,
    hasFilter: Bool = false
  ) -> HTMLTable {
    let cells = columns.map { column in rows.map(column.cell) }
    var shared: [String] = []
    let used = columns.indices.filter { place in
      let name = columns[place].name
      var values = Set(cells[place])
      if isMinor.contains(name), values.count > 1 { values.remove(.empty) }
      guard values != [.empty] else { return false }
      guard rows.count > 1, values.count == 1, let value = values.first, !isResult.contains(name) else {
        return true
      }
      shared.append("\(name == "t" ? "t =" : name.prefix(1).lowercased() + name.dropFirst()) \(value.text)")
      return false
    }
    let parts = [
      caption, shared.isEmpty ? "" : "In all rows: \(shared.joined(separator: ", "))", notes(rows),
    ]
    return HTMLTable(
      id: id, caption: parts.filter { !$0.isEmpty }.joined(separator: ". "),
      columns: used.map {
        HTMLTable.Column(
          name: columns[$0].name, isNumeric: columns[$0].isNumeric,
          isFilter: hasFilter && columns[$0].isFilter)
      },
      rows: rows.indices.map { row in used.map { cells[$0][row] } }, hasFilter: hasFilter)
  }

  /// Columns that stay, whatever they hold.
  private static let isResult: Set = ["Value", "Interval", "Null threshold", "p", "q", "Calibrated"]

  /// What the signs and numbers of a table mean, in words, where it is the same for all that have them.
  static func notes(_ rows: [Measurement]) -> String {
    let details = [Significance.intervals(rows), Significance.threshold(rows)].compactMap { text in
      text.flatMap { $0.hasSuffix(")") ? $0.prefix(1).uppercased() + $0.dropFirst() : nil }
    }
    return (details + [chanceNote(rows)].compactMap(\.self)).joined(separator: ". ")
  }

  /// What the sign of values means that are not significant; nil where there is none.
  static func chanceNote(_ rows: [Measurement]) -> String? { Significance.note(rows).map { "°: \($0)" } }
}
