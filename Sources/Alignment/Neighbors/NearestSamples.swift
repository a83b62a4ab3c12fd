import CKernels
import LinearAlgebra

/// For every sample of one set, its k most similar samples of another, most similar first.
///
/// Similarity is the inner product of the (normalised) rows; of equally similar samples the lower index comes first.
/// Similarities are computed in Double and the result is exact in that arithmetic, as a ``NeighborGraph`` is.
public struct NearestSamples: Sendable, Equatable {
  /// The samples whose neighbors these are.
  public let samples: Int
  public let k: Int
  /// The neighbors of sample i at `i * k ..< (i + 1) * k`, as rows of the other set.
  public let neighbors: [Int32]
  /// The similarities that belong to `neighbors`.
  public let similarities: [Double]

  private init(samples: Int, _ lists: NeighborLists) {
    self.samples = samples
    k = lists.k
    neighbors = lists.neighbors
    similarities = lists.similarities
  }

  /// The nearest samples of `others` for every sample.
  ///
  /// - Throws: ``AlignmentError`` unless 0 < k <= the others' samples and both sides have as many dimensions.
  /// - Complexity: O(N M D) products in Float32, O((N + M) D + N k) memory.
  public init(of samples: Representation, among others: Representation, k: Int, threads: Threads = .all)
    throws
  {
    guard k > 0 else { throw AlignmentError(.invalidSetting, "k is \(k); it must be at least 1") }
    guard k <= others.samples else {
      throw AlignmentError(
        .tooFewSamples, "k is \(k), but there are \(others.samples) samples to choose the nearest from")
    }
    guard samples.dimensions == others.dimensions else {
      throw AlignmentError(
        .invalidSetting,
        "samples of \(samples.dimensions) dimensions cannot be compared with samples of \(others.dimensions)")
    }
    self = try NearestSampleSearch(samples, others, k: k, threads: threads).run()
  }

  /// The k best of two searches for the same samples, of which the second was among rows that begin at `offset`.
  ///
  /// Sets that do not fit into memory are searched piece by piece.
  public func merged(with later: NearestSamples, offset: Int, k: Int) -> NearestSamples {
    precondition(samples == later.samples, "searches for different samples")
    precondition(k <= self.k + later.k, "more neighbors than were searched for")
    var lists = NeighborLists(samples: samples, k: k)
    for sample in 0..<samples {
      var (first, second) = (sample * self.k, sample * later.k)
      let (firstEnd, secondEnd) = (first + self.k, second + later.k)
      for rank in 0..<k {
        // Of equals the earlier set's come first: their numbers are lower.
        let takesFirst =
          second == secondEnd || (first < firstEnd && similarities[first] >= later.similarities[second])
        let place = sample * k + rank
        lists.neighbors[place] = takesFirst ? neighbors[first] : later.neighbors[second] + Int32(offset)
        lists.similarities[place] = takesFirst ? similarities[first] : later.similarities[second]
        if takesFirst { first += 1 } else { second += 1 }
      }
    }
    return NearestSamples(samples: samples, lists)
  }

  /// One search.
  private struct NearestSampleSearch {
    let samples: Representation
    let others: Representation
    let k: Int
    let threads: Threads
    let left: ComparableRows
    let right: ComparableRows
    let errorBounds: [Double]

    private static let rowsOfTile = 256
    private static let columnsOfTile = 768

    init(_ samples: Representation, _ others: Representation, k: Int, threads: Threads) throws {
      self.samples = samples
      self.others = others
      self.k = k
      self.threads = threads
      left = try ComparableRows(samples, threads: threads)
      right = try ComparableRows(others, threads: threads)
      errorBounds = left.errorBounds(against: right)
    }

    func run() throws -> NearestSamples {
      var lists = NeighborLists(samples: samples.samples, k: k)
      let blocks = Tiling(samples.samples, by: Self.rowsOfTile)
      let tiles = (0..<threads.count).map { _ in Workspace<Float>(Self.rowsOfTile * Self.columnsOfTile) }
      let positions = (0..<threads.count).map { _ in Workspace<UInt32>(Self.columnsOfTile + 1) }
      try lists.withPointers { result in
        try parallelLoop(blocks.tiles, threads: threads) { block, worker in
          search(blocks[block], tile: tiles[worker].base, positions: positions[worker].base, into: result)
        }
      }
      return NearestSamples(samples: samples.samples, lists)
    }

