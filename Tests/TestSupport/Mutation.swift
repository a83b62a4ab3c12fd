/// Ways to break a file.
public enum Mutation {
  public static func mutated(_ seed: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let position = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(position...)
      case 3:
        let inserted = (0..<Int.random(in: 1...16, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        bytes.insert(contentsOf: inserted, at: position)
      case 4:
        bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...16, using: &random)))
      default: overwriteLength(&bytes, at: position, using: &random)
      }
    }
    return bytes
  }

  /// Puts a number that is awkward as a length where one may be.
  private static func overwriteLength(
    _ bytes: inout [UInt8], at position: Int, using random: inout SplitMix64
  ) {
    let awkward: [UInt64] = [
      0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
      0x8000_0000_0000_0000, .max, UInt64(bytes.count), UInt64(bytes.count - position),
    ]
    let value = withUnsafeBytes(
      of: awkward[Int.random(in: awkward.indices, using: &random)].littleEndian, Array.init)
    let width = min([1, 2, 4, 8][Int.random(in: 0..<4, using: &random)], bytes.count - position)
    bytes.replaceSubrange(position..<position + width, with: value[..<width])
  }
}
