import CKernels
import LinearAlgebra
import Synchronization

/// The k most similar other samples of every sample of a set, exact in Double.
///
/// Tiles of estimates are computed in Float32 by the BLAS library, each once although it serves its rows and its columns;
/// every value is offered to the candidate lists of both its samples, which keep a few more than k. Candidates are then
/// compared in Double. A sample is settled when its k-th similarity is above everything that a rounding error could have
/// kept off its list; the few that are not go through a second pass.
package struct NeighborSearch<Similarities: SampleSimilarities> {
  private let similarities: Similarities
  private let k: Int
  private let threads: Threads
  private let bounds: [Double]
  private let offsets: [Float]?
  /// Receives the tiles of the rows' products.
  private let sums: GramSums?

  /// Beyond k, so that rounding seldom hides a neighbor: settles all but tightly clustered samples.
  private static var spareCandidates: Int { 6 }

  /// - Precondition: 0 < k < samples.
  init(_ similarities: Similarities, k: Int, sums: GramSums?, threads: Threads) {
    precondition(k > 0 && k < similarities.samples, "\(k) neighbors among \(similarities.samples) samples")
    self.similarities = similarities
    self.k = k
    self.threads = threads
    self.sums = sums
    bounds = similarities.errorBounds
    offsets = similarities.offsets
  }

  /// - Precondition: 0 < k < samples.
  package init(_ similarities: Similarities, k: Int, threads: Threads) {
    self.init(similarities, k: k, sums: nil, threads: threads)
  }

  private var samples: Int { similarities.samples }
  private var dimensions: Int { similarities.dimensions }

  /// - Complexity: O(N² D / 2) products, O(N k) memory besides the rows'.
  package func run() throws -> NeighborLists {
    let candidates = Candidates(samples: samples, keep: min(samples - 1, k + Self.spareCandidates))
    try offerAllTiles(to: candidates)
    var result = NeighborLists(samples: samples, k: k)
    let unsettled = try result.withPointers { try settle(candidates, into: $0) }
    if !unsettled.isEmpty { try result.withPointers { try searchAgain(unsettled, into: $0) } }
    return result
  }

  // MARK: First pass, in Float32

  private func offerAllTiles(to candidates: Candidates) throws {
    let tiling = GramTiling(samples: samples)
    let locks = (0..<tiling.blocks.tiles).map { _ in BlockLock() }
    let workspaces = (0..<threads.count).map { _ in
      SearchMemory(rows: tiling.blocks.size, columns: tiling.blocks.size, similarities)
    }
    try parallelLoop(tiling.tiles.count, threads: threads) { index, worker in
      let (i, j) = tiling.tiles[index]
      let (below, above) = (tiling.blocks[i], tiling.blocks[j])
      let memory = workspaces[worker]
      let tile = memory.tile.base
      similarities.withRows(below, memory.left.base) { a in
        if i == j {
          BLAS.gramLowerTriangle(n: below.count, k: dimensions, a, dimensions, into: tile, below.count)
        } else {
          similarities.withRows(above, memory.right.base) { b in
            BLAS.multiplyTransposed(
              m: below.count, n: above.count, k: dimensions, a, dimensions, b, dimensions, into: tile,
              above.count)
          }
        }
      }
      sums?.add(tile, at: index)
      addOffsets(to: tile, below, above)
      if i == j {
        locks[i].withLock {
          repscope_offer_triangle(tile, below.count, below.lowerBound, below.count, candidates.lists)
        }
      } else {
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

  /// Makes estimates of similarities of the products of rows.
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
        let least = Double(repscope_candidate_value(keys[k - 1])) - 2 * bounds[sample]
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
        if !(ranked[k - 1].similarity * similarities.unit > leastKept + bounds[sample]) {
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
        memory: SearchMemory(rows: batches.size, columns: columns.size, similarities),
        gathered: Workspace<Float>(batches.size * dimensions), positions: Workspace<UInt32>(columns.size + 1)
      )
    }
    try parallelLoop(batches.tiles, threads: threads) { batch, worker in
      let members = batches[batch].map { unsettled[$0] }
      let (memory, gathered, positions) = workspaces[worker]
      let tile = memory.tile
      for (place, sample) in members.enumerated() {
        similarities.withRows(sample..<sample + 1, memory.left.base) {
          (gathered.base + place * dimensions).update(from: $0, count: dimensions)
        }
      }
      let cutoffs = members.map { sample in
        // Rounded down twice, so that the conversion to Float cannot cut off what it must not.
        Float(result.similarity(of: sample, rank: k - 1) * similarities.unit - bounds[sample]).nextDown
          .nextDown
      }
      var best = [[Neighbor]](repeating: [], count: members.count)
      for block in 0..<columns.tiles {
        let range = columns[block]
        similarities.withRows(range, memory.right.base) {
          BLAS.multiplyTransposed(
            m: members.count, n: range.count, k: dimensions, gathered.base, dimensions, $0, dimensions,
            into: tile.base, range.count)
        }
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

  /// Adds other samples to a list, with their exact similarities to this one.
  private func append(_ others: [UInt32], of sample: Int, to list: inout [Neighbor]) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(others.count, 1)) { exact in
      similarities.exact(of: sample, with: others, into: exact.baseAddress!)
      for (place, other) in others.enumerated() {
        list.append(Neighbor(similarity: exact[place], sample: Int32(other)))
      }
    }
  }
}

/// What one thread needs for a tile of products: the tile, and room for rows that have to be made.
private final class SearchMemory {
  let left: Workspace<Float>
  let right: Workspace<Float>
  let tile: Workspace<Float>

  init(rows: Int, columns: Int, _ similarities: some SampleSimilarities) {
    let length = similarities.makesRows ? similarities.dimensions : 0
    left = Workspace(rows * length)
    right = Workspace(columns * length)
    tile = Workspace(rows * columns)
  }
}
