import CKernels
import LinearAlgebra
import Synchronization

extension NeighborGraph {
  /// The neighbor graph of a representation.
  ///
  /// Tiles of the Gram matrix are computed in Float32 by the BLAS library, each once although it serves its rows and
  /// its columns; every value is offered to the candidate lists of both its samples, which keep a few more than k.
  /// Candidates are then compared in Double. A row is settled when its k-th similarity is above everything that a
  /// rounding error could have kept off its list; the few rows that are not go through a second pass.
  ///
  /// - Throws: ``AlignmentError`` unless 0 < k < samples.
  /// - Complexity: O(N² D / 2) products, O(N (D + k)) memory.
  public init(of representation: Representation, k: Int, threads: Threads = .all) throws {
    self = try NeighborGraph(
      of: representation, k: k, rows: ComparableRows(representation, threads: threads), sums: nil,
      threads: threads)
  }

  /// - Parameters:
  ///   - rows: What BLAS multiplies for the representation.
  ///   - sums: Receives the tiles of the rows' Gram matrix, which is the centred one where they are centred.
  init(
    of representation: Representation, k: Int, rows: ComparableRows, sums: GramSums?, threads: Threads
  ) throws {
    let samples = representation.samples
    guard k > 0 else { throw AlignmentError(.invalidSetting, "k is \(k); it must be at least 1") }
    guard k < samples else {
      throw AlignmentError(
        .tooFewSamples, "\(samples) samples have at most \(max(samples - 1, 0)) neighbors each, but k is \(k)"
      )
    }
    self = try NeighborGraphBuilder(representation, k: k, rows: rows, sums: sums, threads: threads).graph()
  }
}

/// One construction of a neighbor graph.
private struct NeighborGraphBuilder {
  let representation: Representation
  let k: Int
  let threads: Threads
  let samples: Int
  let dimensions: Int
  /// What BLAS multiplies, and what turns its products into similarities.
  let rows: Matrix
  let offsets: [Float]?
  /// One similarity of `rows` in units of the representation's.
  let unit: Double
  /// For every sample, the most that a Float32 similarity can be off.
  let errorBounds: [Double]
  let sums: GramSums?

  /// Beyond k, so that rounding seldom hides a neighbor: settles all but tightly clustered rows.
  static let spareCandidates = 6

  init(
    _ representation: Representation, k: Int, rows comparable: ComparableRows, sums: GramSums?,
    threads: Threads
  ) {
    self.representation = representation
    self.k = k
    self.threads = threads
    self.sums = sums
    samples = representation.samples
    dimensions = representation.dimensions
    rows = comparable.rows
    offsets = comparable.offsets
    unit = comparable.scale * comparable.scale
    errorBounds = comparable.errorBounds(against: comparable)
  }

  func graph() throws -> NeighborGraph {
    let candidates = Candidates(samples: samples, keep: min(samples - 1, k + Self.spareCandidates))
    try offerAllTiles(to: candidates)
    var result = NeighborLists(samples: samples, k: k)
    let unsettled = try result.withPointers { try settle(candidates, into: $0) }
    if !unsettled.isEmpty { try result.withPointers { try searchAgain(unsettled, into: $0) } }
    return NeighborGraph(
      samples: samples, k: k, neighbors: result.neighbors, similarities: result.similarities,
      selfSimilarities: representation.selfSimilarities)
  }

  // MARK: First pass, in Float32

  private func offerAllTiles(to candidates: Candidates) throws {
    let tiling = GramTiling(samples: samples)
    let locks = (0..<tiling.blocks.tiles).map { _ in BlockLock() }
    let workspaces = (0..<threads.count).map { _ in Workspace<Float>(tiling.tileSize) }
    try rows.withUnsafeBufferPointer { rows in
      let base = UncheckedPointer(UnsafeMutablePointer(mutating: rows.baseAddress!))
      try parallelLoop(tiling.tiles.count, threads: threads) { index, worker in
        let (i, j) = tiling.tiles[index]
        let (below, above) = (tiling.blocks[i], tiling.blocks[j])
        let tile = workspaces[worker].base
        let a = base.pointer + below.lowerBound * dimensions
        if i == j {
          BLAS.gramLowerTriangle(n: below.count, k: dimensions, a, dimensions, into: tile, below.count)
          sums?.add(tile, at: index)
          addOffsets(to: tile, below, above)
          locks[i].withLock {
            repscope_offer_triangle(tile, below.count, below.lowerBound, below.count, candidates.lists)
          }
        } else {
          let b = base.pointer + above.lowerBound * dimensions
          BLAS.multiplyTransposed(
            m: below.count, n: above.count, k: dimensions, a, dimensions, b, dimensions, into: tile,
            above.count)
          sums?.add(tile, at: index)
          addOffsets(to: tile, below, above)
          // Always the lower block first: two tiles that share blocks cannot wait for each other.
          locks[j].withLock {
            locks[i].withLock {
              repscope_offer_tile(
                tile, above.count, below.lowerBound, below.count, above.lowerBound, above.count,
                candidates.lists)
            }
          }
        }
      }
    }
  }

