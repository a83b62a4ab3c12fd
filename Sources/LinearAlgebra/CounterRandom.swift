import Glibc

/// Random numbers that are a function of a seed and a counter, so that any of them can be had without the others.
///
/// The bits are SplitMix64's: the counter takes the place of the number of calls. Noise drawn by (seed, sample,
/// element) is thus the same for every batch size, order, shard and number of threads.
///
/// - SeeAlso: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
public struct CounterRandom: Sendable {
  public let seed: UInt64

  public init(seed: UInt64) {
    self.seed = seed
  }

  /// 64 random bits.
  @inlinable
  public func bits(at counter: UInt64) -> UInt64 {
    var z = seed &+ (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of [0, 1), all multiples of 2^-53 equally likely.
  @inlinable
  public func uniform(at counter: UInt64) -> Double {
    Double(bits(at: counter) >> 11) * 0x1p-53
  }

  /// A whole number of `0..<bound`, all equally likely but for a bias below bound / 2^64.
  @inlinable
  public func integer(below bound: Int, at counter: UInt64) -> Int {
    precondition(bound > 0, "no whole number lies below \(bound)")
    return Int(UInt64(bound).multipliedFullWidth(by: bits(at: counter)).high)
  }

  /// Fills `values` with normal numbers (mean 0, variance 1) for the counters from `start` on.
  ///
  /// Two neighboring counters make a Box-Muller pair: an even `start` keeps every number at its own counter.
  ///
  /// - Precondition: `start` is even.
  public func fillNormal(_ values: UnsafeMutableBufferPointer<Float>, from start: UInt64) {
    precondition(start % 2 == 0, "a Box-Muller pair begins at an even counter")
    for pair in stride(from: 0, to: values.count, by: 2) {
      let counter = start &+ UInt64(pair)
      let u1 = Double((bits(at: counter) >> 11) + 1) * 0x1p-53
      let angle = 2 * Double.pi * uniform(at: counter &+ 1)
      let radius = (-2 * log(u1)).squareRoot()
      values[pair] = Float(radius * cos(angle))
      if pair + 1 < values.count { values[pair + 1] = Float(radius * sin(angle)) }
    }
  }

  /// A random order of `0..<count`: every order equally likely, the same for the same seed and stream.
  ///
  /// - SeeAlso: Fisher and Yates, in Durstenfeld's form.
  public func permutation(of count: Int, stream: UInt64 = 0) -> [Int] {
    let own = CounterRandom(seed: bits(at: stream))
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, own.integer(below: last + 1, at: UInt64(last)))
    }
    return order
  }
}
