import RepScope

/// The Frechet distance, and precision, recall, density and coverage, of two sets of features.
struct FidelityMeasurement {
  let threads: Threads

  func frechet(_ x: Matrix, _ y: Matrix) throws -> Measured {
    try measure(x, y) { x, y in
      let value = try FrechetDistance.value(
        GaussianMoments(of: x, threads: threads), GaussianMoments(of: y, threads: threads))
      return ["fid": value]
    }
  }

  func manifolds(_ x: Matrix, _ y: Matrix) throws -> Measured {
    try measure(x, y) { x, y in
      let found = try SampleManifolds.values(x, y, threads: threads)
      return [
        "precision": found.precision, "recall": found.recall, "density": found.density,
        "coverage": found.coverage,
      ].compactMapValues(\.self)
    }
  }

  private func measure(
    _ x: Matrix, _ y: Matrix, _ body: (Matrix, Matrix) throws -> [String: Double]
  ) throws -> Measured {
    // Chooses the BLAS kernel and starts the threads.
    let few = 0..<min(256, x.rows)
    _ = try body(x[rows: few], y[rows: few])
    var measured = Measured()
    measured.peakBytes = try ProcessMemory.peak {
      measured.seconds["total"] = [try seconds { measured.values = try body(x, y) }]
    }
    return measured
  }
}

/// Fidelity beside scipy's matrix square root and dense distances in numpy, and of as many samples as papers take.
struct FidelityBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.sets(plan.samples)
    var contenders = ["frechet", "manifolds"].map { task in
      Contender(task, plan.rounds) { try ChildProcess.measure([task, x, y]) }
    }
    if plan.hasPeers {
      contenders += ["frechet", "manifolds"].map { task in
        Contender("\(task), peer", plan.peerRounds) { try ChildProcess.peer("fidelity.py", [task, x, y]) }
      }
    }
    let results = try interleave(contenders)
    for (task, what) in [("frechet", "FID"), ("manifolds", "precision, recall, density, coverage")] {
      guard let ours = results[task] else { continue }
      let name = "\(plan.samples) x 2048: \(what)"
      guard let others = results["\(task), peer"] else {
        table.add(name, ours.timings(["total"]).text, "", megabytes(ours.compactMap(\.peakBytes).max()))
        continue
      }
      let (a, b) = (ours.timings(["total"]), others.timings(["total"]))
      table.add(name, a.text, b.text, "\(digits(b.median / a.median)) times faster")
      table.addMemory("\(name), peak memory above inputs", ours.map(\.peakBytes), others.map(\.peakBytes))
      for (metric, value) in (ours.first?.values ?? [:]).sorted(by: { $0.key < $1.key }) {
        guard let other = others.first?.values[metric] else { continue }
        table.add(
          "\(plan.samples) x 2048: value of \(metric)", rounded(value), rounded(other),
          "off by \(scientific(abs(other - value)))")
      }
    }
    if let software = results["frechet, peer"]?.first?.software { table.note("fidelity: \(software)") }
    try runLarge(plan, files, into: &table)
  }

  private func runLarge(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.sets(plan.largeSamples)
    let results = try interleave(
      ["frechet", "manifolds"].map { task in
        Contender(task, plan.largeRounds) { try ChildProcess.measure([task, x, y]) }
      })
    for (task, what) in [("frechet", "FID"), ("manifolds", "precision, recall, density, coverage")] {
      guard let ours = results[task] else { continue }
      table.add(
        "\(plan.largeSamples) x 2048: \(what)", ours.timings(["total"]).text,
        "features: \(megabytes(2 * 4 * 2048 * plan.largeSamples))",
        "peak \(megabytes(ours.compactMap(\.peakBytes).max())) above them")
    }
  }
}
