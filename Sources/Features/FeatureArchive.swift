import LinearAlgebra
import TensorFiles

/// A folder with the representations of one model: every layer, every time step.
///
///     archive.json                what they are and how they were made
///     samples.csv                 index,path,label
///     shard-00000.safetensors     one tensor a key, such as "t0.500/layer08"; rows are this shard's samples
///
/// Opening reads the description and the shards' headers and checks one against the other; the numbers are read when a
/// representation is asked for.
public struct FeatureArchive: FeatureSource {
  public let name: String
  public let path: String
  public let step: Int?
  public let keys: [FeatureKey]
  public let samples: SampleList?
  /// What the archive says of itself.
  public let description: ArchiveDescription
  /// A label a row; nil unless every sample has one.
  public let labels: [Int]?
  private let contents: [FeatureKey: Content]

  /// A representation's shape and its piece of every shard.
  private struct Content {
    let shape: [Int]
    var pieces: [Tensor] = []
  }

  public var sampleCount: Int { description.samples }

  /// Opens `FOLDER`, or `FOLDER#NAME`, which picks one representation by its tensor's name.
  ///
  /// - Parameters:
  ///   - specification: `FOLDER`, or `FOLDER#NAME`.
  ///   - options: May rename the model, and give a time step to representations that have none.
  /// - Throws: ``FeatureError``: ``FeatureError/Code/incomplete`` while shards are missing, ``FeatureError/Code/damaged``
  ///   where description, samples and shards contradict each other. `TensorFileError` or `TableError` for a file that
  ///   cannot be read.
  public init(_ specification: String, options: ImportedFeatures.Options = ImportedFeatures.Options()) throws
  {
    let (path, picked) = FeaturePath.split(specification)
    let folder = ArchiveFolder(path)
    guard folder.hasDescription else {
      throw FeatureError(.missing, path: path, "there is no \(ArchiveFolder.descriptionName) in it")
    }
    let description = try ArchiveDescription(contentsOf: folder.description)
    let samples = try ArchiveSamples(csv: folder.samples)
    guard samples.count == description.samples else {
      throw FeatureError(
        .damaged, path: folder.samples,
        "it lists \(samples.count) samples, but \(ArchiveFolder.descriptionName) says \(description.samples)")
    }
    let wanted = try Self.pick(picked, of: description, path: path)
    var contents = wanted.map { Content(shape: $0.shape) }
    for file in try Self.shards(of: description, in: folder) {
      for (place, representation) in wanted.enumerated() {
        if let tensor = file[representation.name] { contents[place].pieces.append(tensor) }
      }
    }
    let keys = wanted.map { FeatureKey(layer: $0.key.layer, timestep: $0.key.timestep ?? options.timestep) }
    var places: [FeatureKey: Int] = [:]
    for (place, key) in keys.enumerated() {
      guard let other = places.updateValue(place, forKey: key) else { continue }
      throw FeatureError(
        .ambiguous, path: path,
        "\(key) is there twice by the time step given: as \(wanted[other].name) and as \(wanted[place].name); pick one with "
          + "PATH#NAME")
    }
    self.path = path
    self.keys = keys
    self.description = description
    self.contents = places.mapValues { contents[$0] }
    self.samples = samples.names
    let labels = samples.labels.compactMap(\.self)
    self.labels = labels.count == samples.count ? labels : nil
    name = options.name ?? description.model
    step = options.step ?? description.step
  }

  /// The shape of one sample: [D] where tokens were pooled, [T, D] where not, [C, H, W] for a model's output.
  ///
  /// - Throws: ``FeatureError`` where there is no such key.
  public func shape(of key: FeatureKey) throws -> [Int] { try content(key).shape }

  public func tokenCount(_ key: FeatureKey) throws -> Int? {
    let shape = try shape(of: key)
    return shape.count == 2 ? shape[0] : nil
  }

  /// One row a sample; where tokens were not pooled, a row is all of the sample's tokens one after another.
  ///
  /// Of one shard of Float32 it is a view of the mapped file; several shards are copied together.
  ///
  /// - Throws: ``FeatureError`` where there is no such key, `TensorFileError` for numbers that cannot be read.
  public func features(_ key: FeatureKey) throws -> Matrix {
    let content = try content(key)
    let columns = content.shape.reduce(1, *)
    if content.pieces.count == 1, let elements = content.pieces[0].mappedFloats {
      return Matrix(
        rows: sampleCount, columns: columns, viewing: elements, ownedBy: content.pieces[0].storage)
    }
    return try Matrix(rows: sampleCount, columns: columns) { all in
      var row = 0
      for piece in content.pieces {
        let rows = piece.rowCount
        try piece.copyFloats(
          rows: 0..<rows,
          into: UnsafeMutableBufferPointer(rebasing: all[row * columns..<(row + rows) * columns]))
        row += rows
      }
    }
  }

  public func reader(_ key: FeatureKey) throws -> FeatureReader {
    let content = try content(key)
    let columns = content.shape.reduce(1, *)
    let (pieces, shardSize) = (content.pieces, description.shardSize)
    return FeatureReader(rows: sampleCount, columns: columns) { rows, target in
      var row = rows.lowerBound
      while row < rows.upperBound {
        let shard = row / shardSize
        let first = shard * shardSize
        let end = min(rows.upperBound, first + pieces[shard].rowCount)
        let place = (row - rows.lowerBound) * columns
        try pieces[shard].copyFloats(
          rows: row - first..<end - first,
          into: UnsafeMutableBufferPointer(rebasing: target[place..<place + (end - row) * columns]))
        row = end
      }
    }
  }

  private func content(_ key: FeatureKey) throws -> Content {
    guard let content = contents[key] else { throw FeatureError(.notFound, path: path, "there is no \(key)") }
    return content
  }

  private static func pick(
    _ name: String?, of description: ArchiveDescription, path: String
  ) throws -> [ArchiveDescription.Representation] {
    guard let name else { return description.representations }
    let key = FeatureKey(tensorName: name)
    let found = description.representations.filter { $0.key == key }
    guard found.isEmpty else { return found }
    let names = description.representations.map(\.name)
    let more = names.count > 12 ? ", and \(names.count - 12) more" : ""
    throw FeatureError(
      .notFound, path: path,
      "there is no \(name); there are \(names.prefix(12).joined(separator: ", "))\(more)")
  }
}
