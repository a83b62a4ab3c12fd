import Foundation
import RepScope

/// Extraction with a diffusion transformer, from the checkpoint's file to the archive on disk.
struct ModelMeasurement {
  let images: Int
  let layers: Int
  let threads: Threads

  /// What the network is told in place of the latents' own time: an ordinary one.
  static let timestep = 0.5

  func run(_ checkpoint: String, latents: String, archive: String) throws -> Measured {
    var measured = Measured()
    var opened: DiffusionTransformer?
    let openPeak = try ProcessMemory.peak {
      measured.seconds["open"] = [try seconds { opened = try DiffusionTransformer(checkpoint) }]
    }
    measured.seconds["inspect"] = [try seconds { _ = try ModelKind(checkpoint) }]
    guard let model = opened else { throw BenchmarkError("\(checkpoint) was not opened") }
    // Reads the weights, chooses the BLAS kernel and starts the threads.
    try extract(model, latents, images: threads.count, to: archive)
    try FileManager.default.removeItem(atPath: archive)
    let before = try MatrixProductSpeed.measure(threads: threads)
    let clockBefore = clock()
    measured.seconds["total"] = [
      try seconds { try extract(model, latents, images: images, to: archive) }
    ]
    // Of all threads: it tells what the work costs even while other programs keep the processors busy.
    measured.seconds["processor"] = [Double(clock() - clockBefore) / Double(CLOCKS_PER_SEC)]
    let after = try MatrixProductSpeed.measure(threads: threads)
    let size = try FileManager.default.attributesOfItem(atPath: checkpoint)[.size] as? Int
    // The mapped weights count as resident: everything else that the process ever had is above the file's size.
    measured.peakBytes = ProcessMemory.highest.map { $0 - (size ?? 0) }
    measured.values = [
      "operations": Double(model.configuration.floatingPointOperations(upTo: layers) * images),
      "sgemm": (before + after) / 2,
    ]
    measured.values["openBytes"] = openPeak.map { Double($0) }
    return measured
  }

  private func extract(
    _ model: DiffusionTransformer, _ latents: String, images: Int, to archive: String
  ) throws {
    var settings = DiffusionSettings(model: "random", timesteps: [0], taps: (1...layers).map { .layer($0) })
    // The latents go in as they are: the peer needs no noise.
    settings.conditionTimesteps = [Self.timestep]
    settings.latentScale = 1
    settings.samples = .first(images)
    try Extractor(model, latents: Latents(latents), settings: settings).run(to: archive, threads: threads)
  }
}
