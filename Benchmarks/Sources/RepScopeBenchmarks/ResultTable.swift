/// What all measurements come to: for each a ratio, and what it was made of.
struct ResultTable {
  struct Row {
    /// What was measured, such as "pair: time against usual".
    let measurement: String
    /// Medians and spread, or peak memory, of repscope.
    let ours: String
    /// The same of what it is compared with.
    let reference: String
    /// How the two compare, such as "105 times faster".
    let ratio: String
  }

  static let titles = Row(
    measurement: "measurement", ours: "repscope", reference: "compared with", ratio: "ratio")

  private(set) var rows: [Row] = []
  /// What a reader must know of the peers.
  private(set) var notes: [String] = []

  mutating func note(_ text: String) {
    notes.append(text)
  }

  mutating func add(_ measurement: String, _ ours: String, _ reference: String, _ ratio: String) {
    rows.append(Row(measurement: measurement, ours: ours, reference: reference, ratio: ratio))
  }

  /// Two peaks of memory, and by how much ours is smaller.
  mutating func addMemory(_ measurement: String, _ ours: [Int?], _ reference: [Int?]) {
    // The worst of ours against the best of theirs.
    let (own, other) = (ours.compactMap { $0 }.max(), reference.compactMap { $0 }.min())
    let ratio = own.flatMap { own in other.map { "\(digits(Double($0) / Double(max(own, 1)))) times less" } }
    add(measurement, megabytes(own), megabytes(other), ratio ?? "unknown")
  }

  func plain() -> String {
    let all = [Self.titles] + rows
    let columns: [(Row) -> String] = [\.measurement, \.ours, \.reference, \.ratio]
    let widths = columns.map { column in all.map { column($0).count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    let lines = all.map { row in line(columns.map { $0(row) }) }
    let rule = line(widths.map { String(repeating: "-", count: $0) })
    return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
  }

  func markdown() -> String {
    let lines = ([Self.titles] + rows).map {
      "| \($0.measurement) | \($0.ours) | \($0.reference) | \($0.ratio) |"
    }
    return ([lines[0], "|---|---|---|---|"] + lines.dropFirst()).joined(separator: "\n")
  }
}
