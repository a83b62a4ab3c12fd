import Alignment
import Charts
import Curves
import Extraction
import Features
import Files
import Foundation
import Images
import LinearAlgebra
import Models
import Probing

/// Does what a study's plan has left to do.
///
/// Every result is written when it is whole, under the key of what it was made from: an interrupted run goes on, and a
/// second one finds everything done.
public struct StudyRunner: Sendable {
  public let plan: StudyPlan
  public var threads: Threads

  /// - Throws: ``StudyError``, or the error of a file that cannot be read.
  public init(_ study: Study, output: String, threads: Threads = .all) throws {
    plan = try StudyPlanner.plan(study, output: output)
    self.threads = threads
  }

  /// How far a run has come.
  public struct Progress: Sendable {
    /// Which step of those that were left, from 1.
    public let step: Int
    public let steps: Int
    public let title: String
    /// Within the step; 0 of 0 where it has no parts.
    public let done: Int
    public let total: Int
  }

  /// What a run has made.
  public struct Result: Sendable {
    /// All measurements; read from the folder's table where nothing had to be made anew.
    ///
    /// - Throws: The error of a table that is none.
    public var table: MeasurementTable { get throws { try kept.table } }
    /// How many rows the table has; costs nothing, where the table may have to be read.
    public var rowCount: Int { kept.rowCount }
    let kept: StudyTable
    /// Of every curve over layers the best layer's measurement.
    public let best: MeasurementTable
    public let warnings: [String]
    /// The figures' files.
    public let figures: [String]
    /// Steps that this run has done.
    public let done: Int
  }

  /// Runs what is left, then writes the table, the figures and what is needed to repeat them.
  ///
  /// - Parameter progress: Called before each step and within it, one call at a time, on any thread.
  /// - Throws: The error of the step that fails; what was done before stays. ``StudyError`` where another run is at work in
  ///   the folder, or a file has changed since the study was planned.
  @discardableResult
  public func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) throws -> Result {
    let folder = plan.folder
    try folder.check()
    try folder.make([])
    let lock = try StudyLock(folder)
    defer { withExtendedLifetime(lock) {} }
    try folder.make(["archives", "data", "descriptions", "measurements", "figures"])
    folder.removeLeftovers()
    let left = plan.remaining.count
    var record = StudyRecord(folder)
    var number = 0
    func begin(_ step: StudyPlan.Step) -> @Sendable (Int, Int) -> Void {
      number += 1
      let current = number
      let report: @Sendable (Int, Int) -> Void = {
        progress(Progress(step: current, steps: left, title: step.title, done: $0, total: $1))
      }
      report(0, 0)
      return report
    }
    func finish(_ step: StudyPlan.Step, _ start: ContinuousClock.Instant) throws {
      record.add(step, seconds: (ContinuousClock.now - start) / .seconds(1))
      // Each time: what is done is not done again, and its warnings would be lost with an interrupted run.
      try record.write(plan, threads: threads)
    }
    for (step, work) in zip(plan.steps, plan.work) where !step.isDone && step.kind != .draw {
      guard let work else { continue }
      let start = ContinuousClock.now
      let report = begin(step)
      switch work {
      case .preprocess(let samples): try preprocess(samples, report)
      case .extract(let extraction): try extract(extraction, report)
      case .measure(let measurement):
        // Checkpoints of one model have the same title.
        record.warnings["\(step.title) \(measurement.model.key)"] = try measure(measurement, report)
      case .probe(let probe):
        record.warnings["\(step.title) \(probe.validation.key) \(probe.probe.parameters)"] =
          try self.probe(probe, report)
      case .draw: continue
      }
      try finish(step, start)
    }
    let (kept, warnings) = try keptTable()
    if let warnings { record.warnings["table"] = warnings }
    try plan.writeCommands()
    try AtomicFile.writeIfChanged(Array(plan.study.yaml.utf8), to: folder.resolvedStudy)
    var drawn: [String] = []
    // One figure that cannot be drawn keeps no other from being drawn.
    var failure: (any Error)?
    for (step, work) in zip(plan.steps, plan.work) {
      guard case .draw(let figure, let key)? = work else { continue }
      guard !step.isDone else {
        drawn += step.outputs
        continue
      }
      let start = ContinuousClock.now
      _ = begin(step)
      do {
        drawn += try plan.draw(figure, key: key, of: kept.table)
        try finish(step, start)
      } catch { failure = failure ?? error }
    }
    if left > 0 || !StudyFolder.exists(folder.record) { try record.write(plan, threads: threads) }
    if let failure { throw failure }
    let best = try MeasurementTable(contentsOfCSV: folder.bestLayers)
    return Result(kept: kept, best: best, warnings: record.allWarnings, figures: drawn, done: number)
  }
}
