/// A graph of many samples, against what N² makes of the usual number.
struct LargeBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, _) = try files.pair()
    let large = try files.large()
    func graph(_ path: String) -> () throws -> Measured {
      { try ChildProcess.measure(["graph", path, "--k", "\(plan.k)"]) }
    }
    let results = try interleave([
      Contender("small", plan.rounds, graph(x)), Contender("large", plan.largeRounds, graph(large)),
    ])
    guard let small = results["small"], let many = results["large"] else { return }
    let (a, b) = (many.timings(["graph"]), small.timings(["graph"]))
    let growth = Double(plan.largeSamples * plan.largeSamples) / Double(plan.samples * plan.samples)
    let name = "graph \(plan.largeSamples) x \(plan.dimensions.x)"
    table.add(
      "\(name): time", a.text, "\(b.text) at N = \(plan.samples), times \(digits(growth))",
      digits(a.median / (growth * b.median)))
    let peak = many.compactMap(\.peakBytes).max()
    let dense = 4 * plan.largeSamples * plan.largeSamples
    table.add(
      "\(name): peak memory above inputs", megabytes(peak), "N x N float32: \(megabytes(dense))",
      peak.map { "\(digits(Double(dense) / Double(max($0, 1)))) times less" } ?? "unknown")
  }
}
