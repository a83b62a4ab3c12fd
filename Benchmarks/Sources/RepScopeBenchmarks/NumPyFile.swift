import Foundation
import RepScope

/// The few npy files that this program and its peers exchange: version 1, float32, two dimensions, row-major.
enum NumPyFile {
  static func write(_ matrix: Matrix, to path: String) throws {
    let shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
    // Magic, version, length and header together fill a multiple of 64 bytes and end in a line feed.
    let length = (10 + shape.utf8.count + 1 + 63) / 64 * 64 - 10
    let padding = String(repeating: " ", count: length - shape.utf8.count - 1)
    var header = Data([0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 255), UInt8(length >> 8)])
    header.append(contentsOf: (shape + padding + "\n").utf8)
    guard FileManager.default.createFile(atPath: path, contents: header) else {
      throw BenchmarkError("cannot write \(path)")
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    try file.seekToEnd()
    try matrix.withUnsafeBufferPointer { elements in
      try file.write(contentsOf: Data(bytes: elements.baseAddress!, count: elements.count * 4))
    }
  }

  static func read(_ path: String) throws -> Matrix {
    guard let file = fopen(path, "rb") else { throw BenchmarkError("cannot open \(path)") }
    defer { fclose(file) }
    var start = [UInt8](repeating: 0, count: 10)
    guard fread(&start, 1, 10, file) == 10 else { throw BenchmarkError("\(path) has no npy header") }
    var header = [UInt8](repeating: 0, count: Int(start[8]) + Int(start[9]) << 8)
    let isWhole = fread(&header, 1, header.count, file) == header.count
    let shape = String(decoding: header, as: UTF8.self).split(separator: "(").last?.prefix { $0 != ")" }
    let lengths = (shape ?? "").split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    guard isWhole, lengths.count == 2 else { throw BenchmarkError("\(path) does not hold a matrix") }
    return try Matrix(rows: lengths[0], columns: lengths[1]) { elements in
      guard fread(elements.baseAddress, 4, elements.count, file) == elements.count else {
        throw BenchmarkError("\(path) ends before its last row")
      }
    }
  }
}

/// Why a measurement could not be made.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
