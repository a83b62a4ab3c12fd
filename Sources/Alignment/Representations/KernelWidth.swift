import LinearAlgebra

/// How wide the Gaussian kernel is.
public enum KernelWidth: Sendable, Hashable {
  /// The same sigma for both sides.
  case fixed(Double)
  /// Of either side, this fraction of its own median distance: sigma² = fraction² * the median of the squared Euclidean
  /// distances of all N x N pairs of (normalised) rows, the N zeros of rows with themselves included, and the mean of the
  /// two in the middle where N is even. Kornblith et al., arXiv 1905.00414, section 3; `gram_rbf` of its code.
  case median(fraction: Double)

  /// As it appears in the table's parameters and on the command line: `0.5`, `median`, `median:0.5`.
  public var text: String {
    switch self {
    case .fixed(let sigma): "\(sigma)"
    case .median(1): "median"
    case .median(let fraction): "median:\(fraction)"
    }
  }

  /// The reverse of `text`, nil for what is none; whether the number makes sense is not looked at.
  public init?(text: String) {
    if text == "median" {
      self = .median(fraction: 1)
    } else if text.hasPrefix("median:") {
      guard let fraction = Double(text.dropFirst(7)) else { return nil }
      self = .median(fraction: fraction)
    } else {
      guard let sigma = Double(text) else { return nil }
      self = .fixed(sigma)
    }
  }

  /// Whether the width or fraction is a positive number.
  public var isValid: Bool {
    switch self {
    case .fixed(let number), .median(let number): number > 0 && number.isFinite
    }
  }

  /// Sigma for one representation.
  ///
  /// - Throws: ``AlignmentError`` unless the width is positive, and where the median distance is zero.
  /// - Complexity: nothing for a fixed width; otherwise see ``MedianDistance``.
  func sigma(of representation: Representation, threads: Threads) throws -> Double {
    guard isValid else {
      throw AlignmentError(.invalidSetting, "sigma is \(text); it must be a positive number")
    }
    let fraction: Double
    switch self {
    case .fixed(let sigma): return sigma
    case .median(let share): fraction = share
    }
    let square = try MedianDistance.squared(of: representation, threads: threads)
    guard square > 0 else {
      throw AlignmentError(
        .undefined,
        "the median distance of two samples is 0: half of them are alike; give the kernel a width as a number"
      )
    }
    return fraction * square.squareRoot()
  }
}

extension KernelWidth: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .fixed(value) }
  public init(integerLiteral value: Int) { self = .fixed(Double(value)) }
}

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
