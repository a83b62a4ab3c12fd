import Foundation
import RepScope

/// A tensor of normal random numbers in a checkpoint made for measurements.
struct RandomParameter {
  let name: String
  let shape: [Int]
  let deviation: Float
  /// What the numbers are spread around.
  var mean: Float = 0

  /// Weight and bias that keep the scale of what goes through them.
  static func linear(_ name: String, _ inputs: Int, _ outputs: Int, shape: [Int]? = nil) -> [RandomParameter]
  {
    [
      RandomParameter(
        name: "\(name).weight", shape: shape ?? [outputs, inputs], deviation: 1 / Float(inputs).squareRoot()),
      RandomParameter(name: "\(name).bias", shape: [outputs], deviation: 0.02),
    ]
  }

  /// Writes a safetensors file.
  static func write(_ parameters: [RandomParameter], to path: String, seed: UInt64) throws {
    let random = CounterRandom(seed: seed)
    let writer = try SafetensorsWriter(
      path, parameters.map { TensorDeclaration(name: $0.name, shape: $0.shape) })
    var start: UInt64 = 0
    for parameter in parameters {
      let pieces = Tiling(parameter.shape.reduce(1, *), by: pieceElements)
      for piece in (0..<pieces.tiles).map({ pieces[$0] }) {
        var values = try normal(piece.count, times: parameter.deviation, random, from: start)
        if parameter.mean != 0 {
          for index in values.indices { values[index] += parameter.mean }
        }
        try writer.append(values)
        start += UInt64(piece.count + piece.count % 2)
      }
    }
    try writer.finish()
  }

  /// Writes a safetensors file whose numbers are a hole in the file: its size and its directory are real, its place on the
  /// disk is not.
  static func writeSparse(_ parameters: [RandomParameter], to path: String) throws {
    var offset = 0
    let entries = parameters.map { parameter -> String in
      let end = offset + 4 * parameter.shape.reduce(1, *)
      defer { offset = end }
      return
        "\"\(parameter.name)\":{\"dtype\":\"F32\",\"shape\":\(parameter.shape),\"data_offsets\":[\(offset),\(end)]}"
    }
    // Each has a directory of its own, so that no two files are alike.
    let own = "\"__metadata__\":{\"file\":\"\(URL(fileURLWithPath: path).lastPathComponent)\"}"
    var directory = Data("{\(([own] + entries).joined(separator: ","))}".utf8)
    directory.append(Data(repeating: 0x20, count: (8 - directory.count % 8) % 8))
    var bytes = Data()
    withUnsafeBytes(of: UInt64(directory.count).littleEndian) { bytes.append(contentsOf: $0) }
    try SparseFile.write(bytes + directory, size: bytes.count + directory.count + offset, to: path)
  }

  private static let pieceElements = 1 << 22

  static func normal(
    _ count: Int, times factor: Float, _ random: CounterRandom, from start: UInt64
  ) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: count) { values, initialized in
      let target = UncheckedPointer(values.baseAddress!)
      // Even, as Box-Muller pairs need it.
      let parts = Tiling(count, by: 1 << 16)
      try parallelLoop(parts.tiles, threads: .all) { tile, _ in
        let range = parts[tile]
        let part = UnsafeMutableBufferPointer(start: target.pointer + range.lowerBound, count: range.count)
        random.fillNormal(part, from: start + UInt64(range.lowerBound))
        for index in part.indices { part[index] *= factor }
      }
      initialized = count
    }
  }
}

enum SparseFile {
  /// Writes some bytes, and a hole up to a size.
  static func write(_ bytes: Data, size: Int, to path: String) throws {
    try bytes.write(to: URL(fileURLWithPath: path))
    guard truncate(path, size) == 0 else { throw BenchmarkError("\(path) cannot be made \(size) bytes long") }
  }
}
