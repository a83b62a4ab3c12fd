import Foundation
import TensorFiles

extension FeatureArchive {
  static let archiveField = "archive"
  static let shardField = "shard"

  /// What a shard says of itself: which archive it belongs to, and its place in it.
  package static func metadata(ofShard shard: Int, of description: ArchiveDescription) -> [String: String] {
    [archiveField: description.digest, shardField: String(shard)]
  }

  /// Whether an archive has its description and all its shards, by their names: whether it is whole shows when it is opened.
  package static func isComplete(at path: String) -> Bool {
    let folder = ArchiveFolder(path)
    guard folder.hasDescription, FileManager.default.fileExists(atPath: folder.samples),
      let fields = try? JSONReader.read(folder.description, { try $0.value() }).members,
      let samples = fields["samples"]?.integer, samples > 0, let shardSize = fields["shard_size"]?.integer,
      shardSize > 0
    else { return false }
    let shards = samples / shardSize + (samples % shardSize == 0 ? 0 : 1)
    return (0..<shards).allSatisfy { FileManager.default.fileExists(atPath: folder.shard($0)) }
  }

  /// All shards of a complete archive, opened and checked.
  static func shards(of description: ArchiveDescription, in folder: ArchiveFolder) throws -> [TensorFile] {
    let present = try folder.shards()
    let count = description.shardCount
    if let last = present.last, last >= count {
      throw FeatureError(
        .damaged, path: folder.path,
        "\(ArchiveFolder.shardName(last)) is there, but by \(ArchiveFolder.descriptionName) there are \(count) shards: "
          + "\(description.samples) samples, \(description.shardSize) a shard")
    }
    guard present.count == count else {
      throw FeatureError(.incomplete, path: folder.path, ArchiveFolder.lack(of: count, present: present))
    }
    let digest = description.digest
    return try present.map { try shard($0, of: description, digest: digest, in: folder) }
  }

  /// Opens a shard and checks that it holds what the description says.
  ///
  /// - Parameter digest: `description.digest`, computed once for all shards.
  /// - Throws: ``FeatureError``, or `TensorFileError` for a file that cannot be read.
  @discardableResult
  package static func shard(
    _ number: Int, of description: ArchiveDescription, digest: String, in folder: ArchiveFolder
  ) throws -> TensorFile {
    let path = folder.shard(number)
    func damaged(_ message: String) -> FeatureError {
      FeatureError(
        .damaged, path: path,
        "\(message). Delete the file, and the command that made the archive computes it again")
    }
    let file: TensorFile
    do {
      file = try TensorFile.open(path)
    } catch var error as TensorFileError where ![.missingFile, .permissionDenied].contains(error.code) {
      error.hint = "Delete the file, and the command that made the archive computes it again"
      throw error
    }
    if let found = file.metadata[archiveField], found != digest {
      throw damaged("it was written with other settings than \(ArchiveFolder.descriptionName) tells")
    }
    if let found = file.metadata[shardField], found != String(number) {
      throw damaged("it is shard \(found) by its own account")
    }
    let rows = description.rows(ofShard: number).count
    for representation in description.representations {
      guard let tensor = file[representation.name] else {
        throw damaged("it has no tensor \(representation.name)")
      }
      let shape = [rows] + representation.shape
      guard tensor.shape == shape, tensor.elementType == description.elementType else {
        throw damaged(
          "\(representation.name) is \(tensor.elementType) \(tensor.shape), but by \(ArchiveFolder.descriptionName) "
            + "it is \(description.elementType) \(shape)")
      }
    }
    guard file.tensors.count == description.representations.count else {
      let known = Set(description.representations.map(\.name))
      let names = file.names.filter { !known.contains($0) }.prefix(8).joined(separator: ", ")
      throw damaged("it has tensors that \(ArchiveFolder.descriptionName) does not list: \(names)")
    }
    return file
  }
}
