import Testing

@testable import TensorFiles

/// A broken file, and the error it must end in.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  let what: String
  let code: TensorFileError.Code
  let phrase: String
  var name = "broken"
  var shards: [String: [UInt8]] = [:]
  let bytes: @Sendable () throws -> [UInt8]

  init(
    _ what: String, _ code: TensorFileError.Code, _ phrase: String, name: String = "broken",
    shards: [String: [UInt8]] = [:], _ bytes: @escaping @Sendable () throws -> [UInt8]
  ) {
    self.what = what
    self.code = code
    self.phrase = phrase
    self.name = name
    self.shards = shards
    self.bytes = bytes
  }

  var testDescription: String { what }

  /// Opens the file and holds its error against the expected one.
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard let error = failure(try bytes(), name: name, shards: shards, sourceLocation: sourceLocation) else {
      return
    }
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(error.description.contains(phrase), "\(error)", sourceLocation: sourceLocation)
    #expect(
      error.path == name || shards[error.path] != nil || error.code == .missingFile,
      sourceLocation: sourceLocation)
  }

  /// A safetensors file of that header and so many bytes of zeros.
  static func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
    [UInt8](littleEndian: header.utf8.count) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  /// An npy file of that header and so many bytes of zeros.
  static func npy(_ header: String, data: Int, version: UInt8 = 1) -> [UInt8] {
    let length =
      version == 1
      ? [UInt8](littleEndian: UInt16(header.utf8.count)) : [UInt8](littleEndian: UInt32(header.utf8.count))
    return NumPyHeader.magic + [version, 0] + length + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }
}
