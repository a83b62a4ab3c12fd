/// Reads PyTorch's format before 1.6: five pickles (magic number, version, system, object, storage
/// keys), then each storage's length and elements, little-endian whatever the system.
enum TorchLegacy {
  /// 0x1950a86a20f9469cfc6c, which does not fit 64 bits.
  private static let magicNumber = "119547037146038801333356"
  private static let version = 1001

  static func isFile(_ bytes: UnsafeRawBufferPointer) -> Bool {
    // Any pickle protocol from 2 on; the magic number decides.
    bytes.count > 2 && bytes[0] == 0x80 && (2...5).contains(bytes[1])
  }

  static func read(_ storage: TensorStorage) throws -> TensorFile {
    var file = Pickles(storage, bytes: try storage.load())
    let (magic, magicRoot) = try file.next()
    guard case .largeInteger(magicNumber) = magic.nodes[magicRoot] else {
      throw storage.error(
        .unsupported, at: "byte 0", found: "a pickle that is not PyTorch's", expected: "its magic number",
        hint: "Save tensors with torch.save, safetensors or numpy.save")
    }
    let (version, versionRoot) = try file.next()
    guard case .integer(Self.version) = version.nodes[versionRoot] else {
      throw storage.error(
        .unsupported, found: "another version of PyTorch's old format", expected: "\(Self.version)")
    }
    _ = try file.next()  // sizes of C types where the file was written: nothing depends on them
    let (tables, root) = try file.next()
    let (keys, keysRoot) = try file.next()
    let offsets = try elementOffsets(
      keys: keys, keysRoot, tables: tables, reader: &file.reader, storage: storage)

    let graph = try tables.graph(
      path: storage.path, byteCount: storage.byteCount, byteOrder: .littleEndian
    ) { wanted in
      guard let offset = offsets[wanted.key] else {
        throw storage.error(.malformed, found: "no bytes for storage \(quoted(wanted.key))")
      }
      let size = wanted.elementType.byteCount
      let (region, whole) = try storage.resident()
      let range = whole.lowerBound + offset..<whole.lowerBound + offset + wanted.count * size
      return (TensorStorage(region, range: range, path: storage.path), wanted.start * size)
    }
    return try TensorFile(
      storage: storage, format: .torchLegacy, tensors: try TorchNames(graph).tensors(below: root),
      root: TorchValue(graph: graph, node: root))
  }

  /// Where each storage's elements begin, in the order of the list of keys.
  private static func elementOffsets(
    keys: PickleTables, _ keysRoot: Int, tables: PickleTables, reader: inout ByteReader,
    storage: TensorStorage
  ) throws -> [String: Int] {
    guard case .sequence(_, let items) = keys.nodes[keysRoot] else {
      throw storage.error(.malformed, found: "no list of storage keys")
    }
    let known = Dictionary(tables.storages.map { ($0.key, $0) }) { first, _ in first }
    var offsets: [String: Int] = [:]
    for item in items {
      guard case .text(let key) = keys.nodes[item], let wanted = known[key] else {
        throw storage.error(.malformed, found: "a storage key that no tensor has")
      }
      let position = reader.offset
      let count: Int64 = try reader.littleEndian()
      guard count == wanted.count else {
        throw reader.error(
          .sizeMismatch, at: position, found: "\(count) elements in storage \(quoted(key))",
          expected: "\(wanted.count)")
      }
      guard offsets.updateValue(reader.offset, forKey: key) == nil else {
        throw reader.error(.duplicateName, at: position, found: "storage \(quoted(key)) a second time")
      }
      _ = try reader.take(wanted.count * wanted.elementType.byteCount)
    }
    guard reader.remaining == 0 else {
      throw reader.error(
        .badRange, at: reader.offset, found: "\(reader.remaining) bytes after the last storage",
        expected: "the end of the file")
    }
    return offsets
  }
}

/// Pickles that follow one another.
private struct Pickles {
  var reader: ByteReader
  private let storage: TensorStorage

  init(_ storage: TensorStorage, bytes: UnsafeRawBufferPointer) {
    self.storage = storage
    reader = ByteReader(bytes, path: storage.path)
  }

  mutating func next() throws -> (PickleTables, root: Int) {
    var unpickler = Unpickler(reader, storage: storage, storageOffset: 0)
    let root = try unpickler.run()
    reader = unpickler.reader
    return (unpickler.tables, root)
  }
}
