import Foundation
import RepScope

/// The files of a large study, of real sizes but for their contents: six checkpoints of SiT-XL/2, five encoders, a VAE, the
/// 50,000 pictures of a validation set in a thousand folders; and what a run of it leaves, made up.
struct StudyFiles {
  let folder: String

  static let checkpoints = 6
  static let layers = 28
  static let timesteps = 10
  private static let classes = 1000
  private static let picturesPerClass = 50
  private static let samples = 10_000

  var file: String { "\(folder)/study.yaml" }
  var results: String { "\(folder)/results" }

  /// The depths and widths of ViT-g, L, L, L and B.
  private static let encoders = [(40, 1536), (24, 1024), (24, 1024), (24, 1024), (12, 768)]

  func writeInputs() throws {
    guard let model = RandomCheckpoint.published.last else { return }
    for number in 0..<Self.checkpoints {
      try RandomParameter.writeSparse(model.parameters, to: "\(folder)/00\(number)0000.safetensors")
    }
    for (number, (depth, width)) in Self.encoders.enumerated() {
      let encoder = RandomEncoder(
        name: "encoder", depth: depth, width: width, mlpWidth: 4 * width, usesSwiGLU: false)
      try RandomParameter.writeSparse(encoder.parameters, to: "\(folder)/dinov2-\(number).safetensors")
    }
    try FileManager.default.createDirectory(atPath: "\(folder)/vae", withIntermediateDirectories: true)
    try RandomAutoencoder.write(to: "\(folder)/vae")
    try writePictures()
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
  }

  /// One picture under 50,000 names.
  private func writePictures() throws {
    let picture = "\(folder)/picture.jpg"
    try Data(repeating: 0xFF, count: 110_000).write(to: URL(fileURLWithPath: picture))
    for number in 0..<Self.classes {
      let place = "\(folder)/val/n\(10_000_000 + number)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for image in 0..<Self.picturesPerClass {
        guard link(picture, "\(place)/ILSVRC2012_val_\(number * Self.picturesPerClass + image).JPEG") == 0
        else {
          throw BenchmarkError("\(place) takes no links")
        }
      }
    }
  }

  private var text: String {
    let models = (0..<Self.checkpoints).map {
      "  - {name: SiT, checkpoint: 00\($0)0000.safetensors, step: \($0)0000, family: repa}"
    }
    let references = Self.encoders.indices.map {
      "  - {name: encoder \($0), checkpoint: dinov2-\($0).safetensors, family: dinov2, heads: 16}"
    }
    let times = (1...Self.timesteps).map { "\(Double($0) / 10)" }.joined(separator: ", ")
    return """
      data: {images: val, limit: \(Self.samples), vae: vae, resolution: 256}
      timesteps: [\(times)]
      models:
      \(models.joined(separator: "\n"))
      references:
      \(references.joined(separator: "\n"))
      metrics: [\(StudyMeasurement.metrics.map(\.name).joined(separator: ", "))]
      figures:
        - {file: a, metric: cknna, timesteps: [0.5]}
        - {file: b, metric: cka-unbiased, x: step, best: true}

      """
  }

  var isWritten: Bool { FileManager.default.fileExists(atPath: file) }

  func study() throws -> Study { try Study(contentsOf: file) }

  /// Everything that the study's steps make, but figures.
  func writeResults(_ plan: StudyPlan) throws {
    var models = 0
    for step in plan.steps where !step.isDone {
      switch step.kind {
      case .preprocess:
        for output in step.outputs {
          try write("{\"labels\": null}", to: "\(output)/vae-sd/dataset.json")
        }
      case .extract:
        let isModel = step.title.hasPrefix("SiT")
        for output in step.outputs { try writeArchive(output, isModel: isModel) }
      case .measure:
        try writeMeasurements(step.outputs, trainingStep: models * 10_000)
        models += 1
      case .probe, .draw: break
      }
    }
    try write("", to: "\(results)/.lock")
  }

  private func write(_ text: String, to path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private static let keys = (1...timesteps).flatMap { time in
    (1...layers).map { FeatureKey(layer: LayerLabel($0), timestep: Double(time) / 10) }
  }

  private func writeArchive(_ path: String, isModel: Bool) throws {
    let names =
      isModel
      ? Self.keys.map { key in String(format: "t%.3f/layer%02d", key.timestep ?? 0, key.layer?.number ?? 0) }
      : ["final"]
    let keys = names.map { "{\"name\": \"\($0)\", \"shape\": [1152]}" }.joined(separator: ",\n")
    let sample = names.count * 1152 * 4
    let shardSize = min(512, (256 << 20) / sample)
    let times = isModel ? (1...Self.timesteps).map { Double($0) / 10 } : []
    let timesteps = times.map {
      "{\"alpha\": \(1 - $0), \"condition\": \($0), \"sigma\": \($0), \"t\": \($0)}"
    }.joined(separator: ", ")
    try write(
      """
      {"element_type": "float32", "format": "repscope feature archive", "format_version": 1, "keys": [\(keys)],
      "model": "SiT", "samples": \(Self.samples), "settings": {}, "shard_size": \(shardSize), "timesteps": [\(timesteps)]}
      """, to: "\(path)/archive.json")
    try write("index,path,label\n", to: "\(path)/samples.csv")
    for shard in 0..<(Self.samples + shardSize - 1) / shardSize {
      let name = String(format: "shard-%05d.safetensors", shard)
      try SparseFile.write(Data(), size: shardSize * sample, to: "\(path)/\(name)")
    }
  }

  /// Reference by reference, metric by metric.
  private func writeMeasurements(_ outputs: [String], trainingStep: Int) throws {
    let random = CounterRandom(seed: 3)
    for (place, output) in outputs.enumerated() {
      let (reference, metric) = place.quotientAndRemainder(dividingBy: StudyMeasurement.metrics.count)
      var values = [Float](repeating: 0, count: Self.keys.count)
      values.withUnsafeMutableBufferPointer { random.fillNormal($0, from: UInt64(place * Self.keys.count)) }
      var table = MeasurementTable()
      for (key, value) in zip(Self.keys, values) {
        table.rows.append(
          Measurement(
            model: "SiT", step: trainingStep, layer: key.layer, timestep: key.timestep,
            reference: "encoder \(reference)", metric: StudyMeasurement.metrics[metric].name,
            parameters: "k=10;normalize=l2", samples: Self.samples, value: Double(value) / 10))
      }
      try FileManager.default.createDirectory(
        atPath: "\(results)/measurements", withIntermediateDirectories: true)
      try table.writeCSV(to: output)
    }
  }
}
