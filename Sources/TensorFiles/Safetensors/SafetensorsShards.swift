/// Reads a set of safetensors files by the index that says which of them holds each tensor.
enum SafetensorsShards {
  static func isIndex(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }

  /// The tensors in the index's order; `shard` opens a file beside the index.
  static func read(
    _ storage: TensorStorage, shard: (String) throws -> TensorStorage
  ) throws -> TensorFile {
    let index = try Index(storage)
    var shards: [String: TensorFile] = [:]
    let tensors = try index.files.map { name, file in
      let opened = try shards[file] ?? open(try shard(file))
      shards[file] = opened
      guard let tensor = opened[name] else {
        throw storage.error(
          .malformed, at: "tensor \(quoted(name))", found: "no tensor of this name in \(quoted(file))",
          expected: "the tensors the index lists", hint: "Index and shards may be of different versions")
      }
      return tensor
    }
    return try TensorFile(
      storage: storage, format: .safetensorsShards, tensors: tensors, metadata: index.metadata)
  }

  private static func open(_ storage: TensorStorage) throws -> TensorFile {
    try withExtendedLifetime(storage) { try Safetensors.read(storage) }
  }
}

private struct Index {
  private(set) var files: [(name: String, file: String)] = []
  private(set) var metadata: [String: String] = [:]

  init(_ storage: TensorStorage) throws {
    var json = JSONReader(ByteReader(try storage.load(), path: storage.path))
    var files: [(String, String)]?
    var metadata: [String: String] = [:]
    try json.object { json, key in
      switch key {
      case "weight_map":
        var map: [(String, String)] = []
        try json.object { json, name in map.append((name, try Self.fileName(&json))) }
        files = map
      case "metadata":
        try json.object { json, key in metadata[key] = try json.scalarText() }
      default: _ = try json.scalarText()
      }
    }
    try json.finish()
    guard let files else {
      throw storage.error(
        .malformed, found: "JSON without \"weight_map\"", expected: "an index of safetensors shards")
    }
    self.files = files
    self.metadata = metadata
  }

  /// A file beside the index: a name that leads elsewhere is refused.
  // By bytes: a slash with a combining mark after it is one character, and not a slash.
  private static func fileName(_ json: inout JSONReader) throws -> String {
    let name = try json.string()
    guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0x2F || $0 == 0 }), name != ".." else {
      throw json.error(
        .refused, found: "the shard \(quoted(name))", expected: "the name of a file beside the index")
    }
    return name
  }
}
