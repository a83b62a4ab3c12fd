import Foundation
import RepScope

/// Encoding and decoding with Stable Diffusion's VAE at 256 x 256, against PyTorch and against `sgemm`.
struct AutoencoderBenchmark: Benchmark {
  static let batches = [1, 2, 4]
  static let formats = ["contiguous", "channels_last"]

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let folder = try TemporaryFolder()
    let (pictures, ours, theirs) = (
      folder.path("pictures.npy"), folder.path("ours.safetensors"), folder.path("theirs.safetensors")
    )
    Progress.show("writing the VAE")
    try RandomAutoencoder.write(to: folder.url.path)
    try RandomAutoencoder.writePictures(plan.images, to: pictures)
    let common = ["--images", "\(plan.images)", "--threads", "\(plan.modelThreads)"]
    var contenders = [
      Contender("ours", plan.rounds) {
        try ChildProcess.measure(["vae", folder.url.path, pictures, "--archive", ours] + common)
      }
    ]
    if plan.hasPeers {
      contenders.append(
        Contender("PyTorch", plan.peerRounds) {
          try ChildProcess.peer(
            "vae.py",
            [folder.url.path, pictures, theirs] + common + ["--batches"] + Self.batches.map(String.init)
              + ["--formats"] + Self.formats)
        })
    }
    let results = try interleave(contenders)
    guard let own = results["ours"] else { return }
    for part in ["encode", "decode"] {
      report(part, own, results["PyTorch"], plan, into: &table)
    }
    let peers = results["PyTorch"] ?? []
    let peak = own.compactMap(\.peakBytes).max()
    if peers.isEmpty {
      table.add(
        "VAE, encode: peak memory above the weights", megabytes(peak), "\(plan.modelThreads) threads", "")
    } else {
      table.addMemory(
        "VAE, encode: peak memory above the weights, \(plan.modelThreads) threads", own.map(\.peakBytes),
        peers.map(\.peakBytes))
      for name in ["moments", "decoded"] {
        let difference = try Self.greatestDifference(name, ours, theirs)
        table.add(
          "VAE: \(name) of \(plan.images) pictures", "", "PyTorch",
          "off by \(scientific(difference)) at most\(difference <= ModelBenchmark.tolerance ? "" : " (above 2e-5)")"
        )
      }
      if let software = peers.first?.software { table.note("VAE: \(software)") }
    }
    table.add("VAE: opening", own.timings(["open"]).text, "", "")
  }

  private func report(
    _ part: String, _ own: [Measured], _ peers: [Measured]?, _ plan: Plan, into table: inout ResultTable
  ) {
    let images = Double(plan.images)
    func anImage(_ measured: [Measured], _ name: String) -> Timings {
      Timings(measured.timings([name]).all.map { $0 / images })
    }
    func rate(_ timings: Timings) -> String { "\(digits(1 / timings.median)) images/s" }
    let time = anImage(own, part)
    // Which batch is best depends on the format and on how many threads there are: PyTorch gets its best.
    let best = Self.formats.compactMap { format in
      Self.batches.map { "\(format), batch \($0)" }
        .map { (way: $0, timings: anImage(peers ?? [], "\(part), \($0)")) }
        .filter { !$0.timings.all.isEmpty }.min { $0.timings.median < $1.timings.median }
    }
    for (way, timings) in best.sorted(by: { $0.timings.median < $1.timings.median }) {
      table.add(
        "VAE, \(part) 256 x 256: time an image", "\(time.text), \(rate(time))",
        "\(timings.text), \(rate(timings)), PyTorch, \(way)",
        "\(digits(timings.median / time.median)) times faster")
    }
    let rates = Timings(
      own.map { ($0.values[part] ?? .nan) / ($0.seconds[part]?.first ?? .nan) / 1e9 })
    let products = Timings(own.map { $0.values["sgemm"] ?? .nan })
    let shares = Timings(zip(rates.all, products.all).map { 100 * $0 / $1 })
    table.add(
      "VAE, \(part) 256 x 256: Gflop/s", "\(digits(rates.median)), \(time.text)",
      "\(digits(products.median)), sgemm on as many threads", "\(digits(shares.median)) % of sgemm's rate")
  }

  /// max |a - b| / max |b|; NaN where one of them is.
  private static func greatestDifference(_ name: String, _ ours: String, _ theirs: String) throws -> Double {
    guard let a = try TensorFile.open(ours)[name]?.floats(),
      let b = try TensorFile.open(theirs)[name]?.floats(),
      a.count == b.count, let scale = b.map(\.magnitude).max()
    else { throw BenchmarkError("\(theirs) lacks \(name) of \(ours), or has it in another shape") }
    let differences = zip(a, b).map { Double(($0 - $1).magnitude / scale) }
    return differences.contains { $0.isNaN } ? .nan : differences.max() ?? .nan
  }
}
