import CKernels
import LinearAlgebra

/// Representational similarity analysis: do both sides find the same pairs of samples alike?
///
/// The representational dissimilarity matrix (RDM) of a side is 1 - the Pearson correlation of two samples' features over
/// dimensions; RSA is the correlation of both sides' N (N-1) / 2 values above the diagonal.
///
/// - SeeAlso: Kriegeskorte et al., Frontiers in Systems Neuroscience 2 (2008).
enum RepresentationalSimilarity {
  /// What Pearson's correlation of the RDM needs of one side: no RDM at all.
  ///
  /// With rows Z of mean 0 and length 1 the correlations are K = Z Zᵀ, and the sum of K∘L is |ZxᵀZy|².
  struct Moments: Sendable {
    let rows: DoubleRows
    /// The sum of K(i,j) and of its squares over pairs i < j.
    let sum: Double
    let squares: Double

    /// - Throws: ``AlignmentError`` naming the first row that is the same number in all dimensions.
    /// - Complexity: N D² operations in Double.
    init(of rows: DoubleRows, threads: Threads) throws {
      self.rows = rows
      let samples = Double(rows.rows)
      sum = (try rows.sum(threads: threads).reduce(0) { $0 + $1 * $1 } - samples) / 2
      squares = (try BlockProducts.moment(rows, threads: threads).squaredFrobenius - samples) / 2
    }
  }

  /// `rsa`: Pearson's correlation of the RDMs.
  ///
  /// - Throws: ``AlignmentError`` where all pairs of a side are equally alike.
  /// - Complexity: 2 N D1 D2 operations in Double; D1 x D2 numbers are held, no N x N matrix.
  static func pearson(_ x: Moments, _ y: Moments, threads: Threads) throws -> Double {
    let samples = Double(x.rows.rows)
    let pairs = samples * (samples - 1) / 2
    let product = try BlockProducts.transposed(x.rows, y.rows, threads: threads).squaredFrobenius
    func covariance(_ products: Double, _ a: Moments, _ b: Moments) -> Double {
      significant(products - a.sum * b.sum / pairs, ofTermsLike: samples / 2 + abs(products))
    }
    let (xx, yy) = (covariance(x.squares, x, x), covariance(y.squares, y, y))
    guard xx > 0, yy > 0 else { throw undefined("rsa") }
    return covariance((product - samples) / 2, x, y) / (xx.squareRoot() * yy.squareRoot())
  }

  private static func undefined(_ metric: String) -> AlignmentError {
    AlignmentError(
      .undefined,
      "\(metric) has no value here: all pairs of samples of a side are equally far from each other")
  }

  /// The ranks of the RDM's values above the diagonal, doubled so that mean ranks of equal values are whole numbers.
  ///
  /// Values are rounded to multiples of 2^-44 (6e-14) first: those of duplicates differ by rounding alone, and are equal.
  struct Ranks: Sendable {
    /// In the order of tiles, rows, columns: the same for all representations of as many samples.
    let doubled: [UInt32]

    private static let tileSize = 384
    private static let buckets = 1 << 17
    /// Doubled ranks and places are 32-bit numbers.
    static let mostSamples = 65_536

    /// - Throws: ``AlignmentError`` for more than 65,536 samples, and naming the first row that is the same number in all
    ///   dimensions.
    /// - Complexity: N² D operations in Double, then a sort of P = N (N-1) / 2 values. Holds 4 P bytes (0.2 GB at
    ///   N = 10,000), and 16 P while it is made (0.8 GB).
    init(of rows: DoubleRows, threads: Threads) throws {
      let samples = rows.rows
      guard samples <= Self.mostSamples else {
        throw AlignmentError(
          .invalidSetting,
          "rsa-spearman sorts all pairs of samples, and \(samples) samples have more than it can number; it takes at "
            + "most \(Self.mostSamples). Measure rsa, or a subset")
      }
      let values = try Self.dissimilarities(rows, threads: threads)
      doubled = try Self.doubledRanks(values, threads: threads)
    }

