/// Reads safetensors: eight bytes of length, a JSON header, and the tensors' bytes.
///
/// The ranges must tile the data without gap or overlap, as the format's own reader demands.
enum Safetensors {
  /// The format's own bound on the header.
  static let maximumHeaderLength = 100_000_000
  static let metadataKey = "__metadata__"

  static func isFile(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[6] == 0 && bytes[7] == 0
  }

  static func read(_ storage: TensorStorage) throws -> TensorFile {
    var reader = ByteReader(try storage.load(), path: storage.path)
    let length: UInt64 = try reader.littleEndian()
    guard length <= maximumHeaderLength, length <= reader.remaining else {
      throw reader.error(
        .truncated, at: 0, found: "a header of \(length) bytes",
        expected: "at most \(min(reader.remaining, maximumHeaderLength))",
        hint: "The file may be incomplete, or not safetensors")
    }
    let range = try reader.take(Int(length))
    var header = Header(
      json: JSONReader(
        ByteReader(UnsafeRawBufferPointer(rebasing: reader.bytes[range]), path: storage.path, base: 8)))
    try header.read()
    try checkTiling(header.entries, dataLength: reader.remaining, storage: storage)
    let tensors = try header.entries.map { try $0.tensor(in: storage, dataStart: range.upperBound) }
    return try TensorFile(
      storage: storage, format: .safetensors, tensors: tensors, metadata: header.metadata)
  }

  private static func checkTiling(_ entries: [Entry], dataLength: Int, storage: TensorStorage) throws {
    var end = 0
    for entry in entries.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      guard entry.range.lowerBound == end else {
        let relation =
          entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
        throw storage.error(
          .badRange, at: "tensor \(quoted(entry.name))", found: "data \(entry.range) that \(relation)",
          expected: "data from \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == dataLength else {
      throw storage.error(
        end > dataLength ? .truncated : .badRange, found: "\(dataLength) bytes of data",
        expected: "\(end) by the header",
        hint: end > dataLength ? "The file may be incomplete" : nil)
    }
  }
}

extension Safetensors {
  /// What the header says of one tensor.
  private struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let range: Range<Int>

    func tensor(in storage: TensorStorage, dataStart: Int) throws -> Tensor {
      // Only an error names the place: a checkpoint has hundreds of tensors.
      var place: String { "tensor \(quoted(name))" }
      let count = try Tensor.elementCount(of: shape, storage: storage, place: place)
      guard count * type.byteCount == range.count else {
        throw storage.error(
          .sizeMismatch, at: place, found: "\(range.count) bytes for \(type) \(shape)",
          expected: "\(count * type.byteCount)")
      }
      return try Tensor(
        name: name, shape: shape, elementType: type, storage: storage,
        byteOffset: dataStart + range.lowerBound)
    }
  }

  private struct Header {
    var json: JSONReader
    var entries: [Entry] = []
    var metadata: [String: String] = [:]

    mutating func read() throws {
      var entries: [Entry] = []
      var metadata: [String: String] = [:]
      try json.object { json, name in
        if name == Safetensors.metadataKey {
          try json.object { json, key in metadata[key] = try json.string() }
        } else {
          entries.append(try Self.entry(&json, name: name))
        }
      }
      try json.finish()
      self.entries = entries
      self.metadata = metadata
    }

    private static func entry(_ json: inout JSONReader, name: String) throws -> Entry {
      var type: ElementType?
      var shape: [Int]?
      var range: Range<Int>?
      try json.object { json, key in
        switch key {
        case "dtype": type = try elementType(&json, tensor: name)
        case "shape": shape = try json.integers(limit: Tensor.maximumRank)
        case "data_offsets": range = try dataRange(&json, tensor: name)
        default:
          throw json.error(
            .malformed, found: "the key \(quoted(key)) of tensor \(quoted(name))",
            expected: "dtype, shape and data_offsets")
        }
      }
      guard let type, let shape, let range else {
        throw json.error(
          .malformed, found: "an incomplete entry for tensor \(quoted(name))",
          expected: "dtype, shape and data_offsets")
      }
      return Entry(name: name, type: type, shape: shape, range: range)
    }

    private static func elementType(_ json: inout JSONReader, tensor: String) throws -> ElementType {
      let name = try json.string()
      guard let type = ElementType(safetensorsName: name) else {
        throw json.error(
          .unsupported, found: "the dtype \(quoted(name)) of tensor \(quoted(tensor))",
          expected: ElementType.allCases.map(\.safetensorsName).joined(separator: ", "))
      }
      return type
    }

    private static func dataRange(_ json: inout JSONReader, tensor: String) throws -> Range<Int> {
      let offsets = try json.integers(limit: 2)
      guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
        throw json.error(
          .badRange, found: "data_offsets \(offsets) of tensor \(quoted(tensor))",
          expected: "two offsets, begin before end")
      }
      return offsets[0]..<offsets[1]
    }
  }
}
