import RepScope

/// All four metrics of one pair, from the features to the values, as `align` measures them.
struct PairMeasurement {
  let metrics: [Metric]
  let settings: AlignmentSettings
  let threads: Threads

  func run(_ x: Matrix, _ y: Matrix) throws -> Measured {
    // Chooses the BLAS kernel and starts the threads.
    let few = 0..<min(max(256, settings.k + 1), x.rows)
    _ = try measure(x[rows: few], y[rows: few])
    var measured = Measured()
    measured.peakBytes = try ProcessMemory.peak {
      var values: [Double] = []
      measured.seconds["total"] = [try seconds { values = try measure(x, y) }]
      measured.values = Dictionary(uniqueKeysWithValues: zip(metrics.map(\.name), values))
    }
    return measured
  }

  private func measure(_ x: Matrix, _ y: Matrix) throws -> [Double] {
    let sweep = Sweep(
      models: [PairSide(name: "x", features: x)], references: [PairSide(name: "y", features: y)],
      metrics: metrics, settings: settings, threads: threads)
    let table = try sweep.run().table
    return metrics.compactMap { metric in table.filter(metric: metric.name).rows.first?.value }
  }
}

/// One side's features, in memory.
private struct PairSide: FeatureSource {
  let name: String
  let features: Matrix

  var path: String { name }
  var step: Int? { nil }
  var keys: [FeatureKey] { [FeatureKey(layer: nil)] }
  var sampleCount: Int { features.rows }
  var samples: SampleList? { nil }

  func features(_ key: FeatureKey) throws -> Matrix { features }
}

/// One pair against the dense way in PyTorch.
struct PairBenchmark: Benchmark {
  static let neighborMetrics = ["cknna", "mutual-knn"]
  static let kernelMetrics = ["cka", "cka-unbiased"]
  static let peers = ["usual", "tuned", "pytorch-cka"]

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.pair()
    let (neighbors, kernels) = (
      Self.neighborMetrics.joined(separator: ","), Self.kernelMetrics.joined(separator: ",")
    )
    func ours(_ metrics: String) throws -> Measured {
      try ChildProcess.measure(["pair", x, y, "--k", "\(plan.k)", "--metrics", metrics])
    }
    func peer(_ variant: String) throws -> Measured {
      try ChildProcess.peer(
        "dense.py", [variant, x, y, "--k", "\(plan.k)", "--threads", "\(Threads.all.count)"])
    }
    var contenders = [
      Contender("ours", plan.rounds) { try ours("\(neighbors),\(kernels)") },
      Contender("ours, neighbors", plan.rounds) { try ours(neighbors) },
      Contender("ours, kernels", plan.rounds) { try ours(kernels) },
      Contender("ours, unbiased", plan.rounds) { try ours("cka-unbiased") },
    ]
    if plan.hasPeers {
      contenders += [
        Contender("tuned", plan.peerRounds) { try peer("tuned") },
        Contender("pytorch-cka", plan.peerRounds) { try peer("pytorch-cka") },
        Contender("usual", plan.usualRounds) { try peer("usual") },
      ]
    }
    let results = try interleave(contenders)
    report(results, plan, into: &table)
  }

  private func report(_ results: [String: [Measured]], _ plan: Plan, into table: inout ResultTable) {
    let shape = "pair \(plan.samples) x \(plan.dimensions.x), \(plan.dimensions.y)"
    func compare(_ what: String, _ own: String, _ other: String, timed names: [String] = ["total"]) {
      guard let ours = results[own], let others = results[other] else { return }
      let (a, b) = (ours.timings(["total"]), others.timings(names))
      table.add(
        "\(shape): \(what)", a.text, "\(b.text), \(other)", "\(digits(b.median / a.median)) times faster")
    }
    func compareMemory(_ what: String, _ own: String, _ other: String) {
      guard let ours = results[own], let others = results[other] else { return }
      table.addMemory("\(shape): \(what)", ours.map(\.peakBytes), others.map(\.peakBytes))
    }
    func compareValue(of name: String) {
      guard let own = results["ours"]?.first?.values[name] else { return }
      let others = Self.peers.compactMap { peer in
        results[peer]?.first?.values[name].map { (peer: peer, value: $0, difference: abs($0 - own)) }
      }
      guard !others.isEmpty else { return }
      table.add(
        "\(shape): value of \(name)", rounded(own),
        others.map { "\(rounded($0.value)) \($0.peer)" }.joined(separator: ", "),
        "off by "
          + others.map { "\(scientific($0.difference))\($0.difference <= 1e-4 ? "" : " (above 1e-4)")" }
          .joined(separator: ", "))
    }
    compare("all four metrics", "ours", "usual")
    compare("CKNNA and mutual k-NN", "ours, neighbors", "usual", timed: Self.neighborMetrics)
    compare("CKA, biased and unbiased", "ours, kernels", "usual", timed: Self.kernelMetrics)
    compare("all four metrics", "ours", "tuned")
    compare("unbiased CKA", "ours, unbiased", "pytorch-cka")
    compareMemory("peak memory above inputs, usual", "ours", "usual")
    compareMemory("peak memory above inputs, tuned", "ours", "tuned")
    compareMemory("peak memory above inputs, pytorch-cka", "ours, unbiased", "pytorch-cka")
    for name in Self.neighborMetrics + Self.kernelMetrics { compareValue(of: name) }
    for peer in Self.peers {
      if let software = results[peer]?.first?.software { table.note("\(peer): \(software)") }
    }
    if !plan.hasPeers, let ours = results["ours"], let neighbors = results["ours, neighbors"] {
      let (a, b) = (neighbors.timings(["total"]), ours.timings(["total"]))
      table.add(
        "\(shape): share of the neighbor metrics", a.text, "\(b.text), all four", digits(a.median / b.median))
    }
  }
}
