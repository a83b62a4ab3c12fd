import Alignment
import CKernels
import LinearAlgebra
import Synchronization

/// Of every sample, the squared Euclidean distance to its k-th nearest other sample: exact in Double, the same bits on every
/// machine and for any number of threads.
///
/// Made as the neighbor graph is: tiles of estimates in Float32, a few more candidates than k, exact distances for these,
/// and a second search for rows where rounding could have hidden a neighbor.
struct NeighborRadii {
  private static let spareCandidates = 6
  private static let largestTile = 768

  private let features: CentredFeatures
  private let greatestK: Int
  private let threads: Threads
  private let greatestSlack: Double

  /// The squared radii for each of several k.
  ///
  /// - Complexity: O(N² D / 2) products in Float32, O(N k) memory and two tiles a thread.
  static func squared(_ features: CentredFeatures, k: [Int], threads: Threads) throws -> [[Double]] {
    guard let greatest = k.max() else { return [] }
    let search = NeighborRadii(
      features: features, greatestK: greatest, threads: threads, greatestSlack: features.slack.max() ?? 0)
    let nearest = try search.nearest()
    return k.map { k in (0..<features.samples).map { nearest[$0 * greatest + k - 1] } }
  }

  /// The squared distances to the nearest `greatestK` others, ascending, for every sample in turn.
  private func nearest() throws -> [Double] {
    let samples = features.samples
    let candidates = Candidates(
      samples: samples, keep: min(samples - 1, greatestK + Self.spareCandidates))
    try offerAllTiles(to: candidates)
    let result = Workspace<Double>(samples * greatestK)
    let unsettled = try settle(candidates, into: UncheckedPointer(result.base))
    if !unsettled.isEmpty { try searchAgain(unsettled, into: UncheckedPointer(result.base)) }
    return Array(UnsafeBufferPointer(start: result.base, count: result.count))
  }

  private func offerAllTiles(to candidates: Candidates) throws {
    let (samples, dimensions) = (features.samples, features.dimensions)
    let tiling = Tiling(samples, by: min(Self.largestTile, max(64, (samples + 7) / 8)))
    // The diagonal first: it gives every sample a first threshold.
    let tiles =
      (0..<tiling.tiles).map { ($0, $0) } + (0..<tiling.tiles).flatMap { i in (0..<i).map { (i, $0) } }
    let locks = (0..<tiling.tiles).map { _ in BlockLock() }
    let workspaces = (0..<threads.count).map { _ in TileWorkspace(tiling.size, dimensions) }
    try parallelLoop(tiles.count, threads: threads) { index, worker in
      let (i, j) = tiles[index]
      let (rows, columns) = (tiling[i], tiling[j])
      let workspace = workspaces[worker]
      let tile = workspace.tile.base
      features.fill(rows, into: workspace.left.base)
      if i == j {
        BLAS.gramLowerTriangle(
          n: rows.count, k: dimensions, workspace.left.base, dimensions, into: tile, rows.count)
      } else {
        features.fill(columns, into: workspace.right.base)
        BLAS.multiplyTransposed(
          m: rows.count, n: columns.count, k: dimensions, workspace.left.base, dimensions,
          workspace.right.base,
          dimensions, into: tile, columns.count)
      }
      features.halves.withUnsafeBufferPointer { halves in
        for (place, row) in rows.enumerated() {
          repscope_negative_half_distances(
            tile + place * columns.count, i == j ? place : columns.count,
            halves.baseAddress! + columns.lowerBound, halves[row])
        }
      }
      if i == j {
        locks[i].withLock {
          repscope_offer_triangle(tile, rows.count, rows.lowerBound, rows.count, candidates.lists)
        }
      } else {
        // Always the lower block first: two tiles that share blocks cannot wait for each other.
        locks[j].withLock {
          locks[i].withLock {
            repscope_offer_tile(
              tile, columns.count, rows.lowerBound, rows.count, columns.lowerBound, columns.count,
              candidates.lists)
          }
        }
      }
    }
  }

