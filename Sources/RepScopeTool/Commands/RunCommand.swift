import ArgumentParser
import Foundation
import RepScope

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "A whole study from an experiment file: extract, measure, draw.",
    discussion: """
      Plans first, then does what is missing: pictures to latents, checkpoints to feature archives, metrics, figures. A \
      second run finds everything done; a changed setting redoes only what depends on it; an interrupted run goes on.

      The folder holds table.csv and table.jsonl, best.csv with the best layers, figures/ (PNG, SVG, PDF, and commands.sh, which \
      draws them again), the archives, study.yaml with every default written out, and run.json with versions, machine, seeds \
      and times.

      Presets are experiment files that come with repscope: \(Preset.all.map(\.name).joined(separator: ", ")). They run on the \
      shipped checkpoints; --print shows one, to be saved and changed.

      EXAMPLES
        repscope run study.yaml --output results
        repscope run study.yaml --output results --plan
        repscope run --preset repa-figure-2 --output figure-2
        repscope run --preset repa-figure-2 --print > mine.yaml
      """)

  @Argument(
    help: ArgumentHelp("The experiment file.", valueName: "study.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var file: String?

  @Option(
    help: ArgumentHelp("A study that comes with repscope, in place of a file.", valueName: "name"),
    completion: .list(Preset.all.map(\.name)))
  var preset: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder of the results.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Flag(help: "Print what would run, what is there already, and what it would cost; do nothing.")
  var plan = false

  @Flag(name: .customLong("print"), help: "Print the preset's experiment file; do nothing.")
  var printsPreset = false

  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws {
    if (file == nil) == (preset == nil) { throw ValidationError("give an experiment file, or --preset NAME") }
    if printsPreset {
      if preset == nil { throw ValidationError("--print shows a preset; give --preset NAME") }
      let others = [("--plan", plan), ("--output", output != nil), ("--threads", threads.threads != nil)]
      if let option = others.first(where: \.1) {
        throw ValidationError("--print shows a preset and does nothing else; leave out \(option.0)")
      }
    }
    if output == nil, !printsPreset {
      throw ValidationError("there is no folder for the results; give --output FOLDER")
    }
    _ = try chosenPreset()
  }

  private func chosenPreset() throws -> Preset? {
    guard let preset else { return nil }
    guard let found = Preset.named(preset) else {
      throw ValidationError(
        "there is no preset \(preset); the presets are \(Preset.all.map(\.name).joined(separator: ", "))")
    }
    return found
  }

  func run() throws {
    let preset = try chosenPreset()
    if printsPreset, let preset {
      Console.write(preset.text, to: 1)
      return
    }
    try OutputFolder(output ?? "").check(inputs: [file])
    let study =
      try preset.map {
        // The resolved file has to hold wherever it is run from.
        let root = try ShippedFixtures.root()
        return try Study(
          $0.text, file: $0.name, folder: root.isEmpty ? FileManager.default.currentDirectoryPath : root)
      } ?? Study(contentsOf: file ?? "")
    let runner = try StudyRunner(study, output: output ?? "", threads: threads.value)
    if plan {
      show(runner.plan)
      return
    }
    nonisolated(unsafe) let bar = ProgressBar(counting: "parts")
    nonisolated(unsafe) var latest = 0
    defer { bar.finish() }
    // Calls come one at a time: the runner promises it.
    let result = try runner.run { progress in
      if progress.step != latest {
        bar.finish()
        latest = progress.step
        Console.note("[\(progress.step)/\(progress.steps)] \(progress.title)")
      }
      if progress.total > 0 { bar.show(progress.done, of: progress.total, "") }
    }
    bar.finish()
    for warning in result.warnings { Console.warning(warning) }
    if result.done == 0 { Console.note("everything is there already") }
    let best = result.best.filter { $0.layer?.number != nil }
    if !best.rows.isEmpty {
      // A table a metric: together, each line would repeat its metric's settings.
      let tables = best.metrics.map { best.filter(metric: $0).textTable() }
      Console.write("Best layers:\n" + tables.joined(separator: "\n") + "\n", to: 1)
    }
    Console.print("Table:   \(output ?? "")/table.csv, \(result.rowCount) measurements")
    for figure in result.figures where figure.hasSuffix(".png") { Console.print("Figure:  \(figure)") }
  }

  /// What would run: one line a step, then the sum.
  private func show(_ plan: StudyPlan) {
    for step in plan.steps {
      let cost = step.operations > 0 && !step.isDone ? ", \(Self.gigaflops(step.operations))" : ""
      Console.print("\(step.isDone ? "done " : "to do") \(step.kind.rawValue): \(step.title)\(cost)")
    }
    guard !plan.remaining.isEmpty else { return }
    let speed = (try? MatrixProductSpeed.measure(threads: threads.value, rounds: 4)) ?? 0
    let seconds = plan.seconds(speed: speed * 1e9)
    Console.print(
      "\(plan.remaining.count) of \(plan.steps.count) steps to do: about \(Self.gigaflops(plan.operations)), \(Self.time(seconds)), "
        + "\(byteText(Int(plan.bytes))) on disk")
  }

  private static func gigaflops(_ operations: Double) -> String {
    operations < 1e12 ? "\(rounded(operations / 1e9)) Gflop" : "\(rounded(operations / 1e12)) Tflop"
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 90
      ? "\(rounded(seconds)) s"
      : seconds < 5400 ? "\(rounded(seconds / 60)) min" : "\(rounded(seconds / 3600)) h"
  }

  private static func rounded(_ value: Double) -> String {
    value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
  }
}
