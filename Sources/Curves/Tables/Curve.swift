import Features
import Files

/// What a curve's measurements differ in: what stands on the horizontal axis.
public enum Abscissa: String, Sendable, CaseIterable {
  case layer
  case timestep
  /// The checkpoint's training step.
  case step
  case samples
  /// The model's size, in millions of parameters, which the table does not hold: see ``ModelSizes``.
  case size
}

/// One curve: one metric against layer, for one model, training step, time step and reference; or against one of the
/// others.
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
    /// The number of samples, unless the curve is against it.
    public var samples: Int?
    /// The layer of a curve that is not against layer.
    public var layer: LayerLabel?

    /// The curve that a measurement belongs to.
    ///
    /// Against size, models belong together whose names differ in their size alone.
    public init(_ row: Measurement, against abscissa: Abscissa = .layer) {
      model = abscissa == .size ? ModelSizes.family(row.model) : row.model
      step = abscissa == .step ? nil : row.step
      timestep = abscissa == .timestep ? nil : row.timestep
      reference = row.reference
      referenceLayer = row.referenceLayer
      referenceTimestep = row.referenceTimestep
      metric = row.metric
      parameters = row.parameters
      samples = abscissa == .samples ? nil : row.samples
      layer = abscissa == .layer ? nil : row.layer
    }
  }

  /// What the measurements share.
  public let key: Key

  /// The measurements, sorted by layer or whatever the curve is against; never empty.
  public let rows: [Measurement]

  package init(key: Key, rows: [Measurement]) {
    self.key = key
    self.rows = rows
  }
}

extension MeasurementTable {
  /// The table's curves: models, references, metrics and their parameters in the order of their first row, which is
  /// the order that was asked for; training steps, time steps, numbers of samples and layers from low to high, absent ones first.
  ///
  /// - Parameters:
  ///   - abscissa: What the measurements of a curve differ in.
  ///   - sizes: The models' sizes; only curves against size look at them.
  /// - Complexity: O(n log n)
  public func curves(against abscissa: Abscissa = .layer, sizes: ModelSizes = ModelSizes()) -> [Curve] {
    let groups = Dictionary(grouping: rows) { Curve.Key($0, against: abscissa) }
    let models = Self.ranks(
      abscissa == .size ? distinct(models.map(ModelSizes.family)) : models)
    let references = Self.ranks(references)
    let metrics = Self.ranks(metrics)
    let parameters = Self.ranks(distinct(rows.map(\.parameters)))
    func comesBefore(_ left: Curve.Key, _ right: Curve.Key) -> Bool {
      var order = comparison(models[left.model], models[right.model])
      if order == 0 { order = comparison(left.step, right.step) }
      if order == 0 { order = comparison(left.timestep, right.timestep) }
      if order == 0 { order = comparison(references[left.reference], references[right.reference]) }
      if order == 0 { order = comparison(left.referenceLayer, right.referenceLayer) }
      if order == 0 { order = comparison(left.referenceTimestep, right.referenceTimestep) }
      if order == 0 { order = comparison(metrics[left.metric], metrics[right.metric]) }
      if order == 0 { order = comparison(parameters[left.parameters], parameters[right.parameters]) }
      if order == 0 { order = comparison(left.samples, right.samples) }
      if order == 0 { order = comparison(left.layer, right.layer) }
      return order < 0
    }
    return groups.keys.sorted(by: comesBefore).map { key in
      let rows = groups[key, default: []].enumerated().sorted { left, right in
        let order =
          switch abscissa {
          case .layer: comparison(left.element.layer, right.element.layer)
          case .timestep: comparison(left.element.timestep, right.element.timestep)
          case .step: comparison(left.element.step, right.element.step)
          case .samples: comparison(left.element.samples, right.element.samples)
          case .size: comparison(sizes[left.element.model], sizes[right.element.model])
          }
        return order == 0 ? left.offset < right.offset : order < 0
      }
      return Curve(key: key, rows: rows.map(\.element))
    }
  }

  private static func ranks(_ names: [String]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }
}
