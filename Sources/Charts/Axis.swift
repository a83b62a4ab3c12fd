import Curves
import Features
import Glibc

/// One axis of a chart: what it shows and where its ticks may stand.
public struct Axis: Sendable, Hashable {
  /// How values map to places along the axis.
  public enum Scale: Sendable {
    case linear
    /// Equal factors are equally far apart; for positive values.
    case logarithmic
  }

  /// What the axis shows, such as `CKNNA (k = 10)`.
  public var title: String
  /// How values map to places.
  public var scale: Scale = .linear
  /// Values that the axis shows whatever the data, so that several figures can have the same axis; data outside
  /// widens it.
  public var range: ClosedRange<Double>?

  /// Whether ticks are written in thousands and millions, as training steps are: `400K`, `1.5M`.
  var abbreviates = false
  /// The whole numbers that may have ticks; nil where ticks may stand at fractions.
  private(set) var wholeNumbers: ClosedRange<Double>?
  /// Ticks with a name in place of a number.
  private(set) var named: [Tick] = []

  /// An axis of numbers, with ticks at round values.
  public init(title: String, range: ClosedRange<Double>? = nil) {
    self.title = title
    self.range = range
  }

  /// An axis of layers: numbered ones at their number, with ticks at whole numbers only, then the named ones.
  public static func layers(_ layers: some Sequence<LayerLabel>, title: String = "Layer") -> Axis {
    var axis = Axis(title: title)
    let labels = Set(layers).sorted()
    let numbers = labels.compactMap(\.number).map(Double.init)
    var next = 0.0
    var spacing = 1.0
    if let first = numbers.first, let last = numbers.last {
      axis.wholeNumbers = first...last
      // Far enough apart for a short name beside a number, whatever the count of layers.
      spacing = max(1, (last - first) * 0.07)
      next = last + spacing * 1.2
    }
    for label in labels where label.number == nil {
      axis.named.append(Tick(position: next, label: label.description))
      next += spacing
    }
    return axis
  }

  /// Where a layer stands on an axis of layers, or nil if it has no place there.
  public func position(of layer: LayerLabel) -> Double? {
    layer.number.map(Double.init) ?? named.first { $0.label == layer.description }?.position
  }

  /// What a reader calls a place on the axis: a layer's name, a whole number without its fraction, or the number.
  func label(at value: Double) -> String {
    if let tick = named.first(where: { $0.position == value }) { return tick.label }
    return value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// Ticks at round values: about as many as wanted, or on a logarithmic axis the 1, 2 and 5 of each power of ten.
  func ticks(in range: ClosedRange<Double>, count: Int) -> [Tick] {
    guard scale == .logarithmic, range.lowerBound > 0 else {
      let ticks = Tick.nice(in: range, count: count)
      return abbreviates && range.upperBound >= 10_000 ? ticks.map(\.abbreviated) : ticks
    }
    let ticks = Tick.logarithmic(in: range)
    return ticks.count > 1 ? ticks : Tick.nice(in: range, count: count)
  }

  /// The place of a value as a share of the axis from 0 to 1; the middle where all values are one.
  func share(of value: Double, in range: ClosedRange<Double>) -> Double {
    // Zero has no logarithm.
    switch range.lowerBound > 0 ? scale : .linear {
    case .linear:
      // Halves keep the difference of two huge numbers finite.
      let length = range.upperBound / 2 - range.lowerBound / 2
      return length > 0 ? (value / 2 - range.lowerBound / 2) / length : 0.5
    case .logarithmic:
      let length = log(range.upperBound) - log(range.lowerBound)
      return length > 0 ? (log(value) - log(range.lowerBound)) / length : 0.5
    }
  }
}
