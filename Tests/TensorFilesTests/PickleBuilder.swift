@testable import TensorFiles

/// Writes small pickles and stored zip archives for tests.
enum PickleBuilder {
  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  static func text(_ text: String) -> [UInt8] {
    [UInt8(ascii: "X")] + [UInt8](littleEndian: UInt32(text.utf8.count)) + Array(text.utf8)
  }

  static func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + [UInt8](littleEndian: value)
  }

  static func tuple(_ items: [UInt8]...) -> [UInt8] {
    [UInt8(ascii: "(")] + items.flatMap(\.self) + [UInt8(ascii: "t")]
  }

  static func integers(_ values: [Int]) -> [UInt8] {
    [UInt8(ascii: "(")] + values.flatMap(integer) + [UInt8(ascii: "t")]
  }

  static func call(_ module: String, _ name: String, _ arguments: [UInt8]...) -> [UInt8] {
    global(module, name) + [UInt8(ascii: "(")] + arguments.flatMap(\.self) + Array("tR".utf8)
  }

  static func storage(_ storage: String, key: String, count: Int) -> [UInt8] {
    tuple(text("storage"), global("torch", storage), text(key), text("cpu"), integer(count)) + [
      UInt8(ascii: "Q")
    ]
  }

  static func tensor(
    storage name: String = "FloatStorage", key: String = "0", count: Int, offset: Int = 0, shape: [Int],
    strides: [Int]
  ) -> [UInt8] {
    call(
      "torch._utils", "_rebuild_tensor_v2", storage(name, key: key, count: count), integer(offset),
      integers(shape), integers(strides), [0x89], call("collections", "OrderedDict"))
  }

  /// A whole pickle around the operations.
  static func pickle(_ operations: [UInt8]) -> [UInt8] { [0x80, 2] + operations + [UInt8(ascii: ".")] }

  static func archive(_ operations: [UInt8], members: [(String, [UInt8])] = []) -> [UInt8] {
    zip([("archive/data.pkl", pickle(operations))] + members.map { ("archive/" + $0.0, $0.1) })
  }

  /// The old format without storages.
  static func legacy(_ operations: [UInt8], keys: [UInt8] = [UInt8(ascii: "]")], data: [UInt8] = [])
    -> [UInt8]
  {
    let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    return pickle(magic) + pickle(integer(1001)) + pickle([UInt8(ascii: "}")]) + pickle(operations)
      + pickle(keys) + data
  }

  /// Members without compression, with the checksums given or the right ones.
  static func zip(_ members: [(String, [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in members {
      let start = file.count
      let checksum = bytes.withUnsafeBytes { Inflate.checksum($0) }
      let sizes = [UInt8](littleEndian: UInt32(bytes.count)) + [UInt8](littleEndian: UInt32(bytes.count))
      let common =
        [UInt8](repeating: 0, count: 8) + [UInt8](littleEndian: checksum) + sizes
        + [UInt8](littleEndian: UInt16(name.utf8.count)) + [0, 0]
      file += [0x50, 0x4B, 3, 4, 20, 0] + common + Array(name.utf8) + bytes
      directory +=
        [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + common + [UInt8](repeating: 0, count: 10)
        + [UInt8](littleEndian: UInt32(start)) + Array(name.utf8)
    }
    let count = [UInt8](littleEndian: UInt16(members.count))
    return file + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
      + [UInt8](littleEndian: UInt32(directory.count)) + [UInt8](littleEndian: UInt32(file.count)) + [0, 0]
  }
}
