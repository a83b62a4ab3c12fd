import Alignment
import Features
import LinearAlgebra

/// The statistics of one layer against one reference, a value a metric.
struct PairStatistics {
  /// The values under the permutations, the same for every pair; empty without calibration.
  private(set) var nulls: [[Double]] = []
  private var calibrations: [NullCalibration] = []
  private var intervals: [ClosedRange<Double>] = []
  private(set) var warnings: [String] = []

  init(
    _ sweep: Sweep, _ values: [Double], _ x: PreparedRepresentation, _ y: PreparedRepresentation
  ) throws {
    let statistics = sweep.statistics
    if let count = statistics.permutations {
      nulls = try Metric.nullValues(
        sweep.metrics, x, y, permutations: Permutations(count: count, seed: statistics.seed),
        settings: sweep.settings, threads: sweep.threads)
      calibrations = try sweep.metrics.indices.map {
        try NullCalibration(
          sweep.metrics[$0], observed: values[$0], null: nulls[$0], alpha: statistics.alpha)
      }
    }
    if let resampling = statistics.resampling {
      let choices = try Metric.resampledValues(
        sweep.metrics, x, y, resampling: resampling, settings: sweep.settings, threads: sweep.threads)
      for (place, metric) in sweep.metrics.enumerated() {
        let interval = try resampling.interval(
          for: values[place], values: choices[place], samples: x.samples)
        intervals.append(interval.limited(to: metric.range))
        if let oddity = resampling.oddity(of: values[place], values: choices[place]) {
          warnings.append("\(metric.name): \(oddity)")
        }
      }
    }
  }

  /// Writes what there is for a metric into its row.
  func write(metric place: Int, to row: inout Measurement) {
    if !intervals.isEmpty {
      row.ciLow = intervals[place].lowerBound
      row.ciHigh = intervals[place].upperBound
    }
    if !calibrations.isEmpty { row.take(calibrations[place]) }
  }
}

extension Measurement {
  mutating func take(_ calibration: NullCalibration) {
    nullThreshold = calibration.threshold
    pValue = calibration.pValue
    calibrated = calibration.score
  }
}

extension ClosedRange<Double> {
  /// Without what the metric cannot be.
  fileprivate func limited(to range: (lower: Double?, upper: Double?)) -> ClosedRange<Double> {
    let low = Swift.max(lowerBound, range.lower ?? -.infinity)
    return low...Swift.max(low, Swift.min(upperBound, range.upper ?? .infinity))
  }
}

/// The values of all layers of a model at a time step against a reference, to be made one number.
struct LayerValues {
  private struct Group: Hashable {
    let model: Int
    let timestep: Double?
    let reference: String
    let referenceTimestep: Double?
    let metric: Int
  }

  private struct Layers {
    var row: Measurement
    var values: [(observed: Double, null: [Double])] = []
    var referenceLayers: Set<LayerLabel?> = []
  }

  private var order: [Group] = []
  private var layers: [Group: Layers] = [:]

  /// Adds a pair of layers.
  mutating func add(_ row: Measurement, model: Int, metric: Int, null: [Double]) {
    let group = Group(
      model: model, timestep: row.timestep, reference: row.reference,
      referenceTimestep: row.referenceTimestep, metric: metric)
    if layers[group] == nil { order.append(group) }
    layers[group, default: Layers(row: row)].values.append((row.value, null))
    layers[group]?.referenceLayers.insert(row.referenceLayer)
  }

  /// A row without a layer for every model, time step, reference, metric and aggregate.
  func rows(_ sweep: Sweep) throws -> [Measurement] {
    try sweep.statistics.aggregates.flatMap { aggregate in
      try order.compactMap { group -> Measurement? in
        guard let layers = layers[group] else { return nil }
        let metric = sweep.metrics[group.metric]
        let calibration = try NullCalibration(
          metric, aggregating: layers.values, by: aggregate, alpha: sweep.statistics.alpha)
        var row = layers.row
        row.layer = nil
        if layers.referenceLayers.count > 1 { row.referenceLayer = nil }
        row.value = calibration.observed
        (row.ciLow, row.ciHigh) = (nil, nil)
        row.take(calibration)
        row.parameters = sweep.statistics.parameters(
          with: metric.parameters(sweep.settings),
          ["aggregate=\(aggregate.rawValue)", "pairs=\(layers.values.count)"])
        return row
      }
    }
  }
}
