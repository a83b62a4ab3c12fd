import Features
import LinearAlgebra
import Probing

/// Probes of every layer and time step of several models.
///
/// Each representation is trained on and tested alone: memory holds one at a time, and of that no more than the bound.
public struct ProbeSweep: Sendable {
  public var models: [ProbeInput]
  /// Models whose own accuracy is to stand beside the curves, such as the encoder aligned with; all of their
  /// representations are measured.
  public var references: [ProbeInput]
  public var probe: ProbeProtocol
  /// Which of the models' representations are measured; all by default.
  public var selection: Sweep.Selection
  /// Measure the top-5 accuracy too, as a metric of its own.
  public var measuresTopFive: Bool
  /// The level of the confidence intervals.
  public var level: Double
  /// Bytes that a representation in hand may take.
  public var memory: Int
  public var threads: Threads

  public init(
    models: [ProbeInput], references: [ProbeInput] = [], probe: ProbeProtocol,
    selection: Sweep.Selection = Sweep.Selection(), measuresTopFive: Bool = false, level: Double = 0.95,
    memory: Int = 4 << 30, threads: Threads = .all
  ) {
    self.models = models
    self.references = references
    self.probe = probe
    self.selection = selection
    self.measuresTopFive = measuresTopFive
    self.level = level
    self.memory = memory
    self.threads = threads
  }

  /// One representation's probe.
  public struct Found: Sendable {
    public let model: String
    public let step: Int?
    public let key: FeatureKey
    public let result: ProbeResult
    /// The probe's settings, how validation samples were drawn and what the intervals are, as the table has them.
    public let parameters: String
  }

  public struct Result: Sendable {
    /// One row a representation: top-1 accuracy over the validation samples, with its Wilson interval.
    public let table: MeasurementTable
    /// Everything else, in the order of the sources.
    public let found: [Found]
    /// The classes' names; a class's number is its place.
    public let classes: [String]
    public let warnings: [String]
    /// The level of the confidence intervals.
    public let level: Double
  }

  /// Trains and tests on every selected representation.
  ///
  /// - Parameter progress: Called after each representation, on the calling thread.
  /// - Throws: `ProbeError` or `FeatureError` with the file and layer concerned.
  public func run(progress: (Sweep.Progress) -> Void = { _ in }) throws -> Result {
    guard level > 0, level < 1 else {
      throw ProbeError(.invalidSetting, "a confidence level of \(level); it lies between 0 and 1")
    }
    let inputs = models + references
    try SweepSource.checkNames(inputs.map { SweepSource($0.source) })
    let classes = Set(inputs.flatMap { $0.trainingNames + $0.validationNames })
    let names = SampleLabels.classNames(of: [
      SampleLabels(classes.map { SampleLabels.Entry(name: $0) }, hasSplits: false)
    ])
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let jobs = try jobs()
    var found: [Found] = []
    var warnings: [String] = []
    for job in jobs {
      let input = inputs[job.model]
      let place = job.key.place(in: input.source.path)
      let result = try naming(input, job.key) {
        let (train, validation) = try input.sets(job.key, classes: numbers)
        return try probe.run(train: train, validation: validation, memory: memory, threads: threads)
      }
      warnings += result.warnings.map { "\(place): \($0)" }
      found.append(
        Found(
          model: input.source.name, step: input.source.step, key: job.key, result: result,
          parameters: (probe.parameters.split(separator: ";").map(String.init) + input.drawing
            + ["confidence=\(level)", "intervals=wilson"]).sorted().joined(separator: ";")))
      progress(
        Sweep.Progress(done: found.count, total: jobs.count, latest: "\(input.source.name), \(job.key)"))
    }
    var table = MeasurementTable(found.map { row($0, metric: probe.metric, count: \.correct) })
    if measuresTopFive {
      table.rows += found.map { row($0, metric: "\(probe.metric)-top5", count: \.correctInTopFive) }
    }
    table.sort()
    return Result(table: table, found: found, classes: names, warnings: distinct(warnings), level: level)
  }

  /// What will be measured, in the order of ``Result/found``.
  ///
  /// - Throws: `FeatureError` where something asked for is in none of the models.
  public func representations() throws -> [(model: String, step: Int?, key: FeatureKey)] {
    let inputs = models + references
    return try jobs().map { (inputs[$0.model].source.name, inputs[$0.model].source.step, $0.key) }
  }

  private func jobs() throws -> [Sweep.Job] {
    try selection.jobs(of: models.map { SweepSource($0.source) })
      + references.enumerated().flatMap { place, reference in
        reference.source.keys.map { Sweep.Job(model: models.count + place, key: $0) }
      }
  }

  private func row(_ found: Found, metric: String, count: KeyPath<ClassificationReport, Int>) -> Measurement {
    let report = found.result.report
    let correct = report[keyPath: count]
    let interval = WilsonInterval.of(correct, among: report.samples, level: level)
    return Measurement(
      model: found.model, step: found.step, layer: found.key.layer, timestep: found.key.timestep,
      metric: metric,
      parameters: found.parameters, samples: report.samples, value: Double(correct) / Double(report.samples),
      ciLow: interval.lowerBound, ciHigh: interval.upperBound)
  }

  /// Puts file and layer before what is wrong.
  private func naming<Value>(_ input: ProbeInput, _ key: FeatureKey, _ body: () throws -> Value) throws
    -> Value
  {
    do {
      return try body()
    } catch let error as ProbeError {
      throw ProbeError(error.code, "\(key.place(in: input.source.path)): \(error)")
    }
  }
}
