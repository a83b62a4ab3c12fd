/// A slice of `0..<count` for each of the pieces of at most `size`.
public struct Tiling: Sendable {
  public let count: Int
  public let size: Int

  public init(_ count: Int, by size: Int) {
    precondition(size > 0, "a tile needs a size")
    self.count = count
    self.size = size
  }

  /// The number of tiles.
  public var tiles: Int { (count + size - 1) / size }

  /// The indices of one tile; the last may be shorter.
  public subscript(tile: Int) -> Range<Int> {
    tile * size..<min(count, (tile + 1) * size)
  }

  /// The indices of every tile, in order.
  package var ranges: some Sequence<Range<Int>> { (0..<tiles).lazy.map { self[$0] } }
}
