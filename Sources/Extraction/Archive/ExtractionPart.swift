/// The shards that one of several machines computes, which together fill one archive: every `count`-th, from `index` on.
public struct ExtractionPart: Sendable, Hashable, LosslessStringConvertible {
  public let index: Int
  public let count: Int

  /// All shards.
  public static let whole = ExtractionPart(uncheckedIndex: 0, count: 1)

  /// Part `index` of `count`, counted from 0; nil where there is no such part, or more than a million of them.
  public init?(_ index: Int, of count: Int) {
    guard (1...1_000_000).contains(count), (0..<count).contains(index) else { return nil }
    self.init(uncheckedIndex: index, count: count)
  }

  /// Reads `0/3`, `1/3`, `2/3`.
  public init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
    self.init(index, of: count)
  }

  private init(uncheckedIndex index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  public var description: String { "\(index)/\(count)" }

  /// Whether a shard is of this part.
  public func contains(_ shard: Int) -> Bool { shard % count == index }
}
