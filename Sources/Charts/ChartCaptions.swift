import Curves

/// The words around a chart of alignment curves, taken from what the curves have in common.
struct ChartCaptions {
  let title: String
  let subtitle: String
  let axis: String
  let note: String

  init(_ curves: [Curve], metric: String, without omitted: Set<Curve.Fact> = []) {
    let name = metricTitle(metric)
    let references = distinct(curves.map(\.key.reference))
    title = references.count == 1 && references[0] != "" ? "\(name) with \(references[0])" : name

    let neighbors = Set(curves.map { curve in curve.parameters.first { $0.name == "k" } })
    let shared = neighbors.count == 1 ? neighbors.first.flatMap(\.self) : nil
    axis = shared.map { "\(name) (\($0.text))" } ?? name

    let rows = curves.flatMap(\.rows)
    var facts = Curve.sharedFacts(of: curves, without: omitted.union([.metric, .reference])).filter {
      $0 != shared?.text
    }
    let samples = Set(rows.map(\.samples))
    // Moments do not tell their number of samples.
    if samples.count == 1, let count = samples.first, count > 0 {
      facts.append("\(groupedText(count)) samples")
    }
    subtitle = facts.joined(separator: " · ")

    var notes: [String] = []
    if let intervals = Significance.intervals(rows) { notes.append("Bands: \(intervals).") }
    if let threshold = Significance.threshold(rows) { notes.append("Dotted: \(threshold).") }
    if let chance = Significance.note(rows) { notes.append("Hollow: \(chance).") }
    note = notes.joined(separator: " ")
  }
}
