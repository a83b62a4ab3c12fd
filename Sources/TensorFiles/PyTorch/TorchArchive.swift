/// Reads PyTorch's zip format, which TorchScript archives share: `*/data.pkl` describes the
/// object, `*/data/<key>` holds each storage.
///
/// Storages are not looked at until a tensor asks for them, and their checksums are not held
/// against them: PyTorch can be told to write none.
enum TorchArchive {
  private static let pickleName = "data.pkl"

  static func isArchive(_ archive: ZipArchive) -> Bool {
    pickle(in: archive) != nil
  }

  static func read(_ archive: ZipArchive) throws -> TensorFile {
    guard let pickle = pickle(in: archive) else {
      throw archive.storage.error(.unsupported, found: "a zip archive without data.pkl")
    }
    let folder = String(pickle.name.dropLast(pickleName.count))
    let contents = archive.contents(of: pickle, verifying: false)
    let byteOrder = try byteOrder(of: archive, folder: folder)

    let bytes = try contents.load()
    var unpickler = Unpickler(
      ByteReader(bytes, path: archive.storage.path), storage: contents, storageOffset: 0)
    let root = try withExtendedLifetime(contents) {
      do {
        return try unpickler.run()
      } catch var error as TensorFileError {
        error.place = ["member \(quoted(pickle.name))", error.place].compactMap(\.self).joined(
          separator: ", ")
        throw error
      }
    }
    let graph = try unpickler.tables.graph(
      path: archive.storage.path, byteCount: archive.storage.byteCount, byteOrder: byteOrder
    ) { try locate($0, in: archive, folder: folder) }
    return try TensorFile(
      storage: archive.storage, format: .torchZip, tensors: try TorchNames(graph).tensors(below: root),
      root: TorchValue(graph: graph, node: root))
  }

  /// The member that describes the object: the only one of its name in a folder, or at the top.
  private static func pickle(in archive: ZipArchive) -> ZipArchive.Member? {
    archive.members.first { member in
      let parts = member.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count <= 2 && parts.last == pickleName[...]
    }
  }

  private static func byteOrder(of archive: ZipArchive, folder: String) throws -> ByteOrder {
    guard let member = archive[folder + "byteorder"] else { return .littleEndian }
    switch validatedText(try archive.prefix(of: member, 16)) {
    case "little": return .littleEndian
    case "big": return .bigEndian
    default:
      throw archive.storage.error(
        .malformed, at: "member \(quoted(member.name))", found: "an unknown byte order",
        expected: "\"little\" or \"big\"")
    }
  }

  private static func locate(
    _ storage: PickleTables.Storage, in archive: ZipArchive, folder: String
  ) throws -> (TensorStorage, Int) {
    let name = folder + "data/" + storage.key
    guard let member = archive[name] else {
      throw archive.storage.error(
        .truncated, at: "member \(quoted(name))", found: "no such member",
        expected: "\(storage.count) elements of \(storage.elementType)")
    }
    let length = storage.count * storage.elementType.byteCount
    guard member.size == length else {
      throw archive.storage.error(
        member.size < length ? .truncated : .sizeMismatch, at: "member \(quoted(name))",
        found: "\(member.size) bytes",
        expected: "\(length) for \(storage.count) elements of \(storage.elementType)")
    }
    return (archive.contents(of: member, verifying: false), storage.start * storage.elementType.byteCount)
  }
}
