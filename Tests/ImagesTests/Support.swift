import Foundation
import TestSupport
import Testing

@testable import Images

/// The checkout's fixtures.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures").path

  static func path(_ name: String) -> String { folder + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  static func image(_ name: String, options: DecodingOptions = .init()) throws -> Image {
    try Image(contentsOf: path(name), options: options)
  }

  /// A JSON file of objects in an object.
  static func objects<Value: Decodable>(_ name: String, of type: Value.Type) throws -> [String: Value] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([String: Value].self, from: Data(contentsOf: URL(filePath: path(name))))
  }
}

extension Image {
  /// The pixels in hexadecimal SHA-256, as the goldens have them.
  var digest: String { SHA256.hexadecimal(bytes) }

  static func decoding(_ bytes: [UInt8], options: DecodingOptions = .init()) throws -> Image {
    try bytes.withUnsafeBytes { try Image(decoding: $0, options: options) }
  }

  /// Noise, the same on every machine.
  static func noise(width: Int, height: Int, seed: UInt64) throws -> Image {
    var random = SplitMix64(state: seed)
    return try Image(
      width: width, height: height,
      bytes: (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) })
  }
}

/// The largest difference and the mean difference of two pictures' bytes.
func differences(_ a: [UInt8], _ b: [UInt8]) -> (largest: Int, mean: Double) {
  guard a.count == b.count, !a.isEmpty else { return (.max, .infinity) }
  let all = zip(a, b).map { abs(Int($0) - Int($1)) }
  return (all.max()!, Double(all.reduce(0, +)) / Double(all.count))
}
