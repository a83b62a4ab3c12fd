import Testing

@testable import TensorFiles

@Suite struct BrokenNumPyTests {
  private static func header(_ type: String = "'<f4'", shape: String = "(2,)", order: String = "False")
    -> String
  {
    "{'descr': \(type), 'fortran_order': \(order), 'shape': \(shape), }\n"
  }

  static let arrays: [BrokenFile] = [
    BrokenFile("other first bytes", .malformed, "NUMPY", name: "a.npy") { Array("NUMPY".utf8) + [1, 2, 3] },
    BrokenFile("magic alone", .truncated, "incomplete") { NumPyHeader.magic },
    BrokenFile("version 9", .unsupported, "npy version 9.0") {
      BrokenFile.npy(header(), data: 8, version: 9)
    },
    BrokenFile("a header cut off", .truncated, "incomplete") {
      Array(BrokenFile.npy(header(), data: 0).prefix(30))
    },
    BrokenFile("a header of 4 GB", .limitExceeded, "a header of 4294967295 bytes") {
      NumPyHeader.magic + [2, 0, 255, 255, 255, 255] + Array(header().utf8)
    },
    BrokenFile("data cut off", .truncated, "7 bytes of data for float32 [2]") {
      BrokenFile.npy(header(), data: 7)
    },
    BrokenFile("data left over", .sizeMismatch, "9 bytes of data") { BrokenFile.npy(header(), data: 9) },
    BrokenFile("an overflowing shape", .sizeMismatch, "fits 60 bits") {
      BrokenFile.npy(header(shape: "(4294967296, 4294967296)"), data: 8)
    },
    BrokenFile("a negative length", .malformed, "not negative") {
      BrokenFile.npy(header(shape: "(-2,)"), data: 8)
    },
    BrokenFile("no shape", .malformed, "incomplete header") { BrokenFile.npy("{'descr': '<f4'}", data: 8) },
    BrokenFile("a key twice", .duplicateName, "'descr'".replacing("'", with: "\"")) {
      BrokenFile.npy("{'descr': '<f4', 'descr': '<f4'}", data: 8)
    },
    BrokenFile("an unknown key", .malformed, "\"other\"") { BrokenFile.npy("{'other': 1}", data: 8) },
    BrokenFile("a structure", .unsupported, "structured dtype") {
      BrokenFile.npy(header("[('x', '<f4')]"), data: 8)
    },
    BrokenFile("objects", .unsupported, "pickle") { BrokenFile.npy(header("'|O'"), data: 16) },
    BrokenFile("bfloat16 as raw bytes", .unsupported, "raw bytes") {
      BrokenFile.npy(header("'<V2'"), data: 4)
    },
    BrokenFile("a type without order", .unsupported, "\"f4\"") { BrokenFile.npy(header("'f4'"), data: 8) },
    BrokenFile("an order of neither kind", .malformed, "True nor False") {
      BrokenFile.npy(header(order: "1"), data: 8)
    },
    BrokenFile("text after the header", .malformed, "more text") { BrokenFile.npy(header() + "x", data: 8) },
    BrokenFile("65 dimensions", .limitExceeded, "64 dimensions") {
      BrokenFile.npy(header(shape: "(" + String(repeating: "1, ", count: 65) + ")"), data: 4)
    },
  ]

  @Test(arguments: arrays) func aBrokenArrayIsAnErrorThatSaysWhy(file: BrokenFile) throws { try file.check() }

  private static let array = BrokenFile.npy(header(), data: 8)

  /// An archive of one stored array, with bytes of its directory entry replaced.
  private static func patched(_ offset: Int, _ bytes: [UInt8], members: Int = 1) -> [UInt8] {
    var file = PickleBuilder.zip((0..<members).map { ("\($0).npy", array) })
    guard let entry = file.offset(of: [0x50, 0x4B, 1, 2]) else { return [] }
    file.replaceSubrange(entry + offset..<entry + offset + bytes.count, with: bytes)
    return file
  }

  static let archives: [BrokenFile] = [
    BrokenFile("no directory", .truncated, "no zip directory") { Array(patched(0, []).dropLast(10)) },
    BrokenFile("an empty archive", .unsupported, "without arrays") { PickleBuilder.zip([]) },
    BrokenFile("a name twice", .duplicateName, "two members") {
      PickleBuilder.zip([("a.npy", array), ("a.npy", array)])
    },
    BrokenFile("a wrong checksum", .wrongChecksum, "checksum") { patched(16, [1, 2, 3, 4]) },
    BrokenFile("an encrypted member", .unsupported, "encrypted") { patched(8, [1, 0]) },
    BrokenFile("another compression", .unsupported, "compression method 14") { patched(10, [14, 0]) },
    BrokenFile("sizes that differ", .sizeMismatch, "a stored member") { patched(24, [1, 0, 0, 0]) },
    BrokenFile("a bomb", .limitExceeded, "at most 1032 times") {
      patched(10, [8, 0]).withInflatedSize(0x7FFF_FFFF)
    },
    BrokenFile("no deflate stream", .malformed, "differs from the directory") { patched(10, [8, 0]) },
    BrokenFile("a member beyond the directory", .badRange, "an end before") {
      patched(20, [0, 1, 0, 0, 0, 1, 0, 0])
    },
    BrokenFile("members that overlap", .badRange, "an end before") {
      patched(42, [50, 0, 0, 0], members: 2)
    },
    BrokenFile("a header elsewhere", .badRange, "an end before") { patched(42, [3, 0, 0, 0]) },
    BrokenFile("several volumes", .unsupported, "several volumes") {
      var file = patched(0, [])
      file[file.count - 18] = 1
      return file
    },
    BrokenFile("an array cut off", .truncated, "member \"a.npy\"") {
      PickleBuilder.zip([("a.npy", Array(array.dropLast()))])
    },
    BrokenFile("a broken deflate stream", .malformed, "a deflate stream") {
      // Block type 3 does not exist.
      var file = try Fixture.bytes("containers/deflated.npz")
      file[30 + Int(file[26]) + Int(file[28])] = 7
      return file
    },
    BrokenFile("a damaged deflate stream", .wrongChecksum, "The file is damaged") {
      // The checksum in the directory, so that the stream itself inflates.
      var file = try Fixture.bytes("containers/deflated.npz")
      guard let entry = file.offset(of: [0x50, 0x4B, 1, 2]) else { return [] }
      file[entry + 16] ^= 1
      return file
    },
  ]

  @Test(arguments: archives) func aBrokenArchiveIsAnErrorThatSaysWhy(file: BrokenFile) throws {
    try file.check()
  }
}

extension [UInt8] {
  /// The archive, with another inflated size in its first directory entry.
  fileprivate func withInflatedSize(_ size: UInt32) -> [UInt8] {
    guard let entry = offset(of: [0x50, 0x4B, 1, 2]) else { return [] }
    var file = self
    file.replaceSubrange(entry + 24..<entry + 28, with: [UInt8](littleEndian: size))
    return file
  }
}
