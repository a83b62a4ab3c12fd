import RepScope

/// The pair on one thread and on all.
struct ScalingBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.pair()
    let counts = [1, Threads.all.count]
    let results = try interleave(
      counts.map { count in
        Contender("\(count)", plan.rounds) {
          try ChildProcess.measure(["pair", x, y, "--k", "\(plan.k)", "--threads", "\(count)"])
        }
      })
    guard let one = results["1"], let all = results["\(Threads.all.count)"] else { return }
    let (a, b) = (all.timings(["total"]), one.timings(["total"]))
    let same = one.first?.values == all.first?.values ? "same bits" : "VALUES DIFFER"
    table.add(
      "pair \(plan.samples) x \(plan.dimensions.x), \(plan.dimensions.y): \(Threads.all.count) threads",
      a.text,
      "\(b.text), 1 thread", "\(digits(b.median / a.median)) times faster, \(same)")
  }
}
