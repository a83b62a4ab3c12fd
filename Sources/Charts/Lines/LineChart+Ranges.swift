extension LineChart {
  /// The values that the vertical axis spans.
  ///
  /// It has zero at one end where no value lies on the other side of it and the smallest magnitude is at most half of
  /// the largest, or all values are equal; else it leaves a little room on both sides.
  var verticalRange: ClosedRange<Double> {
    let finite = finiteValues
    guard let low = finite.min(), let high = finite.max() else { return vertical.range ?? 0...1 }
    if let range = vertical.range { return min(low, range.lowerBound)...max(high, range.upperBound) }
    if low == high {
      guard low != 0 else { return 0...1 }
      return low > 0 ? Self.range(0, low * 1.5) : Self.range(low * 1.5, 0)
    }
    let room = (high / 2 - low / 2) * 0.1
    if low >= 0, low <= high / 2 { return Self.range(0, high + room) }
    if high <= 0, high >= low / 2 { return Self.range(low - room, 0) }
    return Self.range(low - room, high + room)
  }

  /// The highest value of a line, a band or a reference line; nil where there is none.
  var highestValue: Double? { finiteValues.max() }

  private var finiteValues: [Double] {
    let values =
      series.flatMap {
        $0.points.flatMap { point in [point.y] + (point.band.map { [$0.lowerBound, $0.upperBound] } ?? []) }
      }
      + referenceLines.map(\.y)
    return values.filter(\.isFinite)
  }

  /// The values that the horizontal axis spans.
  var horizontalRange: ClosedRange<Double> {
    let values = series.flatMap { $0.points.map(\.x) }.filter(\.isFinite) + horizontal.named.map(\.position)
    let ends = values + (horizontal.range.map { [$0.lowerBound, $0.upperBound] } ?? [])
    guard let low = ends.min(), let high = ends.max() else { return 0...1 }
    return low...high
  }

  private static func range(_ low: Double, _ high: Double) -> ClosedRange<Double> {
    let largest = Double.greatestFiniteMagnitude
    return max(low, -largest)...min(high, largest)
  }
}