    private static func dissimilarities(_ rows: DoubleRows, threads: Threads) throws -> Workspace<Double> {
      let tiling = Tiling(rows.rows, by: tileSize)
      var starts = [0]
      for i in 0..<tiling.tiles {
        for j in 0...i {
          let pairs =
            i == j
            ? tiling[i].count * (tiling[i].count - 1) / 2 : tiling[i].count * tiling[j].count
          starts.append(starts[starts.count - 1] + pairs)
        }
      }
      let values = Workspace<Double>(starts[starts.count - 1])
      let target = UncheckedPointer(values.base)
      try BlockProducts.forEachGramTile(rows, size: tileSize, threads: threads) { tile, _ in
        var next = target.pointer + starts[tile.index]
        for (place, row) in tile.rows.enumerated() {
          let correlations = tile.values + place * tile.columns.count
          // The last place of numbers from 256 to 512 is 2^-44.
          for column in 0..<tile.pairs(of: row) { next[column] = (385 - correlations[column]) - 384 }
          next += tile.pairs(of: row)
        }
      }
      return values
    }

    private static func doubledRanks(_ values: Workspace<Double>, threads: Threads) throws -> [UInt32] {
      let count = values.count
      let (least, most) = (0..<count).reduce((Double.infinity, -Double.infinity)) {
        (min($0.0, values.base[$1]), max($0.1, values.base[$1]))
      }
      let buckets = most > least ? min(buckets, max(count / 16, 1)) : 1
      let scale = most > least ? Double(buckets) / (most - least) : 0
      var next = [UInt32](repeating: 0, count: buckets)
      repscope_count_buckets(values.base, count, least, scale, buckets, &next)
      var starts = [0]
      for bucket in 0..<buckets {
        starts.append(starts[bucket] + Int(next[bucket]))
        next[bucket] = UInt32(starts[bucket])
      }
      let order = Workspace<UInt32>(count)
      repscope_order_by_bucket(values.base, count, least, scale, buckets, &next, order.base)
      let largest = (0..<buckets).reduce(0) { max($0, starts[$1 + 1] - starts[$1]) }
      let workers = min(threads.count, buckets)
      let workspaces = (0..<workers).map { _ in Workspace<repscope_placed_value>(2 * largest) }
      let (allValues, places) = (UncheckedPointer(values.base), UncheckedPointer(order.base))
      return try [UInt32](unsafeUninitializedCapacity: count) { ranks, initialized in
        if count > 0 {
          let target = UncheckedPointer(ranks.baseAddress!)
          let pieces = Tiling(buckets, by: 64)
          try parallelLoop(pieces.tiles, threads: threads) { piece, worker in
            for bucket in pieces[piece] {
              repscope_rank_bucket(
                allValues.pointer, places.pointer + starts[bucket], starts[bucket + 1] - starts[bucket],
                starts[bucket], workspaces[worker].base, target.pointer)
            }
          }
        }
        initialized = count
      }
    }
  }

  /// `rsa-spearman`: the correlation of the ranks of both RDMs' values, equal values sharing their mean rank.
  ///
  /// - Throws: ``AlignmentError`` where all pairs of a side are equally alike.
  /// - Complexity: O(N²).
  static func spearman(_ x: Ranks, _ y: Ranks, threads: Threads) throws -> Double {
    precondition(x.doubled.count == y.doubled.count, "RDMs of different numbers of samples")
    func product(_ a: Ranks, _ b: Ranks) throws -> Double {
      let blocks = Tiling(a.doubled.count, by: 1 << 16)
      return try a.doubled.withUnsafeBufferPointer { a in
        try b.doubled.withUnsafeBufferPointer { b in
          try parallelMap(blocks.tiles, threads: threads) { block in
            let range = blocks[block]
            return repscope_rank_product(
              a.baseAddress! + range.lowerBound, b.baseAddress! + range.lowerBound, range.count,
              Double(blocks.count + 1))
          }.reduce(0, +)
        }
      }
    }
    let (xx, yy) = (try product(x, x), try product(y, y))
    guard xx > 0, yy > 0 else { throw undefined("rsa-spearman") }
    return try product(x, y) / (xx.squareRoot() * yy.squareRoot())
  }
}
