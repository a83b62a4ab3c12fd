/// SHA-256, for goldens that are too large to be stored.
///
/// - SeeAlso: FIPS 180-4, section 6.2.
enum SHA256 {
  static func hexadecimal(_ bytes: [UInt8]) -> String {
    var message = bytes
    message.append(0x80)
    message += [UInt8](repeating: 0, count: (120 - message.count % 64) % 64)
    message += withUnsafeBytes(of: UInt64(bytes.count * 8).bigEndian, Array.init)
    var state = initial
    var schedule = [UInt32](repeating: 0, count: 64)
    message.withUnsafeBytes { message in
      for block in stride(from: 0, to: message.count, by: 64) {
        for word in 0..<16 {
          schedule[word] = UInt32(
            bigEndian: message.loadUnaligned(fromByteOffset: block + 4 * word, as: UInt32.self))
        }
        update(&state, &schedule)
      }
    }
    return state.map {
      String(repeating: "0", count: $0.leadingZeroBitCount / 4).prefix(7) + String($0, radix: 16)
    }
    .joined()
  }

  private static func update(_ state: inout [UInt32], _ schedule: inout [UInt32]) {
    for t in 16..<64 {
      let (x, y) = (schedule[t - 15], schedule[t - 2])
      let small = rotated(x, 7) ^ rotated(x, 18) ^ x >> 3
      let large = rotated(y, 17) ^ rotated(y, 19) ^ y >> 10
      schedule[t] = schedule[t - 16] &+ small &+ schedule[t - 7] &+ large
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let choice = (e & f) ^ (~e & g)
      let majority = (a & b) ^ (a & c) ^ (b & c)
      let first =
        h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ constants[t] &+ schedule[t]
      let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
    }
    for (place, value) in [a, b, c, d, e, f, g, h].enumerated() { state[place] &+= value }
  }

  private static func rotated(_ x: UInt32, _ count: UInt32) -> UInt32 { x >> count | x << (32 - count) }

  /// The first 32 bits behind the point of the square roots of the first primes.
  private static let initial = primes.prefix(8).map { fraction(Double($0).squareRoot()) }
  /// And of their cube roots.
  private static let constants = primes.map { prime in
    // Newton's iteration to the last bit of Double, which has 50 behind the point here: enough for 32.
    var root = 3.0
    for _ in 0..<60 { root -= (root * root * root - Double(prime)) / (3 * root * root) }
    return fraction(root)
  }

  private static func fraction(_ x: Double) -> UInt32 { UInt32((x - x.rounded(.down)) * 4_294_967_296) }

  private static let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }
}
