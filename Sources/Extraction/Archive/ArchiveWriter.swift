import Features
import Files
import LinearAlgebra
import TensorFiles

/// Writes an archive shard by shard into a folder that other runs, on this machine or others, may be filling too.
///
/// Description and samples are there before the first shard; every file appears whole. Runs that write the same archive
/// write the same bytes, so it does not matter whose file stays.
final class ArchiveWriter {
  let folder: ArchiveFolder
  private let description: ArchiveDescription
  private let digest: String
  private let partial: PartialFolder

  /// Begins an archive or continues one.
  ///
  /// - Throws: ``ExtractionError`` where the archive that is there was made with other settings, with every difference.
  init(_ path: String, description: ArchiveDescription, samples: ArchiveSamples) throws {
    folder = ArchiveFolder(path)
    self.description = description
    digest = description.digest
    do {
      try makeFolder(path)
    } catch {
      throw ExtractionError(.cannotWrite, path: path, "the folder cannot be made: \(error.reason)")
    }
    PartialFolder.removeStale(in: path)
    // Shards come after the description: whoever sees one without the other sees a description that somebody removed.
    guard try folder.shards().isEmpty || folder.hasDescription else {
      throw ExtractionError(
        .settingsDiffer, path: path,
        "it has shards but no \(ArchiveFolder.descriptionName) to say how they were made; choose another folder"
      )
    }
    if folder.hasDescription { try Self.check(description, folder) }
    partial = try PartialFolder(in: path)
    try publish(samples.csv, as: ArchiveFolder.samplesName)
    try Self.check(samples, folder)
    try publish(description.fileText, as: ArchiveFolder.descriptionName)
    try Self.check(description, folder)
  }

  /// The numbers of the shards that are there, every one of them checked.
  ///
  /// - Throws: `FeatureError` for a shard that is not what the description says.
  func shards() throws -> Set<Int> {
    let present = try folder.shards().filter { $0 < description.shardCount }
    for shard in present { try FeatureArchive.shard(shard, of: description, digest: digest, in: folder) }
    return Set(present)
  }

  /// Writes a shard; it appears when it is whole.
  ///
  /// - Parameter rows: The rows of the representation with this number, all of the shard's.
  func write(shard: Int, rows: (Int) -> UnsafeBufferPointer<Float>) throws {
    let name = ArchiveFolder.shardName(shard)
    let count = description.rows(ofShard: shard).count
    let writer = try SafetensorsWriter(
      "\(partial.path)/\(name)",
      description.representations.map {
        TensorDeclaration(name: $0.name, shape: [count] + $0.shape, elementType: description.elementType)
      }, metadata: FeatureArchive.metadata(ofShard: shard, of: description))
    do {
      for place in description.representations.indices { try writer.append(rows(place)) }
      try writer.finish()
    } catch {
      writer.cancel()
      throw error
    }
    try partial.publish(name, as: folder.shard(shard))
  }

  private func publish(_ text: String, as name: String) throws {
    try AtomicFile.write(Array(text.utf8), to: "\(partial.path)/\(name)")
    try partial.publishIfAbsent(name, as: "\(folder.path)/\(name)")
  }

  private static func check(_ description: ArchiveDescription, _ folder: ArchiveFolder) throws {
    let differences = try description.differences(fromFile: folder.description)
    guard !differences.isEmpty else { return }
    let shown = differences.prefix(20).map { "\n  \($0)" }.joined()
    let more = differences.count > 20 ? "\n  and \(differences.count - 20) more" : ""
    throw ExtractionError(
      .settingsDiffer, path: folder.path,
      "the archive that is there was made differently; it has\(shown)\(more)\n"
        + "Choose another folder, or repeat the command it was made with")
  }

  private static func check(_ samples: ArchiveSamples, _ folder: ArchiveFolder) throws {
    let found = try ArchiveSamples(csv: folder.samples)
    guard found != samples else { return }
    func row(_ list: ArchiveSamples, _ row: Int) -> String {
      guard row < list.count else { return "nothing" }
      let label = list.labels[row].map { "label \($0)" } ?? "no label"
      return (list.names.map { "\($0.names[row]), " } ?? "") + label
    }
    let place = (0..<max(found.count, samples.count)).first { row(found, $0) != row(samples, $0) } ?? 0
    throw ExtractionError(
      .settingsDiffer, path: folder.samples,
      "the archive that is there has other samples: row \(place) is \(row(found, place)), not \(row(samples, place)). "
        + "Choose another folder, or repeat the command it was made with")
  }
}
