import Features
import LinearAlgebra

/// Memory for the rows of one shard, representation by representation, as the shard's file holds them.
final class ShardRows {
  private let memory: Workspace<Float>
  private let starts: [Int]
  private let lengths: [Int]

  /// Room for the largest of the archive's shards.
  init(_ description: ArchiveDescription) {
    lengths = description.representations.map(\.elements)
    let rows = min(description.shardSize, description.samples)
    var end = 0
    starts = lengths.map { length in
      defer { end += length * rows }
      return end
    }
    memory = Workspace(end)
  }

  /// The place of one row; different rows may be written from several threads at once.
  func row(_ row: Int, of representation: Int) -> UnsafeMutableBufferPointer<Float> {
    let length = lengths[representation]
    return UnsafeMutableBufferPointer(
      start: memory.base + starts[representation] + row * length, count: length)
  }

  /// The first `rows` rows of a representation.
  func all(_ representation: Int, rows: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: memory.base + starts[representation], count: rows * lengths[representation])
  }
}
