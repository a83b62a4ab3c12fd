/// A fingerprint of bytes, the same on every machine: FNV-1a of 64 bits.
///
/// It tells accidental changes apart, and is no protection against intent.
///
/// - SeeAlso: Fowler, Noll, Vo: draft-eastlake-fnv.
package struct ContentDigest: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// A text and its end, so that "ab", "c" differs from "a", "bc".
  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    withUnsafeBytes(of: UInt8(0xFF)) { update($0) }
  }

  /// Sixteen hexadecimal digits.
  package var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
