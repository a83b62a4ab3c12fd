extension Measurement {
  /// Whether the value is one that chance alone gives: with false-discovery control, q above its level; else p above alpha;
  /// without either, a value that is not beyond the null threshold.
  package var isInsideNull: Bool {
    if let qValue { return qValue > level("fdr") }
    if let pValue { return pValue > level("alpha") }
    guard let nullThreshold else { return false }
    return isLoss(metric: metric) ? value >= nullThreshold : value <= nullThreshold
  }

  /// The level of a test, from the parameters; 0.05 where they have none.
  fileprivate func level(_ name: String) -> Double { parameter(name).flatMap(Double.init) ?? 0.05 }

  /// One of the parameters.
  func parameter(_ name: String) -> String? {
    for part in parameters.split(separator: ";") where part.hasPrefix("\(name)=") {
      return String(part.dropFirst(name.count + 1))
    }
    return nil
  }

  /// Whether the number stands for many layers.
  package var isAggregate: Bool { layer == nil && parameter("aggregate") != nil }
}

/// What the signs of calibration and intervals mean, in words.
package enum Significance {
  /// Of a value that is not significant; nil where every value is, or none was tested.
  package static func note(_ rows: [Measurement]) -> String? {
    let inside = rows.filter(\.isInsideNull)
    guard let first = inside.first else { return nil }
    guard inside.allSatisfy({ $0.qValue != nil }) else { return "no more than chance" }
    return "q > \(shortText(first.level("fdr")))"
  }

  /// Of the null threshold, such as `null threshold (1000 permutations, alpha = 0.05)`; nil without one.
  package static func threshold(_ rows: [Measurement]) -> String? {
    let tested = rows.filter { $0.nullThreshold != nil }
    guard let first = tested.first else { return nil }
    guard let permutations = shared("permutations", tested), let count = Int(permutations) else {
      return "null threshold"
    }
    return "null threshold (\(groupedText(count)) permutations, alpha = \(shortText(first.level("alpha"))))"
  }

  /// Of intervals, such as `95 % confidence intervals (jackknife)` or `95 % Wilson intervals`; nil without one.
  package static func intervals(_ rows: [Measurement]) -> String? {
    let banded = rows.filter { $0.ciLow != nil && $0.ciHigh != nil }
    guard !banded.isEmpty else { return nil }
    return distinct(banded.map(interval)).joined(separator: " and ")
  }

  private static func interval(_ row: Measurement) -> String {
    guard let method = row.parameter("intervals"),
      let share = row.parameter("confidence").flatMap(Double.init)
    else { return "confidence intervals" }
    let percent = percentText(share)
    return method == "wilson" ? "\(percent) Wilson intervals" : "\(percent) confidence intervals (\(method))"
  }

  private static func shared(_ name: String, _ rows: [Measurement]) -> String? {
    let values = Set(rows.map { $0.parameter(name) })
    return values.count == 1 ? values.first.flatMap(\.self) : nil
  }
}
