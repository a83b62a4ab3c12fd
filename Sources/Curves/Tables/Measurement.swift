import Features

/// One row of the tidy table: one number measured for one layer of one model, and what is needed to repeat it.
public struct Measurement: Sendable, Hashable {
  /// The measured model, as the feature archive names it.
  public var model: String
  /// The checkpoint's training step, where it is known.
  public var step: Int?
  /// The layer measured; nil where the number belongs to no layer, as a distance between image sets does.
  public var layer: LayerLabel?
  /// The time step in [0, 1], 0 being clean data; nil where the model has none.
  public var timestep: Double?
  /// What was compared against: a reference encoder's or model's name; empty where there is none.
  public var reference: String
  /// The reference's layer, where it has one.
  public var referenceLayer: LayerLabel?
  /// The reference's time step in [0, 1], where it has one.
  public var referenceTimestep: Double?
  /// The metric's name, such as `cknna`.
  public var metric: String
  /// Settings of the metric as `name=value` pairs joined by `;` and sorted by name, such as `k=10;normalize=l2`.
  public var parameters: String
  /// How many samples the number rests on; 0 where that is not known.
  public var samples: Int
  /// The number measured; finite.
  public var value: Double
  /// The lower end of the confidence interval.
  public var ciLow: Double?
  /// The upper end of the confidence interval.
  public var ciHigh: Double?
  /// The value that chance alone stays below at the level of the calibration.
  public var nullThreshold: Double?
  /// The share of permutations that reach the value.
  public var pValue: Double?
  /// The value after null calibration.
  public var calibrated: Double?
  /// The p-value adjusted for the other tests of the table, so that the share of false discoveries is controlled.
  public var qValue: Double?

  /// A measurement; whatever does not apply is left out.
  public init(
    model: String, step: Int? = nil, layer: LayerLabel? = nil, timestep: Double? = nil,
    reference: String = "", referenceLayer: LayerLabel? = nil, referenceTimestep: Double? = nil,
    metric: String, parameters: String = "", samples: Int, value: Double,
    ciLow: Double? = nil, ciHigh: Double? = nil, nullThreshold: Double? = nil, pValue: Double? = nil,
    calibrated: Double? = nil, qValue: Double? = nil
  ) {
    self.model = model
    self.step = step
    self.layer = layer
    self.timestep = timestep
    self.reference = reference
    self.referenceLayer = referenceLayer
    self.referenceTimestep = referenceTimestep
    self.metric = metric
    self.parameters = parameters
    self.samples = samples
    self.value = value
    self.ciLow = ciLow
    self.ciHigh = ciHigh
    self.nullThreshold = nullThreshold
    self.pValue = pValue
    self.calibrated = calibrated
    self.qValue = qValue
  }
}
