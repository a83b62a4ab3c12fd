import Foundation
import Testing

@testable import TensorFiles

/// The checkout's fixtures.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures").path

  static func path(_ name: String) -> String { folder + "/" + name }

  static func open(_ name: String) throws -> TensorFile { try TensorFile.open(path(name)) }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }
}

/// Opens the bytes and reads every tensor: what a broken file must not survive unnoticed.
func readEverything(_ bytes: [UInt8], name: String, shards: [String: [UInt8]] = [:]) throws {
  let file = try TensorFile.open(bytes: bytes, name: name, shards: shards)
  for tensor in file.tensors { _ = try tensor.doubles() }
}

/// The error that reading the bytes ends in.
func failure(
  _ bytes: [UInt8], name: String, shards: [String: [UInt8]] = [:],
  sourceLocation: SourceLocation = #_sourceLocation
) -> TensorFileError? {
  do {
    try readEverything(bytes, name: name, shards: shards)
    Issue.record("\(name) was read without an error", sourceLocation: sourceLocation)
    return nil
  } catch let error as TensorFileError {
    return error
  } catch {
    Issue.record("\(error) is of another type", sourceLocation: sourceLocation)
    return nil
  }
}

extension [UInt8] {
  init<T: FixedWidthInteger>(littleEndian value: T) {
    self = Swift.withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The offset of the first occurrence of `pattern`.
  func offset(of pattern: some Collection<UInt8>) -> Int? {
    let pattern = Array(pattern)
    guard !pattern.isEmpty, pattern.count <= count else { return nil }
    return (0...count - pattern.count).first { self[$0..<$0 + pattern.count].elementsEqual(pattern) }
  }

  func replacing(_ pattern: some Collection<UInt8>, with other: some Collection<UInt8>) -> [UInt8] {
    guard let offset = offset(of: pattern) else { return self }
    return Array(self[..<offset]) + Array(other) + Array(self[(offset + pattern.count)...])
  }
}
