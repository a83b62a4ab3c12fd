import Features
import TensorFiles

/// An archive whose numbers can be told by heart: element e of sample s under key k is 100 k + 10 s + e.
enum SmallArchive {
  static let description = ArchiveDescription(
    model: "tiny", family: "repa", step: 400_000, checkpointDigest: "abc",
    timesteps: [
      ArchiveDescription.Timestep(t: 0.1, alpha: 0.9, sigma: 0.1, condition: 0.1),
      ArchiveDescription.Timestep(t: 0.5, alpha: 0.5, sigma: 0.5, condition: 0.5),
    ],
    representations: [
      ArchiveDescription.Representation(FeatureKey(layer: 1, timestep: 0.1), shape: [3]),
      ArchiveDescription.Representation(FeatureKey(layer: 10, timestep: 0.1), shape: [2, 2]),
      ArchiveDescription.Representation(FeatureKey(layer: 1, timestep: 0.5), shape: [3]),
    ],
    samples: 5, shardSize: 2, settings: ["pooling": "mean", "noise.seed": 7, "latents.scale": 0.18215])

  static func value(key: Int, sample: Int, element: Int) -> Float { Float(100 * key + 10 * sample + element) }

  static func write(
    _ description: ArchiveDescription = description, samples: ArchiveSamples? = nil, to folder: String,
    shards: [Int]? = nil
  ) throws {
    let samples =
      samples
      ?? ArchiveSamples(
        names: SampleList((0..<description.samples).map { "0/\($0).png" }),
        labels: (0..<description.samples).map { $0 % 2 })
    let names = ArchiveFolder(folder)
    try FeaturesTests.write(description.fileText, to: names.description)
    try FeaturesTests.write(samples.csv, to: names.samples)
    for shard in shards ?? Array(0..<description.shardCount) {
      try write(shard: shard, of: description, to: folder)
    }
  }

  static func write(
    shard: Int, of description: ArchiveDescription, to folder: String, as name: String? = nil,
    metadata: Bool = true
  ) throws {
    let rows = description.rows(ofShard: shard)
    let writer = try SafetensorsWriter(
      "\(folder)/\(name ?? ArchiveFolder.shardName(shard))",
      description.representations.map {
        TensorDeclaration(name: $0.name, shape: [rows.count] + $0.shape, elementType: description.elementType)
      }, metadata: metadata ? FeatureArchive.metadata(ofShard: shard, of: description) : [:])
    for (key, representation) in description.representations.enumerated() {
      try writer.append(
        rows.flatMap { sample in
          (0..<representation.elements).map { value(key: key, sample: sample, element: $0) }
        })
    }
    try writer.finish()
  }
}
