import Charts
import Curves
import Files
import Foundation
import LinearAlgebra
import Reports

/// Who did what on which machine: enough to judge a result, and to repeat it.
struct StudyRecord {
  private struct Contents: Codable {
    var repscope = ""
    var processor = ""
    var blas = ""
    var cairo = ""
    var threads = 0
    var seed: UInt64 = 0
    var steps: [Step] = []
    /// By the step that they come from, which takes them back when it is done again.
    var warningsOfSteps: [String: [String]]?
  }

  private struct Step: Codable {
    let kind: String
    let title: String
    let seconds: Double
    let finished: String
  }

  private var contents: Contents

  /// Goes on with the record of earlier runs in the folder, where there is one.
  init(_ folder: StudyFolder) {
    let data = FileManager.default.contents(atPath: folder.record)
    contents = data.flatMap { try? JSONDecoder().decode(Contents.self, from: $0) } ?? Contents()
  }

  /// What may mislead about the values, by the step that told it.
  var warnings: [String: [String]] {
    get { contents.warningsOfSteps ?? [:] }
    set { contents.warningsOfSteps = newValue.filter { !$0.value.isEmpty } }
  }

  /// All of them, of all runs.
  var allWarnings: [String] { Self.all(contents) }

  private static func all(_ contents: Contents) -> [String] {
    distinct((contents.warningsOfSteps ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value))
  }

  mutating func add(_ step: StudyPlan.Step, seconds: Double) {
    contents.steps.append(
      Step(
        kind: step.kind.rawValue, title: step.title, seconds: (seconds * 1000).rounded() / 1000,
        finished: Date.now.formatted(.iso8601)))
  }

  mutating func write(_ plan: StudyPlan, threads: Threads) throws {
    let kernel = BLASKernel.current
    contents.repscope = repscopeVersion
    contents.processor = Processor.current.name
    contents.blas = "\(kernel.library), kernel \(kernel.name)"
    contents.cairo = FigureFormat.libraryVersion
    contents.threads = threads.count
    contents.seed = plan.study.seed
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(contents)) + [0x0A], to: plan.folder.record)
  }

  /// The facts of a finished study, for its report; none where there is no record.
  static func facts(_ folder: StudyFolder) -> (
    facts: [(name: String, value: String)], steps: [Report.Step], warnings: [String]
  ) {
    let record = StudyRecord(folder).contents
    guard !record.repscope.isEmpty else { return ([], [], all(record)) }
    var facts = [
      ("repscope", record.repscope), ("Processor", record.processor), ("BLAS", record.blas),
      ("Cairo", record.cairo), ("Threads", "\(record.threads)"), ("Seed", "\(record.seed)"),
    ]
    // ISO 8601 in one time zone sorts as text.
    if let first = record.steps.map(\.finished).min(), let last = record.steps.map(\.finished).max() {
      let seconds = record.steps.reduce(0) { $0 + $1.seconds }
      facts.append(("Measured (UTC)", first == last ? last : "\(first) to \(last)"))
      facts.append(("Time of all steps", "\((seconds * 10).rounded() / 10) s"))
    }
    let steps = record.steps.map {
      Report.Step(kind: $0.kind, title: $0.title, seconds: $0.seconds, finished: $0.finished)
    }
    return (facts, steps, all(record))
  }
}
