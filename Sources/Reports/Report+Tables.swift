import Curves
import Features
import Files

extension Report {
  /// More rows than this make a page that browsers are slow with; the CSV has all.
  public static let mostRows = 5000
  /// A longer table is folded up when the page opens.
  static let mostOpenRows = 200
  /// More points than this are told by the table of all measurements alone.
  static let mostFigureRows = 500

  /// The layer with the best value of each curve: what REPA's Figures 2(c) and 3(c) plot, and its table by time step.
  var bestTables: String {
    var parts: [String] = []
    for (axis, title) in [(Abscissa.timestep, "By time step"), (.step, "By training step")] {
      guard let best = BestLayerTable(table, against: axis) else { continue }
      parts.append("<h3>\(title)</h3>\n\(best.html(id: "best-by-\(axis.rawValue)"))")
    }
    let layers = BestLayerTable.bestLayers(of: table)
    let rows = table.filter { !$0.isAggregate }.curves().compactMap { curve -> Measurement? in
      guard curve.rows.count(where: { $0.layer?.number != nil }) > 1, let layer = layers[curve.key] else {
        return nil
      }
      return curve.rows.first { $0.layer == layer }
    }
    guard !rows.isEmpty else {
      return parts.isEmpty ? "<p>No curve has more than one layer.</p>" : parts.joined(separator: "\n")
    }
    if !parts.isEmpty { parts.append("<h3>Every curve</h3>") }
    if rows.contains(where: { $0.ciLow != nil || $0.pValue != nil }) {
      parts.append(
        "<p>Intervals, thresholds and p-values are that layer’s own: they do not make up for having chosen the best of several "
          + "layers.</p>")
    }
    parts.append(
      listed(
        MeasurementColumn.table(
          id: "best-table", caption: "The best layer of every curve",
          Array(rows.prefix(Self.mostRows)), hasFilter: rows.count > 10), of: rows.count))
    return parts.joined(separator: "\n")
  }

  /// Every measurement, with the columns that hold anything.
  var measurementTable: String {
    let rows = Array(table.rows.prefix(Self.mostRows))
    let settings = Dictionary(grouping: rows, by: \.metric).mapValues { distinct($0.map(\.parameters)) }
    let isShared = settings.values.allSatisfy { $0.count == 1 }
    let note = table.metrics.compactMap { metric -> String? in
      guard isShared, let text = settings[metric]?.first, !text.isEmpty else { return nil }
      return
        "<dt>\(escapedMarkup(metricTitle(metric)))</dt><dd>\(escapedMarkup(text.replacing(";", with: "; ")))</dd>"
    }
    return listed(
      MeasurementColumn.table(
        id: "measurement-table", caption: "All measurements", rows,
        of: MeasurementColumn.all + (isShared ? [] : [MeasurementColumn.parameters]), hasFilter: true),
      of: table.rows.count)
      + (note.isEmpty ? "" : "\n<h3>Settings of the values</h3>\n<dl>\(note.joined())</dl>")
  }

  /// What a figure shows, for those who cannot point at it: the columns that differ.
  ///
  /// - Parameter layers: The best layers of curves, for points that stand for one.
  func values(of figure: Figure, number: Int, _ layers: [Curve.Key: LayerLabel]) -> String {
    guard !figure.rows.isEmpty else { return "" }
    let rows = figure.rows.prefix(Self.mostFigureRows).map { row in
      var row = row
      if row.layer == nil { row.layer = layers[Curve.Key(row)] }
      return row
    }
    let table = MeasurementColumn.table(
      id: "figure-\(number)-table", caption: "Values of figure \(number)", rows)
    return """
      <details class="values"><summary>Values of figure \(number)</summary>
      \(leftOut(rows.count, of: figure.rows.count))\(table.html)
      </details>
      """
  }

  /// A table of every run's step.
  var stepTable: String {
    HTMLTable(
      id: "step-table", caption: "What was done, in order",
      columns: [
        HTMLTable.Column(name: "Step"), HTMLTable.Column(name: "Of what"),
        HTMLTable.Column(name: "Seconds", isNumeric: true), HTMLTable.Column(name: "Finished (UTC)"),
      ],
      rows: steps.map { step in
        [
          .text(step.kind), .text(step.title), .number(step.seconds, fixedSeconds(step.seconds)),
          .text(step.finished.replacing("T", with: " ").replacing("Z", with: "")),
        ]
      }
    ).html
  }

  /// The table, folded up where it is long.
  private func listed(_ table: HTMLTable, of count: Int) -> String {
    let note = leftOut(table.rows.count, of: count)
    guard table.rows.count > Self.mostOpenRows else { return note + table.html }
    return """
      \(note)<details><summary>Show \(groupedText(table.rows.count)) rows</summary>
      \(table.html)
      </details>
      """
  }

  private func leftOut(_ shown: Int, of count: Int) -> String {
    count > shown
      ? "<p>The first \(groupedText(shown)) of \(groupedText(count)) rows; \(link("table.csv")) has all.</p>\n"
      : ""
  }

  /// A file beside the page: a link where it is known to be there.
  private func link(_ name: String) -> String {
    files.contains { $0.name == name }
      ? "<a href=\"\(address(folder + name))\">\(escapedMarkup(name))</a>" : escapedMarkup(name)
  }
}

/// Milliseconds are enough.
func fixedSeconds(_ seconds: Double) -> String { shortText((seconds * 1000).rounded() / 1000) }