  /// Makes similarities of the products of centred rows.
  private func addOffsets(to tile: UnsafeMutablePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>) {
    offsets?.withUnsafeBufferPointer {
      let base = $0.baseAddress!
      repscope_add_offsets(
        tile, rows.count, columns.count, base + rows.lowerBound, base + columns.lowerBound, rows == columns)
    }
  }

  // MARK: Exact similarities

  /// Ranks every sample's candidates by exact similarity; returns the samples whose list may lack a neighbor.
  private func settle(_ candidates: Candidates, into result: NeighborListPointers) throws -> [Int] {
    let blocks = Tiling(samples, by: 64)
    let unsettled = Mutex<[Int]>([])
    try parallelLoop(blocks.tiles, threads: threads) { block, _ in
      let range = blocks[block]
      repscope_settle_candidates(range.lowerBound, range.count, candidates.lists)
      var others: [UInt32] = []
      var ranked: [Neighbor] = []
      for sample in range {
        let keys = candidates.keys(of: sample)
        // Best first. What is further below the k-th than two rounding errors has k better ones before it.
        let least = Double(repscope_candidate_value(keys[k - 1])) - 2 * errorBounds[sample]
        others.removeAll(keepingCapacity: true)
        for key in keys {
          guard Double(repscope_candidate_value(key)) >= least else { break }
          others.append(~UInt32(truncatingIfNeeded: key))
        }
        ranked.removeAll(keepingCapacity: true)
        append(others, of: sample, to: &ranked)
        ranked.sort()
        result.write(ranked, for: sample)
        guard keys.count < samples - 1 else { continue }
        let leastKept = Double(repscope_candidate_value(keys[keys.count - 1]))
        if !(ranked[k - 1].similarity * unit > leastKept + errorBounds[sample]) {
          unsettled.withLock { $0.append(sample) }
        }
      }
    }
    return unsettled.withLock { $0.sorted() }
  }

  /// Second pass for samples among whose similarities too many are too close: everything that can be among their k
  /// nearest is compared exactly.
  private func searchAgain(_ unsettled: [Int], into result: NeighborListPointers) throws {
    let batches = Tiling(unsettled.count, by: 64)
    let columns = Tiling(samples, by: 2048)
    let workspaces = (0..<threads.count).map { _ in
      (
        gathered: Workspace<Float>(batches.size * dimensions),
        tile: Workspace<Float>(batches.size * columns.size),
        positions: Workspace<UInt32>(columns.size + 1)
      )
    }
    try rows.withUnsafeBufferPointer { rows in
      let base = UncheckedPointer(UnsafeMutablePointer(mutating: rows.baseAddress!))
      try parallelLoop(batches.tiles, threads: threads) { batch, worker in
        let members = batches[batch].map { unsettled[$0] }
        let (gathered, tile, positions) = workspaces[worker]
        for (place, sample) in members.enumerated() {
          (gathered.base + place * dimensions).update(
            from: base.pointer + sample * dimensions, count: dimensions)
        }
        let cutoffs = members.map { sample in
          // Rounded down twice, so that the conversion to Float cannot cut off what it must not.
          Float(result.similarity(of: sample, rank: k - 1) * unit - errorBounds[sample]).nextDown.nextDown
        }
        var best = [[Neighbor]](repeating: [], count: members.count)
        for block in 0..<columns.tiles {
          let range = columns[block]
          BLAS.multiplyTransposed(
            m: members.count, n: range.count, k: dimensions, gathered.base, dimensions,
            base.pointer + range.lowerBound * dimensions, dimensions, into: tile.base, range.count)
          for (place, sample) in members.enumerated() {
            addOffsets(to: tile.base + place * range.count, sample..<sample + 1, range)
            let found = repscope_positions_from(
              tile.base + place * range.count, range.count, cutoffs[place], positions.base)
            let others = (0..<found).map { UInt32(range.lowerBound) + positions.base[$0] }
            append(others.filter { $0 != sample }, of: sample, to: &best[place])
            // Kept short, for the case that all samples are alike.
            if best[place].count > k + columns.size {
              best[place].sort()
              best[place].removeLast(best[place].count - k)
            }
          }
        }
        for (place, sample) in members.enumerated() {
          best[place].sort()
          result.write(best[place], for: sample)
        }
      }
    }
  }

  /// Adds other samples to a list, with their exact similarities to this one.
  private func append(_ others: [UInt32], of sample: Int, to list: inout [Neighbor]) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: others.count) { products in
      guard let base = products.baseAddress else { return }
      representation.features.withUnsafeBufferPointer { x in
        repscope_dots(x.baseAddress!, dimensions, sample, others, others.count, base)
      }
      for (place, other) in others.enumerated() {
        // The factors are multiplied first: the similarity of i with j is then that of j with i to the last bit.
        let factor = representation.factor(sample) * representation.factor(Int(other))
        list.append(Neighbor(similarity: products[place] * factor, sample: Int32(other)))
      }
    }
  }
}
