/// The ticks of the horizontal axis: where they stand, and how their labels do.
///
/// Numbers share the axis evenly. Names stand after them, each in as much room as its label needs; where that would
/// leave too little for the numbers, names run upwards.
struct HorizontalTicks {
  /// Numbers, and names where they fit, in one line below the axis.
  let level: [Tick]
  /// Names that only fit when they run upwards.
  let upright: [Tick]
  let height: Double

  private let axis: Axis
  private let ruler: Ruler

  /// - Parameters:
  ///   - start: The place of the first value, and `width` the distance to the last one.
  ///   - inset: How far labels may reach out on either side.
  init(
    _ chart: LineChart, range: ClosedRange<Double>, start: Double, width: Double, inset: Double,
    metrics: any FontMetrics
  ) {
    axis = chart.horizontal
    let line = Font.label.height
    let names = axis.named
    let widths = names.map { metrics.width(of: $0.label, .label) + Self.nameGap }
    // The last name is centred on the end of the axis and may reach out a little.
    let isLevel = widths.reduce(0, +) <= width * (axis.wholeNumbers == nil ? 1 : 0.4) + 2 * inset
    let slots = isLevel ? widths : widths.map { _ in line + 4 }
    let ruler = Ruler(
      axis, range: range, start: start, width: width, slots: slots, overhang: isLevel ? inset : 0)
    self.ruler = ruler

    func fits(_ ticks: [Tick]) -> Bool {
      let ends = ticks.map { tick in
        let half = metrics.width(of: tick.label, .label) / 2
        return (ruler.place(tick.position) - half, ruler.place(tick.position) + half)
      }
      return zip(ends, ends.dropFirst()).allSatisfy { $0.1 + 10 <= $1.0 }
    }
    let numbers: [Tick] =
      if let whole = axis.wholeNumbers {
        Tick.whole(in: whole.clamped(to: range)) { $0.count <= 16 && fits($0) }
      } else if names.isEmpty {
        Self.thinned(axis.ticks(in: range, count: 8), fits: fits)
      } else {
        []
      }
    level = isLevel ? numbers + names : numbers
    upright =
      isLevel
      ? []
      : Self.thinned(names) { kept in
        zip(kept, kept.dropFirst()).allSatisfy { ruler.place($1.position) - ruler.place($0.position) > line }
      }
    height = max(line, upright.map { metrics.width(of: $0.label, .label) }.max() ?? 0)
  }

  private static let nameGap = 12.0

  /// The horizontal place of a value.
  func place(_ value: Double) -> Double { ruler.place(value) }

  /// Every tick, or every second, third, … so that they fit.
  private static func thinned(_ ticks: [Tick], fits: ([Tick]) -> Bool) -> [Tick] {
    for step in 1...max(ticks.count, 1) {
      let kept = stride(from: 0, to: ticks.count, by: step).map { ticks[$0] }
      if fits(kept) { return kept }
    }
    return []
  }
}

/// The map from values to places: even over the numbers, then from name to name.
private struct Ruler {
  private let axis: Axis
  private let numbers: ClosedRange<Double>
  private let start: Double
  private let width: Double
  private var names: [(value: Double, place: Double)] = []

  init(
    _ axis: Axis, range: ClosedRange<Double>, start: Double, width: Double, slots: [Double], overhang: Double
  ) {
    self.axis = axis
    self.start = start
    let hasNumbers = axis.wholeNumbers != nil
    numbers = axis.wholeNumbers?.clamped(to: range) ?? range
    // The names' slots end at the axis' end; the numbers have what is before them.
    let room = slots.reduce(0, +)
    let end = start + width + overhang
    // A little air between the last number and the first name.
    let air = hasNumbers && !slots.isEmpty ? 12.0 : 0
    self.width = slots.isEmpty ? width : max(end - room - air - start, width * 0.25)
    // Names alone are spread over the whole axis; too many are pressed together and thinned later.
    let first = hasNumbers ? start + self.width + air : start - overhang
    let stretch = room > 0 ? (end - first) / room : 1
    var x = first
    for (tick, slot) in zip(axis.named, slots) {
      names.append((tick.position, x + slot * stretch / 2))
      x += slot * stretch
    }
  }

  func place(_ value: Double) -> Double {
    guard let first = names.first, value > numbers.upperBound || axis.wholeNumbers == nil else {
      return start + axis.share(of: value, in: numbers) * width
    }
    var before = (value: numbers.upperBound, place: start + width)
    if axis.wholeNumbers == nil { before = first }
    for name in names {
      if value <= name.value {
        let length = name.value - before.value
        return length > 0
          ? before.place + (name.place - before.place) * (value - before.value) / length : name.place
      }
      before = name
    }
    return before.place
  }
}
