import Foundation
import RepScope

/// Mean-pooled hidden states of reference encoders, against PyTorch and against `sgemm`.
struct EncoderBenchmark: Benchmark {
  static let batches = [1, 8]
  /// What single precision may make of one network, as the greatest difference over the greatest value.
  static let tolerance = 2e-5

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    for encoder in RandomEncoder.published {
      // Gone before the next one is written: the large one has 4.5 GB.
      let folder = try TemporaryFolder()
      let (weights, inputs) = (folder.path("dinov2.safetensors"), folder.path("inputs.npy"))
      let (own, theirs) = (folder.path("ours.safetensors"), folder.path("theirs.safetensors"))
      Progress.show("writing \(encoder.name)")
      try encoder.write(to: weights)
      try RandomEncoder.writeInputs(plan.images, to: inputs)
      let common = ["--images", "\(plan.images)", "--threads", "\(plan.modelThreads)"]
      var contenders = [
        Contender("ours", plan.rounds) {
          try ChildProcess.measure(["encoder", weights, inputs, "--archive", own] + common)
        }
      ]
      if plan.hasPeers {
        contenders.append(
          Contender("PyTorch", plan.peerRounds) {
            try ChildProcess.peer(
              "dinov2.py", [weights, inputs, theirs] + common + ["--batches"] + Self.batches.map(String.init))
          })
      }
      report(try interleave(contenders), encoder, plan, into: &table)
      if plan.hasPeers, plan.peerRounds > 0 {
        let difference = try Self.greatestDifference(own, theirs)
        table.add(
          "\(encoder.name): hidden states of \(plan.images) images, mean pooled", "\(encoder.depth) layers",
          "PyTorch",
          "off by \(scientific(difference)) at most\(difference <= Self.tolerance ? "" : " (above 2e-5)")")
      }
    }
  }

  private func report(
    _ results: [String: [Measured]], _ encoder: RandomEncoder, _ plan: Plan, into table: inout ResultTable
  ) {
    guard let ours = results["ours"] else { return }
    let images = Double(plan.images)
    func anImage(_ measured: [Measured], _ name: String = "total") -> Timings {
      Timings(measured.timings([name]).all.map { $0 / images })
    }
    let (name, own) = ("\(encoder.name), 224 x 224", anImage(ours))
    func rate(_ timings: Timings) -> String { "\(digits(1 / timings.median)) images/s" }
    if let peers = results["PyTorch"] {
      for batch in Self.batches {
        let timings = anImage(peers, "batch \(batch)")
        table.add(
          "\(name): time an image", "\(own.text), \(rate(own))",
          "\(timings.text), \(rate(timings)), PyTorch, batch \(batch)",
          "\(digits(timings.median / own.median)) times faster")
      }
      let cost = anImage(ours, "processor")
      let costs = Self.batches.map { anImage(peers, "processor, batch \($0)") }
      if let least = costs.min(by: { $0.median < $1.median }) {
        table.add(
          "\(name): processor time an image, all threads", cost.text, "\(least.text), PyTorch",
          "\(digits(least.median / cost.median)) times less")
      }
      table.addMemory(
        "\(name): peak memory above the weights", ours.map(\.peakBytes), peers.map(\.peakBytes))
      if let software = peers.first?.software { table.note("\(encoder.name): \(software)") }
    }
    let rates = Timings(
      ours.map { ($0.values["operations"] ?? .nan) / ($0.seconds["total"]?.first ?? .nan) / 1e9 })
    let product = Timings(ours.map { $0.values["sgemm"] ?? .nan })
    let shares = Timings(zip(rates.all, product.all).map { 100 * $0 / $1 })
    table.add(
      "\(name): Gflop/s", "\(digits(rates.median))", "\(digits(product.median)), sgemm on as many threads",
      "\(digits(shares.median)) % of sgemm's rate")
  }

  /// max |a - b| / max |b| of the layer where it is greatest; NaN where a layer is missing or of another shape.
  private static func greatestDifference(_ own: String, _ theirs: String) throws -> Double {
    let (ours, peers) = (try TensorFile.open(own), try TensorFile.open(theirs))
    return try ours.tensors.map { tensor -> Double in
      guard let peer = peers[tensor.name], peer.shape == tensor.shape else { return .nan }
      let (a, b) = (try tensor.floats(), try peer.floats())
      let difference = zip(a, b).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      guard !a.contains(where: \.isNaN), !b.contains(where: \.isNaN) else { return .nan }
      return Double(difference / (b.map(abs).max() ?? 0))
    }.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
  }
}