    private func search(
      _ range: Range<Int>, tile: UnsafeMutablePointer<Float>, positions: UnsafeMutablePointer<UInt32>,
      into result: NeighborListPointers
    ) {
      // A few more than k, so that rounding seldom hides a neighbor.
      let candidates = Candidates(samples: range.count, keep: min(others.samples, k + 6))
      forEachTile(of: range, tile) { columns in
        repscope_offer_rows(
          tile, columns.count, 0, range.count, columns.lowerBound, columns.count, candidates.lists)
      }
      repscope_settle_candidates(0, range.count, candidates.lists)
      let unit = left.scale * right.scale
      for sample in range {
        let keys = candidates.keys(of: sample - range.lowerBound)
        let least = Double(repscope_candidate_value(keys[k - 1])) - 2 * errorBounds[sample]
        let near = keys.prefix { Double(repscope_candidate_value($0)) >= least }
        var ranked = exact(sample, near.map { ~UInt32(truncatingIfNeeded: $0) }).sorted()
        let leastKept = Double(repscope_candidate_value(keys[keys.count - 1]))
        if keys.count < others.samples,
          !(ranked[k - 1].similarity * unit > leastKept + errorBounds[sample])
        {
          ranked = searchAgain(
            sample, above: ranked[k - 1].similarity * unit - errorBounds[sample], tile, positions)
        }
        result.write(ranked, for: sample)
      }
    }

    /// Compares everything exactly that can be among the nearest of a sample in a tight cluster.
    private func searchAgain(
      _ sample: Int, above least: Double, _ tile: UnsafeMutablePointer<Float>,
      _ positions: UnsafeMutablePointer<UInt32>
    ) -> [Neighbor] {
      // Rounded down twice, so that the conversion to Float cannot cut off what it must not.
      let cutoff = Float(least).nextDown.nextDown
      var best: [Neighbor] = []
      forEachTile(of: sample..<sample + 1, tile) { columns in
        let found = repscope_positions_from(tile, columns.count, cutoff, positions)
        best += exact(sample, (0..<found).map { UInt32(columns.lowerBound) + positions[$0] })
        if best.count > k + Self.columnsOfTile {
          best.sort()
          best.removeLast(best.count - k)
        }
      }
      return best.sorted()
    }

    private func forEachTile(
      of range: Range<Int>, _ tile: UnsafeMutablePointer<Float>, _ body: (Range<Int>) -> Void
    ) {
      let dimensions = samples.dimensions
      let tiling = Tiling(others.samples, by: Self.columnsOfTile)
      left.rows.withUnsafeBufferPointer { a in
        right.rows.withUnsafeBufferPointer { b in
          for index in 0..<tiling.tiles {
            let columns = tiling[index]
            BLAS.multiplyTransposed(
              m: range.count, n: columns.count, k: dimensions, a.baseAddress! + range.lowerBound * dimensions,
              dimensions, b.baseAddress! + columns.lowerBound * dimensions, dimensions, into: tile,
              columns.count)
            body(columns)
          }
        }
      }
    }

    private func exact(_ sample: Int, _ rows: [UInt32]) -> [Neighbor] {
      let dimensions = samples.dimensions
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(rows.count, 1)) { products in
        samples.features.withUnsafeBufferPointer { a in
          others.features.withUnsafeBufferPointer { b in
            repscope_dots_with(
              a.baseAddress! + sample * dimensions, b.baseAddress!, dimensions, rows, rows.count,
              products.baseAddress!)
          }
        }
        return rows.enumerated().map { place, row in
          let factor = samples.factor(sample) * others.factor(Int(row))
          return Neighbor(similarity: products[place] * factor, sample: Int32(row))
        }
      }
    }
  }
}
