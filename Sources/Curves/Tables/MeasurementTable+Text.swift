import Files

extension MeasurementTable {
  /// The table for people: aligned columns, and only what varies or matters; the rest stands once in the heading.
  ///
  /// Several curves of a metric become one block with a row per layer and a column per curve, the highest value of
  /// each curve marked. A single curve, and numbers that belong to no curve, are listed one a line with their
  /// intervals and calibration. Values have four decimals.
  ///
  /// - Parameter width: The characters in a line; a block that is wider continues below. A single column that is
  ///   wider by itself is not cut.
  public func textTable(width: Int = 100) -> String {
    let curves = curves()
    guard !curves.isEmpty else { return "no measurements\n" }
    if curves.count == 1 || curves.allSatisfy({ $0.rows.count == 1 }) { return list(curves) }
    let metrics = distinct(curves.map(\.key.metric))
    let blocks = metrics.flatMap { metric -> [String] in
      let group = curves.filter { $0.key.metric == metric }
      if group.contains(where: \.repeatsLayers) { return [list(group)] }
      let long = group.filter { $0.rows.count > 1 }
      let single = group.filter { $0.rows.count == 1 }
      return (long.isEmpty ? [] : [long.count == 1 ? list(long) : pivot(long, width: width)])
        + (single.isEmpty ? [] : [list(single)])
    }
    return blocks.joined(separator: "\n")
  }

  /// One line a measurement.
  private func list(_ curves: [Curve]) -> String {
    let rows = curves.flatMap(\.rows)
    let identity: [Column] = [
      .metric, .model, .step, .timestep, .reference, .referenceLayer, .referenceTimestep, .parameters,
      .samples,
    ]
    let varying = identity.filter { column in Set(rows.map { $0[column] }.filter { $0 != .empty }).count > 1 }
    let layer: [Column] = rows.contains { $0.layer != nil } ? [.layer] : []
    let extras: [Column] = [.ciLow, .ciHigh, .nullThreshold, .pValue, .qValue, .calibrated]
    let numbers = [.value] + extras.filter { column in rows.contains { $0[column] != .empty } }
    // As where curves stand side by side, a curve's highest value has a sign, and all others the space for one.
    let isCurve = curves.count == 1 && rows.count > 1 && !curves[0].repeatsLayers
    let highest = isCurve ? rows.map(\.value).max() : nil
    let columns = (varying + layer + numbers).map { column in
      let isSigned = isCurve && column == .value
      return TextColumn(
        heading: [column.title + (isSigned ? " " : "")],
        cells: column == .parameters
          ? curves.flatMap { curve in curve.rows.map { _ in curve.ownSettings(among: curves) } }
          : rows.map { isSigned ? Self.pivotText($0, highest: highest) : $0[column].display(as: column) },
        isNumeric: rows.allSatisfy { $0[column].isNumeric } && column != .layer)
    }
    let text = heading(curves) + "\n" + TextColumn.lines(columns).map { $0 + "\n" }.joined()
    return isCurve ? text + Self.legend(curves, hasIntervals: true) : text
  }

  /// One row a layer, one column a curve, in blocks no wider than asked for.
  private func pivot(_ curves: [Curve], width: Int) -> String {
    let layers = Set(curves.flatMap { $0.rows.map(\.layer) }).sorted { comparison($0, $1) < 0 }
    let fields: [Column] = [
      .model, .step, .timestep, .reference, .referenceLayer, .referenceTimestep, .parameters, .samples,
    ]
    let varying = fields.filter { column in Set(curves.map { $0.rows[0][column] }).count > 1 }
    let side = TextColumn(
      heading: varying.map(\.title) + ["layer"], cells: layers.map { $0?.description ?? "–" },
      isNumeric: false)
    let columns = curves.map { curve in
      let cells = Dictionary(curve.rows.map { ($0.layer, $0) }, uniquingKeysWith: { first, _ in first })
      let highest = curve.rows.count > 1 ? curve.rows.map(\.value).max() : nil
      return TextColumn(
        heading: varying.map { curve.rows[0][$0].heading(as: $0) } + [""],
        cells: layers.map { layer in cells[layer].map { Self.pivotText($0, highest: highest) } ?? "" },
        isNumeric: true)
    }
    var text = heading(curves) + "\n"
    var rest = columns[...]
    while !rest.isEmpty {
      let block = rest.prefix(TextColumn.fitting(rest, beside: side, width: width))
      rest = rest.dropFirst(block.count)
      text += TextColumn.lines([side] + block).map { $0 + "\n" }.joined() + (rest.isEmpty ? "" : "\n")
    }
    return text + Self.legend(curves)
  }

  /// A value with a sign beside it; every cell ends with one character for the sign, so that points stay aligned.
  private static func pivotText(_ row: Measurement, highest: Double?) -> String {
    let sign = row.isInsideNull ? "°" : (row.value == highest ? "*" : " ")
    return fixedText(row.value) + sign
  }

  private static func legend(_ curves: [Curve], hasIntervals: Bool = false) -> String {
    let rows = curves.flatMap(\.rows)
    var notes = ["* highest of its curve"]
    if let chance = Significance.note(rows) { notes.append("° \(chance)") }
    // What made them is told where the parameters know.
    let (intervals, threshold) = (Significance.intervals(rows), Significance.threshold(rows))
    if hasIntervals, let intervals, intervals.hasSuffix(")") { notes.append("from, to: \(intervals)") }
    if let threshold, threshold.hasSuffix(")") { notes.append(threshold) }
    if !hasIntervals, intervals != nil { notes.append("intervals are in the CSV") }
    return notes.joined(separator: "   ") + "\n"
  }

  private func heading(_ curves: [Curve]) -> String {
    var facts = Curve.sharedFacts(of: curves)
    let samples = Set(curves.flatMap { $0.rows.map(\.samples) })
    // Moments do not tell their number of samples.
    if samples.count == 1, let count = samples.first, count > 0 {
      facts.append("\(groupedText(count)) samples")
    }
    return facts.joined(separator: " · ")
  }
}

extension Curve {
  /// Whether two measurements belong to the same layer, so that a layer does not name a measurement.
  var repeatsLayers: Bool { Set(rows.map(\.layer)).count < rows.count }
}

extension MeasurementTable.Column {
  fileprivate var title: String {
    switch self {
    case .timestep: "t"
    case .referenceLayer: "reference layer"
    case .referenceTimestep: "reference t"
    case .ciLow: "from"
    case .ciHigh: "to"
    case .nullThreshold: "null"
    case .pValue: "p"
    case .qValue: "q"
    default: rawValue
    }
  }
}

extension Cell {
  fileprivate func display(as column: MeasurementTable.Column) -> String {
    switch (self, column) {
    case (.real(let time), .timestep), (.real(let time), .referenceTimestep): shortText(time)
    case (.real(let number), _): fixedText(number)
    case (.text(let text), _): String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    default: text
    }
  }

  /// The text above a column, which is never empty.
  fileprivate func heading(as column: MeasurementTable.Column) -> String {
    let text = display(as: column)
    return text.isEmpty ? "–" : text
  }

  fileprivate var isNumeric: Bool {
    if case .text = self { false } else { true }
  }
}
