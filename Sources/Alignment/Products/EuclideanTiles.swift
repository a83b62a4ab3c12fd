import LinearAlgebra

/// The median of squared distances, exact, without a list of them.
///
/// The bits of a positive Double order as its value does. A pass over the tiles counts how many distances fall into each
/// of a million equal pieces of the range of bits; the piece that holds the median is the next pass's range, until what is
/// left is few enough to be sorted. Two passes as a rule.
enum MedianDistance {
  private static let pieces = 1 << 20
  private static let fewEnough = 1 << 22

  /// - Complexity: N² D operations in Double a pass; 8 MB a thread, and 32 MB for what is sorted.
  static func squared(of representation: Representation, threads: Threads) throws -> Double {
    let distances = try EuclideanTiles(representation, threads: threads)
    let n = representation.samples
    // Of all N² entries in order, the first N are the zeros of rows with themselves, and every pair is there twice.
    let middle = n * n % 2 == 0 ? [n * n / 2 - 1, n * n / 2] : [n * n / 2]
    let pairs = middle.filter { $0 >= n }.map { ($0 - n) / 2 }
    guard let first = pairs.first else { return 0 }
    let values = try distances.orderStatistics(
      from: first, count: pairs.count, pieces: pieces, fewEnough: fewEnough)
    let sum = values.reduce(0, +)
    return sum / Double(middle.count)
  }
}

/// Squared Euclidean distances of all pairs of rows, tile by tile.
struct EuclideanTiles {
  private let rows: DoubleRows
  private let squaredNorms: [Double]
  private let threads: Threads

  // Centred rows have the same distances, and smaller norms to lose digits to.
  init(_ representation: Representation, threads: Threads) throws {
    rows = try DoubleRows.centred(representation, threads: threads)
    squaredNorms = try rows.squaredNorms(threads: threads)
    self.threads = threads
  }

  /// - Parameter body: Receives a tile of distances in place of inner products, and the number of the worker.
  /// - Complexity: N² D operations in Double.
  func forEach(_ body: (GramTile, Int) throws -> Void) throws {
    try BlockProducts.forEachGramTile(rows, threads: threads) { tile, worker in
      for (place, row) in tile.rows.enumerated() {
        let values = tile.values + place * tile.columns.count
        let own = squaredNorms[row]
        squaredNorms.withUnsafeBufferPointer { norms in
          let others = norms.baseAddress! + tile.columns.lowerBound
          for column in 0..<tile.pairs(of: row) {
            values[column] = max(own + others[column] - 2 * values[column], 0)
          }
        }
      }
      try body(tile, worker)
    }
  }

  /// The distances of this rank, counted from 0, among those of all pairs i < j, and of the `count` - 1 ranks above it.
  ///
  /// - Precondition: `count` is 1 or 2, and there are so many ranks.
  func orderStatistics(from rank: Int, count wanted: Int, pieces: Int, fewEnough: Int) throws -> [Double] {
    // Bits of the numbers among which that of the rank is, how many there are, and how many are smaller.
    var (low, high) = (UInt64(0), Double.infinity.bitPattern)
    var (below, inside) = (0, Int.max)
    while inside > fewEnough, high - low > 1 {
      // Rounded up: the pieces cover the range, and no number falls behind the last of them.
      let width = (high - low - 1) / UInt64(pieces) + 1
      let counts = try count(from: low, width: width, to: high, pieces: pieces)
      guard
        let piece = counts.indices.first(where: { piece in
          inside = counts[piece]
          below += inside
          return below > rank
        })
      else { preconditionFailure("rank \(rank) among \(below) distances") }
      below -= inside
      low += UInt64(piece) * width
      high = min(high, low + width)
    }
    var found =
      high - low > 1 ? Array(try collect(from: low, to: high)[(rank - below)...].prefix(wanted)) : []
    if high - low <= 1 {
      found = [Double](repeating: Double(bitPattern: low), count: min(wanted, below + inside - rank))
    }
    if found.count < wanted { found.append(try least(from: high)) }
    return found
  }

  /// The least distance with at least these bits.
  private func least(from low: UInt64) throws -> Double {
    let least = (0..<threads.count).map { _ in Found() }
    try forEach { tile, worker in
      for (place, row) in tile.rows.enumerated() {
        let values = tile.values + place * tile.columns.count
        for column in 0..<tile.pairs(of: row) where values[column].bitPattern >= low {
          if values[column] < least[worker].values.first ?? .infinity {
            least[worker].values = [values[column]]
          }
        }
      }
    }
    return least.compactMap(\.values.first).min() ?? .infinity
  }

  private func count(from low: UInt64, width: UInt64, to high: UInt64, pieces: Int) throws -> [Int] {
    let counts = (0..<threads.count).map { _ in Workspace<Int>(pieces) }
    for workspace in counts { workspace.base.initialize(repeating: 0, count: pieces) }
    try forEach { tile, worker in
      let counts = counts[worker].base
      for (place, row) in tile.rows.enumerated() {
        let values = tile.values + place * tile.columns.count
        for column in 0..<tile.pairs(of: row) {
          let bits = values[column].bitPattern
          if bits >= low, bits < high { counts[Int((bits - low) / width)] += 1 }
        }
      }
    }
    return (0..<pieces).map { piece in counts.reduce(0) { $0 + $1.base[piece] } }
  }

  /// The distances with these bits, ascending.
  private func collect(from low: UInt64, to high: UInt64) throws -> [Double] {
    let found = (0..<threads.count).map { _ in Found() }
    try forEach { tile, worker in
      for (place, row) in tile.rows.enumerated() {
        let values = tile.values + place * tile.columns.count
        for column in 0..<tile.pairs(of: row) {
          let bits = values[column].bitPattern
          if bits >= low, bits < high { found[worker].values.append(values[column]) }
        }
      }
    }
    return found.flatMap(\.values).sorted()
  }

  private final class Found {
    var values: [Double] = []
  }
}
