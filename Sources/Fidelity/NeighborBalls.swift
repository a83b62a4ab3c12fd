import Alignment
import CKernels
import LinearAlgebra

/// Balls around the samples of one side, and which samples of the other side lie in them: the comparison behind precision,
/// recall, density and coverage.
///
/// A tile of estimates in Float32 decides all pairs but those whose distance is within rounding of the radius; these are
/// compared exactly, in Double.
struct NeighborBalls: Sendable {
  /// Whose samples the balls stand around.
  enum Center: Sendable { case x, y }

  var center: Center
  /// The square of every ball's radius.
  var squaredRadii: [Double]
  /// Whether the surface belongs to the ball.
  var isClosed: Bool
  /// Whether balls are counted for every point; else it is enough to know of one.
  var countsBalls: Bool

  /// What was found, summed as whole numbers: the order of the tiles does not matter.
  struct Hits: Sendable {
    /// For every point of the other side, how many balls hold it; at most 1 where balls are not counted.
    var balls: [Int32]
    /// For every ball, whether it holds a point; only where balls are counted.
    var isFilled: [Bool]
  }

  private static let largestTile = 768

  /// The hits of several sets of balls, from one pass over the pairs.
  ///
  /// - Complexity: O(N1 N2 D) products in Float32, memory of two tiles a thread.
  static func hits(
    of sets: [NeighborBalls], _ x: CentredFeatures, _ y: CentredFeatures, threads: Threads
  ) throws -> [Hits] {
    let dimensions = x.dimensions
    let (rows, columns) = (Tiling(x.samples, by: largestTile), Tiling(y.samples, by: largestTile))
    let workers = (0..<threads.count).map { _ in
      (TileWorkspace(largestTile, dimensions), sets.map { HitCounter($0, x, y) })
    }
    try parallelLoop(rows.tiles * columns.tiles, threads: threads) { index, worker in
      let (row, column) = (rows[index / columns.tiles], columns[index % columns.tiles])
      let (workspace, counters) = workers[worker]
      let tile = workspace.tile.base
      x.fill(row, into: workspace.left.base)
      y.fill(column, into: workspace.right.base)
      BLAS.multiplyTransposed(
        m: row.count, n: column.count, k: dimensions, workspace.left.base, dimensions, workspace.right.base,
        dimensions, into: tile, column.count)
      y.halves.withUnsafeBufferPointer { halves in
        for (place, sample) in row.enumerated() {
          let values = tile + place * column.count
          repscope_negative_half_distances(
            values, column.count, halves.baseAddress! + column.lowerBound, x.halves[sample])
          for counter in counters {
            counter.scan(values, row: sample, columns: column, positions: workspace.positions.base)
          }
        }
      }
    }
    return sets.indices.map { set in
      var hits = workers[0].1[set].hits
      for (_, counters) in workers.dropFirst() {
        let other = counters[set].hits
        for point in hits.balls.indices { hits.balls[point] += other.balls[point] }
        for ball in hits.isFilled.indices {
          hits.isFilled[ball] = hits.isFilled[ball] || other.isFilled[ball]
        }
      }
      if !sets[set].countsBalls { hits.balls = hits.balls.map { min($0, 1) } }
      return hits
    }
  }
}

/// The hits that one thread has found.
private final class HitCounter {
  private let set: NeighborBalls
  private let x: CentredFeatures
  private let y: CentredFeatures
  /// Half the squared radii in the estimates' unit.
  private let halfRadii: [Double]
  /// What is added to every column's estimate before it is compared.
  private let allowances: [Float]
  private(set) var hits: NeighborBalls.Hits
  private var unsure: [UInt32] = []
  private var distances: [Double] = []

  init(_ set: NeighborBalls, _ x: CentredFeatures, _ y: CentredFeatures) {
    self.set = set
    self.x = x
    self.y = y
    let halfRadii = set.squaredRadii.map { $0 / 2 * y.squareUnit }
    self.halfRadii = halfRadii
    // Rounded up, so that the conversion to Float cannot cut off what it must not.
    allowances = y.slack.indices.map {
      Float(set.center == .y ? halfRadii[$0] + y.slack[$0] : y.slack[$0]).nextUp.nextUp
    }
    let points = set.center == .x ? y.samples : x.samples
    hits = NeighborBalls.Hits(
      balls: [Int32](repeating: 0, count: points),
      isFilled: [Bool](repeating: false, count: set.countsBalls ? set.squaredRadii.count : 0))
  }

  /// Looks through the estimates of one row with some columns.
  func scan(
    _ values: UnsafePointer<Float>, row: Int, columns: Range<Int>, positions: UnsafeMutablePointer<UInt32>
  ) {
    let isX = set.center == .x
    if !isX, !set.countsBalls, hits.balls[row] > 0 { return }
    let least = Float((isX ? -halfRadii[row] : 0) - x.slack[row]).nextDown.nextDown
    let found = allowances.withUnsafeBufferPointer {
      repscope_positions_within(
        values, $0.baseAddress! + columns.lowerBound, columns.count, least, positions)
    }
    unsure.removeAll(keepingCapacity: true)
    for place in 0..<found {
      let position = Int(positions[place])
      let column = columns.lowerBound + position
      if !set.countsBalls, hits.balls[isX ? column : row] > 0 { continue }
      let above = Double(values[position]) + halfRadii[isX ? row : column]
      if above > x.slack[row] + y.slack[column] {
        count(row, column)
      } else {
        unsure.append(UInt32(column))
      }
    }
    guard !unsure.isEmpty else { return }
    x.squaredDistances(of: row, to: unsure, of: y, into: &distances)
    for (place, column) in unsure.enumerated() {
      let radius = set.squaredRadii[isX ? row : Int(column)]
      if set.isClosed ? distances[place] <= radius : distances[place] < radius { count(row, Int(column)) }
    }
  }

  private func count(_ row: Int, _ column: Int) {
    let (point, ball) = set.center == .x ? (column, row) : (row, column)
    hits.balls[point] += 1
    if set.countsBalls { hits.isFilled[ball] = true }
  }
}

/// What one thread needs for a tile of a product of centred rows.
private final class TileWorkspace {
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
