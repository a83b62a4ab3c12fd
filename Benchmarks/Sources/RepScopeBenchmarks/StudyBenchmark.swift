import Foundation
import RepScope

/// Planning a large study, and running it where everything is there.
struct StudyPlanMeasurement {
  let rounds: Int

  /// What a finished study has; its first run draws.
  func write(_ files: StudyFiles) throws -> Measured {
    var measured = Measured()
    if !files.isWritten { try files.writeInputs() }
    let plan = try StudyRunner(files.study(), output: files.results).plan
    measured.seconds["results"] = [try seconds { try files.writeResults(plan) }]
    measured.values["steps"] = Double(plan.steps.count)
    return measured
  }

  func plan(_ files: StudyFiles) throws -> Measured {
    var measured = Measured()
    for _ in 0..<rounds {
      measured.seconds["plan", default: []].append(
        try seconds { _ = try StudyRunner(files.study(), output: files.results) })
    }
    return measured
  }

  func run(_ files: StudyFiles) throws -> Measured {
    let result = try StudyRunner(files.study(), output: files.results).run()
    var measured = Measured()
    measured.values = ["rows": Double(result.rowCount), "steps": Double(result.done)]
    return measured
  }
}

/// A study of 6 checkpoints x 28 layers x 10 time steps x 5 references x 8 metrics: planning it, running it again, and what its
/// metrics cost beside neighbor graphs and moments.
struct StudyBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    try planning(plan, into: &table)
    try metrics(plan, into: &table)
  }

  private func planning(_ plan: Plan, into table: inout ResultTable) throws {
    let folder = try TemporaryFolder()
    let files = StudyFiles(folder: folder.url.path)
    Progress.show("files of a large study")
    try files.writeInputs()
    func measure(_ task: String) throws -> Measured {
      try ChildProcess.measure([task, files.folder, "--rounds", "\(plan.rounds)"])
    }
    let new = try measure("studyPlan")
    let steps = Int(try measure("studyFiles").values["steps"] ?? 0)
    // Draws the figures and writes the table.
    let first = try measure("studyRun")
    let cached = try measure("studyPlan")
    var runs: [Double] = []
    for _ in 0..<plan.rounds { runs.append(try seconds { _ = try measure("studyRun") }) }
    let name = "study of \(Int(first.values["rows"] ?? 0)) measurements"
    table.add(
      "\(name): planning, nothing there", [new].timings(["plan"]).text, "1 s", "\(steps) steps")
    table.add("\(name): planning, everything there", [cached].timings(["plan"]).text, "1 s", "")
    table.add("\(name): a second run, the whole process", Timings(runs).text, "0.3 s", "")
  }

  private func metrics(_ plan: Plan, into table: inout ResultTable) throws {
    let sizes = ["--samples", "\(plan.samples)", "--dimensions", "\(plan.dimensions.x)", "--k", "\(plan.k)"]
    let measured = try ChildProcess.measure(
      ["study", "--representations", "\(plan.representations)"] + sizes)
    let name =
      "\(plan.representations) representations \(plan.samples) x \(plan.dimensions.x), "
      + "\(StudyMeasurement.references.count) references, \(StudyMeasurement.metrics.count) metrics"
    for (suffix, what) in [("", "time"), (", processor", "processor time, all threads")] {
      func timings(_ part: String) -> Timings { Timings(measured.seconds[part + suffix] ?? []) }
      let (whole, graph, moments, products) = (
        timings("step"), timings("graph"), timings("moments"), timings("products")
      )
      let parts = graph.sum + moments.sum
      table.add(
        "\(name): \(what) of a representation", whole.text,
        "\(graph.text), its graph, and \(moments.text), its moments", "\(digits(whole.sum / parts)) of them")
      table.add(
        "\(name): \(what), products with the references counted as moments", whole.text,
        "\(products.text), products", "\(digits(whole.sum / (parts + products.sum)))")
      // The references are prepared once, and every further representation costs the same.
      let half = whole.all.count / 2
      let (early, late) = (whole.all.prefix(half), whole.all.suffix(half))
      let all = timings("reference").sum + Double(Self.representations) * whole.mean
      table.add(
        "\(name): \(what) of all \(Self.representations), extrapolated", "\(digits(all / 60)) min",
        "\(digits(timings("reference").sum)) s for the references once",
        half > 0 ? "second half to first: \(digits(late.reduce(0, +) / early.reduce(0, +)))" : "")
    }
    let pairs = try ChildProcess.measure(["studyPairs"] + sizes)
    for metric in StudyMeasurement.metrics + StudyMeasurement.others {
      let (side, pair) = (
        [pairs].timings(["\(metric.name), a side"]), [pairs].timings(["\(metric.name), a pair"])
      )
      table.add("\(metric.name): processor time", pair.text, "\(side.text), preparing a side", "")
    }
  }

  private static let representations = StudyFiles.checkpoints * StudyFiles.layers * StudyFiles.timesteps
}
