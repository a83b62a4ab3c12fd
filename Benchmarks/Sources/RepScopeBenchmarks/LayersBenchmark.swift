import RepScope

/// A model's layers against one reference, whose own work is done once.
struct LayersMeasurement {
  let layers: Int
  let settings: AlignmentSettings
  let threads: Threads

  func run(_ first: Matrix, _ reference: Matrix) throws -> Measured {
    let metrics: [Metric] = [.cknna, .mutualKNN]
    func prepare(_ features: Matrix) throws -> PreparedRepresentation {
      try PreparedRepresentation(features, for: metrics, settings: settings, threads: threads)
    }
    _ = try prepare(first[rows: 0..<min(max(256, settings.k + 1), first.rows)])
    var prepared = try prepare(first)
    var measured = Measured()
    measured.seconds["total", default: []].append(try seconds { prepared = try prepare(reference) })
    for layer in 0..<layers {
      // A fresh layer each time, made outside the measured time: nothing of the one before can serve it.
      let features = try RandomFeatures.related(
        to: reference, dimensions: first.columns, seed: UInt64(1000 + layer))
      let representation = try Representation(features, threads: threads)
      let single = try seconds { _ = try NeighborGraph(of: representation, k: settings.k, threads: threads) }
      measured.seconds["graph", default: []].append(single)
      measured.seconds["total", default: []].append(
        try seconds {
          _ = try Metric.measure(metrics, prepare(features), prepared, settings: settings, threads: threads)
        })
    }
    return measured
  }
}

struct LayersBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.pair()
    let measured = try ChildProcess.measure([
      "layers", x, y, "--k", "\(plan.k)", "--layers", "\(plan.layers)",
    ])
    let (total, graph) = ([measured].timings(["total"]), [measured].timings(["graph"]))
    table.add(
      "\(plan.layers) layers \(plan.samples) x \(plan.dimensions.x) to one reference of \(plan.dimensions.y): "
        + "CKNNA and mutual k-NN", "\(digits(total.sum)) s in all", "\(graph.text), one graph of a layer",
      // A sum is held against the mean, which the same disturbances went into.
      "\(digits(total.sum / graph.mean)) graphs")
  }
}
