import Features
import Files

/// One alignment curve: one metric against layer, for one model, training step, time step and reference.
public struct Curve: Sendable, Hashable {
  /// What all measurements of one curve share.
  public struct Key: Sendable, Hashable {
    /// The measured model.
    public var model: String
    /// The checkpoint's training step, where it is known.
    public var step: Int?
    /// The model's time step, where it has one.
    public var timestep: Double?
    /// What was compared against.
    public var reference: String
    /// The reference's layer, where it has one.
    public var referenceLayer: LayerLabel?
    /// The reference's time step, where it has one.
    public var referenceTimestep: Double?
    /// The metric's name.
    public var metric: String
    /// The metric's settings.
    public var parameters: String

    /// The curve that a measurement belongs to.
    public init(_ row: Measurement) {
      model = row.model
      step = row.step
      timestep = row.timestep
      reference = row.reference
      referenceLayer = row.referenceLayer
      referenceTimestep = row.referenceTimestep
      metric = row.metric
      parameters = row.parameters
    }
  }

  /// What the measurements share.
  public let key: Key

  /// The measurements, sorted by layer; never empty.
  public let rows: [Measurement]
}

extension Curve.Key: Comparable {
  /// By model, step, time step, reference, its layer and time step, metric, parameters; absent values first.
  public static func < (left: Curve.Key, right: Curve.Key) -> Bool {
    var order = naturalComparison(left.model, right.model)
    if order == 0 { order = comparison(left.step, right.step) }
    if order == 0 { order = comparison(left.timestep, right.timestep) }
    if order == 0 { order = naturalComparison(left.reference, right.reference) }
    if order == 0 { order = comparison(left.referenceLayer, right.referenceLayer) }
    if order == 0 { order = comparison(left.referenceTimestep, right.referenceTimestep) }
    if order == 0 { order = naturalComparison(left.metric, right.metric) }
    if order == 0 { order = naturalComparison(left.parameters, right.parameters) }
    return order < 0
  }
}

extension MeasurementTable {
  /// The table's curves, sorted; the rows of each sorted by layer, rows of the same layer in the table's order.
  ///
  /// - Complexity: O(n log n)
  public func curves() -> [Curve] {
    let groups = Dictionary(grouping: rows, by: Curve.Key.init)
    return groups.keys.sorted().map { key in
      let rows = groups[key, default: []].enumerated().sorted { left, right in
        let order = comparison(left.element.layer, right.element.layer)
        return order == 0 ? left.offset < right.offset : order < 0
      }
      return Curve(key: key, rows: rows.map(\.element))
    }
  }
}