  /// Exact distances of every sample's candidates; returns the samples whose list may lack a neighbor.
  private func settle(_ candidates: Candidates, into result: UncheckedPointer<Double>) throws -> [Int] {
    let samples = features.samples
    let blocks = Tiling(samples, by: 64)
    let unsettled = Mutex<[Int]>([])
    try parallelLoop(blocks.tiles, threads: threads) { block, _ in
      let range = blocks[block]
      repscope_settle_candidates(range.lowerBound, range.count, candidates.lists)
      var distances: [Double] = []
      for sample in range {
        let keys = candidates.keys(of: sample)
        let error = features.slack[sample] + greatestSlack
        // Best first. What is further below the k-th than two rounding errors has k better ones before it.
        let least = Double(repscope_candidate_value(keys[greatestK - 1])) - 2 * error
        let others = keys.prefix { Double(repscope_candidate_value($0)) >= least }.map {
          ~UInt32(truncatingIfNeeded: $0)
        }
        features.squaredDistances(of: sample, to: others, of: features, into: &distances)
        let ranked = distances.prefix(others.count).sorted()
        for rank in 0..<greatestK { result.pointer[sample * greatestK + rank] = ranked[rank] }
        guard keys.count < samples - 1 else { continue }
        let leastKept = Double(repscope_candidate_value(keys[keys.count - 1]))
        if !(-ranked[greatestK - 1] / 2 * features.unit > leastKept + error) {
          unsettled.withLock { $0.append(sample) }
        }
      }
    }
    return unsettled.withLock { $0.sorted() }
  }

  /// Everything that can be among the k nearest of these samples is compared exactly.
  private func searchAgain(_ unsettled: [Int], into result: UncheckedPointer<Double>) throws {
    let (samples, dimensions) = (features.samples, features.dimensions)
    let columns = Tiling(samples, by: 2048)
    let batches = Tiling(unsettled.count, by: 64)
    let workspaces = (0..<threads.count).map { _ in
      (
        left: Workspace<Float>(batches.size * dimensions), right: Workspace<Float>(columns.size * dimensions),
        tile: Workspace<Float>(batches.size * columns.size), positions: Workspace<UInt32>(columns.size + 1)
      )
    }
    try parallelLoop(batches.tiles, threads: threads) { batch, worker in
      let members = batches[batch].map { unsettled[$0] }
      let (left, right, tile, positions) = workspaces[worker]
      for (place, sample) in members.enumerated() {
        features.fill(sample..<sample + 1, into: left.base + place * dimensions)
      }
      let cutoffs = members.map { sample in
        // Rounded down twice, so that the conversion to Float cannot cut off what it must not.
        let farthest = result.pointer[sample * greatestK + greatestK - 1]
        let error = features.slack[sample] + greatestSlack
        return Float(-farthest / 2 * features.unit - error).nextDown.nextDown
      }
      var best = [[Double]](repeating: [], count: members.count)
      var distances: [Double] = []
      for block in 0..<columns.tiles {
        let range = columns[block]
        features.fill(range, into: right.base)
        BLAS.multiplyTransposed(
          m: members.count, n: range.count, k: dimensions, left.base, dimensions, right.base, dimensions,
          into: tile.base, range.count)
        for (place, sample) in members.enumerated() {
          let row = tile.base + place * range.count
          features.halves.withUnsafeBufferPointer { halves in
            repscope_negative_half_distances(
              row, range.count, halves.baseAddress! + range.lowerBound, halves[sample])
          }
          let found = repscope_positions_from(row, range.count, cutoffs[place], positions.base)
          let others = (0..<found).map { UInt32(range.lowerBound) + positions.base[$0] }.filter {
            $0 != sample
          }
          features.squaredDistances(of: sample, to: others, of: features, into: &distances)
          best[place] += distances.prefix(others.count)
          // Kept short, for the case that all samples are alike.
          if best[place].count > greatestK + columns.size {
            best[place].sort()
            best[place].removeLast(best[place].count - greatestK)
          }
        }
      }
      for (place, sample) in members.enumerated() {
        best[place].sort()
        for rank in 0..<greatestK { result.pointer[sample * greatestK + rank] = best[place][rank] }
      }
    }
  }
}

/// What one thread needs for a tile of a product of centred rows.
final class TileWorkspace {
  let left: Workspace<Float>
  let right: Workspace<Float>
  let tile: Workspace<Float>
  let positions: Workspace<UInt32>

  init(_ size: Int, _ dimensions: Int) {
    left = Workspace(size * dimensions)
    right = Workspace(size * dimensions)
    tile = Workspace(size * size)
    positions = Workspace(size + 1)
  }
}
