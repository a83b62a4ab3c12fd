import RepScope

/// The neighbor graph alone, and beside it the whole Gram matrix by BLAS.
struct GraphMeasurement {
  let k: Int
  let rounds: Int
  let comparesProduct: Bool
  let threads: Threads

  func run(_ features: Matrix) throws -> Measured {
    let representation = try Representation(features, threads: threads)
    let few = try Representation(features[rows: 0..<min(256, features.rows)], threads: threads)
    _ = try NeighborGraph(of: few, k: min(k, 16), threads: threads)
    let product = comparesProduct ? GramProduct(samples: features.rows, threads: threads) : nil
    try product?.run(features)
    var measured = Measured()
    for round in 0..<rounds {
      var time = 0.0
      let peak = try ProcessMemory.peak {
        time = try seconds { _ = try NeighborGraph(of: representation, k: k, threads: threads) }
      }
      // Later rounds find freed memory to use again, and would seem to need less.
      if round == 0 { measured.peakBytes = peak }
      measured.seconds["graph", default: []].append(time)
      if let product {
        measured.seconds["product", default: []].append(try seconds { try product.run(features) })
      }
    }
    return measured
  }
}

/// One graph against the product it cannot do without.
struct GraphBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, _) = try files.pair()
    let measured = try ChildProcess.measure([
      "graph", x, "--k", "\(plan.k)", "--rounds", "\(plan.rounds)", "--product",
    ])
    let (graph, product) = ([measured].timings(["graph"]), [measured].timings(["product"]))
    let operations = 2 * Double(plan.samples) * Double(plan.samples) * Double(plan.dimensions.x)
    let name = "graph \(plan.samples) x \(plan.dimensions.x)"
    table.add(
      "\(name): time", graph.text, "\(product.text), full N x N x D sgemm",
      digits(graph.median / product.median))
    table.add(
      "\(name): Gflop/s",
      "\(digits(operations / 2 / graph.median / 1e9)) (N x N x D / 2 of them needed)",
      "\(digits(operations / product.median / 1e9))",
      "\(digits(100 * product.median / 2 / graph.median)) % of sgemm's rate")
    table.add(
      "\(name): peak memory above inputs", megabytes(measured.peakBytes),
      "N x N float32: "
        + megabytes(4 * plan.samples * plan.samples),
      measured.peakBytes.map {
        "\(digits(4 * Double(plan.samples * plan.samples) / Double(max($0, 1)))) times less"
      }
        ?? "unknown")
  }
}
