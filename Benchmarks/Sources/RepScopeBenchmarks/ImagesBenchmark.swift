import Foundation
import RepScope

/// One picture from a JPEG file's bytes to DINOv2's input, as REPA prepares it, on one thread.
struct ImagesMeasurement {
  /// So many pictures are one repetition: a single one is too quick for the clock of a busy machine.
  static let pictures = 20
  static let repetitions = 15

  func run(_ path: String) throws -> Measured {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let preprocessing = try Preprocessing.repa(.dinov2)
    var output = [Float](repeating: 0, count: 3 * 224 * 224)
    let image = try decoded(bytes)
    let crop = try preprocessing.crop.apply(to: image)
    try write(crop, preprocessing, into: &output)
    var measured = Measured()
    measured.values = [
      "pixels": Double(image.width * image.height),
      "sgemm": try MatrixProductSpeed.measure(threads: Threads(1)),
    ]
    for _ in 0..<Self.repetitions {
      try time("decode", &measured) { _ = try decoded(bytes) }
      try time("crop", &measured) { _ = try preprocessing.crop.apply(to: image) }
      try time("input", &measured) { try write(crop, preprocessing, into: &output) }
      try time("all", &measured) { try write(try decoded(bytes), preprocessing, into: &output) }
    }
    return measured
  }

  private func time(_ name: String, _ measured: inout Measured, _ body: () throws -> Void) throws {
    let total = try seconds { for _ in 0..<Self.pictures { try body() } }
    measured.seconds[name, default: []].append(total / Double(Self.pictures))
  }

  private func decoded(_ bytes: [UInt8]) throws -> Image {
    try bytes.withUnsafeBytes { try Image(decoding: $0) }
  }

  private func write(_ image: Image, _ preprocessing: Preprocessing, into output: inout [Float]) throws {
    try output.withUnsafeMutableBufferPointer { try preprocessing.write(image, into: $0) }
  }
}

/// Decoding and preprocessing of a photograph, against Pillow and PyTorch, and against the network it is for.
struct ImagesBenchmark: Benchmark {
  /// DINOv2 ViT-B/14 at 224 pixels, 257 tokens: the products of its blocks and patch projection.
  private static let operationsOfViTB =
    2.0 * (12 * (257 * 12 * 768 * 768 + 2 * 257 * 257 * 768) + 256 * 588 * 768)

  private static let photograph = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("fixtures/goldens/preprocessing/china_a.jpg").path

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    var contenders = [
      Contender("ours", plan.rounds) { try ChildProcess.measure(["images", Self.photograph]) }
    ]
    if plan.hasPeers {
      contenders.append(
        Contender("Pillow", plan.peerRounds) {
          try ChildProcess.peer(
            "images.py", [Self.photograph, "--pictures", "\(ImagesMeasurement.pictures)"])
        })
    }
    let results = try interleave(contenders)
    guard let ours = results["ours"], let rate = ours.compactMap({ $0.values["sgemm"] }).max() else { return }
    let parts = [
      ("decode", "JPEG to pixels"), ("crop", "ADM crop to 256"), ("input", "pixels to DINOv2's input"),
      ("all", "JPEG to DINOv2's input"),
    ]
    for (name, title) in parts {
      guard let theirs = results["Pillow"], plan.peerRounds > 0 else { continue }
      table.add(
        "images: \(title)", ours.timings([name]).text, "\(theirs.timings([name]).text), Pillow and PyTorch",
        "\(digits(theirs.timings([name]).median / ours.timings([name]).median)) times faster")
    }
    let network = Self.operationsOfViTB / rate / 1e9
    table.add(
      "images: share of ViT-B/14's forward pass", ours.timings(["all"]).text,
      "\(Timings([network]).text), its products alone at sgemm's rate",
      "\(digits(100 * ours.timings(["all"]).median / network)) %")
    results["Pillow"]?.first.map { table.note("images: \($0.software)") }
  }
}
