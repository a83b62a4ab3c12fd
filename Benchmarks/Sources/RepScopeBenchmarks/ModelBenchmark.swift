import Foundation
import RepScope

/// Extraction of mean-pooled hidden states with diffusion transformers, against PyTorch and against `sgemm`.
struct ModelBenchmark: Benchmark {
  static let fewLayers = 8
  static let batches = [2, 4, 8]
  /// What single precision may make of one network, as the greatest difference over the greatest value.
  static let tolerance = 2e-5

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    for checkpoint in RandomCheckpoint.published {
      // Gone before the next one is written: the large one has 2.7 GB.
      let folder = try TemporaryFolder()
      let (weights, latents) = (folder.path("0000000.safetensors"), folder.path("latents.npy"))
      Progress.show("writing \(checkpoint.name)")
      try checkpoint.write(to: weights)
      try RandomCheckpoint.writeLatents(4 * plan.images, to: latents)
      var archives = 0
      func ours(images: Int, layers: Int) throws -> Measured {
        archives += 1
        return try ChildProcess.measure([
          "model", weights, latents, "--images", "\(images)", "--layers", "\(layers)",
          "--threads", "\(plan.modelThreads)", "--archive", folder.path("archive\(archives)"),
        ])
      }
      var contenders = [
        Contender("ours", plan.rounds) { try ours(images: plan.images, layers: checkpoint.depth) }
      ]
      let pooled = folder.path("pooled.safetensors")
      if plan.hasPeers {
        contenders.append(
          Contender("PyTorch", plan.peerRounds) {
            try ChildProcess.peer(
              "sit.py",
              [
                weights, latents, pooled, "--images", "\(plan.images)",
                "--timestep", "\(ModelMeasurement.timestep)", "--threads", "\(plan.modelThreads)",
                "--batches",
              ] + Self.batches.map(String.init))
          })
      }
      contenders += [
        Contender("ours, few layers", plan.rounds) { try ours(images: plan.images, layers: Self.fewLayers) },
        Contender("ours, many images", 1) { try ours(images: 4 * plan.images, layers: checkpoint.depth) },
      ]
      let results = try interleave(contenders)
      let size = try FileManager.default.attributesOfItem(atPath: weights)[.size] as? Int
      report(results, checkpoint, plan, fileSize: size, into: &table)
      if plan.hasPeers, plan.peerRounds > 0 {
        let difference = try Self.greatestDifference(folder.path("archive1"), pooled)
        table.add(
          "\(checkpoint.name): hidden states of \(plan.images) images, mean pooled",
          "\(checkpoint.depth) layers", "PyTorch",
          "off by \(scientific(difference)) at most\(difference <= Self.tolerance ? "" : " (above 2e-5)")")
      }
    }
  }

  private func report(
    _ results: [String: [Measured]], _ checkpoint: RandomCheckpoint, _ plan: Plan, fileSize: Int?,
    into table: inout ResultTable
  ) {
    guard let all = results["ours"], let few = results["ours, few layers"],
      let many = results["ours, many images"]
    else { return }
    let images = Double(plan.images)
    func anImage(_ measured: [Measured], _ name: String = "total") -> Timings {
      Timings(measured.timings([name]).all.map { $0 / images })
    }
    func rate(_ timings: Timings) -> String { "\(digits(1 / timings.median)) images/s" }
    let (name, own, start) = ("\(checkpoint.name), \(checkpoint.depth) layers", anImage(all), anImage(few))
    if let peers = results["PyTorch"] {
      let batches = Self.batches.map { (size: $0, timings: anImage(peers, "batch \($0)")) }
      for batch in batches.sorted(by: { $0.timings.median < $1.timings.median }) {
        table.add(
          "\(name): time an image", "\(own.text), \(rate(own))",
          "\(batch.timings.text), \(rate(batch.timings)), PyTorch, batch \(batch.size)",
          "\(digits(batch.timings.median / own.median)) times faster")
      }
      let (cost, costs) = (
        anImage(all, "processor"), Self.batches.map { anImage(peers, "processor, batch \($0)") }
      )
      if let least = costs.min(by: { $0.median < $1.median }) {
        table.add(
          "\(name): processor time an image, all threads", cost.text, "\(least.text), PyTorch",
          "\(digits(least.median / cost.median)) times less")
      }
      table.addMemory(
        "\(name): peak memory above the weights, \(plan.images) images", all.map(\.peakBytes),
        peers.map(\.peakBytes))
      if let software = peers.first?.software { table.note("\(checkpoint.name): \(software)") }
    }
    table.add(
      "\(checkpoint.name), layers 1 to \(Self.fewLayers): time an image", "\(start.text), \(rate(start))",
      "\(own.text), \(checkpoint.depth) layers", "\(digits(own.median / start.median)) times faster")
    addRate(name, all, into: &table)
    addRate("\(checkpoint.name), layers 1 to \(Self.fewLayers)", few, into: &table)
    let (some, more) = (all.compactMap(\.peakBytes).max(), many.compactMap(\.peakBytes).max())
    table.add(
      "\(name): peak memory above the weights", "\(megabytes(more)), \(4 * plan.images) images",
      "\(megabytes(some)), \(plan.images) images",
      some.flatMap { some in more.map { digits(Double($0) / Double(max(some, 1))) } } ?? "unknown")
    let (open, inspect) = (all.timings(["open"]), all.timings(["inspect"]))
    let resident = all.compactMap { $0.values["openBytes"] }.max().map { Int($0) }
    table.add(
      "\(checkpoint.name): opening", "\(open.text), \(megabytes(resident)) resident",
      "\(megabytes(fileSize)) of weights", "inspecting takes \(inspect.text)")
  }

  /// Gflop/s, and their share of what BLAS reached alone in the same processes.
  private func addRate(_ name: String, _ measured: [Measured], into table: inout ResultTable) {
    let rates = Timings(
      measured.map { ($0.values["operations"] ?? .nan) / ($0.seconds["total"]?.first ?? .nan) / 1e9 })
    let product = Timings(measured.map { $0.values["sgemm"] ?? .nan })
    let shares = Timings(zip(rates.all, product.all).map { 100 * $0 / $1 })
    table.add(
      "\(name): Gflop/s", "\(digits(rates.median))", "\(digits(product.median)), sgemm on as many threads",
      "\(digits(shares.median)) % of sgemm's rate")
  }

  /// max |a - b| / max |b| of the layer where it is greatest.
  private static func greatestDifference(_ archive: String, _ pooled: String) throws -> Double {
    let (ours, theirs) = (try FeatureArchive(archive), try TensorFile.open(pooled))
    var greatest = 0.0
    for key in ours.keys {
      let features = try ours.features(key)
      guard let layer = key.layer, let tensor = theirs["\(layer)"],
        tensor.shape == [features.rows, features.columns]
      else { throw BenchmarkError("\(pooled) lacks \(key) of \(archive), or has it in another shape") }
      let (difference, scale) = try features.withUnsafeBufferPointer { a in
        try tensor.withFloats { b in
          zip(a, b).reduce((0, 0)) { (greater(of: $0.0, abs($1.0 - $1.1)), greater(of: $0.1, abs($1.1))) }
        }
      }
      greatest = greater(of: greatest, Double(difference / scale))
    }
    return greatest
  }

  /// The greater one; NaN, which must not pass for no difference, where one of them is.
  private static func greater<Value: FloatingPoint>(of a: Value, _ b: Value) -> Value {
    a.isNaN || a > b ? a : b
  }
}
