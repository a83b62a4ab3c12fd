import CKernels
import LinearAlgebra

/// The kernel distance: the unbiased estimate of the squared maximum mean discrepancy under the cubic kernel
/// (x·y / D + 1)³, in Double, which Float32 features cannot make overflow.
///
/// Values are not scaled: many tables print them times 1000. An unbiased estimate can be negative.
///
/// - SeeAlso: Binkowski et al., arXiv 1801.01401; Gretton et al., JMLR 13 (2012), equation 3.
public enum KernelDistance {
  /// Mean and standard deviation over random subsets.
  public struct Estimate: Sendable, Hashable {
    /// The mean of the subsets' estimates.
    public let mean: Double
    /// Their standard deviation, with the number of subsets as divisor.
    public let deviation: Double
  }

  /// The estimate from all samples.
  ///
  /// - Throws: ``FidelityError`` if a side has fewer than two samples, the dimensions differ, or there is NaN or infinity.
  /// - Complexity: O((N1 + N2)² D) operations in Double; memory of two tiles a thread.
  public static func value(_ x: Matrix, _ y: Matrix, threads: Threads = .all) throws -> Double {
    try check(x, y, least: 2, threads: threads)
    let tiles = KernelTiles(x, Array(0..<x.rows), y, Array(0..<y.rows))
    let workspaces = (0..<threads.count).map { _ in tiles.workspace() }
    let sums = Workspace<Double>(tiles.jobs.count)
    let target = UncheckedPointer(sums.base)
    try parallelLoop(tiles.jobs.count, threads: threads) { job, worker in
      target.pointer[job] = tiles.sum(job, workspaces[worker])
    }
    return tiles.estimate((0..<tiles.jobs.count).map { sums.base[$0] })
  }

  /// Mean and standard deviation of the estimates from random subsets of either side, drawn without replacement.
  ///
  /// - Parameters:
  ///   - x: N1 samples by D dimensions.
  ///   - y: N2 samples by D dimensions.
  ///   - subsets: How many subsets; usually 100.
  ///   - size: Samples of a subset; usually 1000.
  ///   - seed: Subsets are a function of seed, subset and number of samples.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``FidelityError`` if a side has fewer samples than a subset, and as ``value(_:_:threads:)``.
  /// - Complexity: O(subsets size² D) operations in Double; memory of two tiles a thread.
  public static func estimate(
    _ x: Matrix, _ y: Matrix, subsets: Int = 100, size: Int = 1000, seed: UInt64 = 0, threads: Threads = .all
  ) throws -> Estimate {
    guard (1...mostSubsets).contains(subsets), size > 1 else {
      throw FidelityError(
        .invalidSetting,
        "\(subsets) subsets of \(size) samples; 1 to \(mostSubsets) of at least 2 are needed")
    }
    try check(x, y, least: size, threads: threads)
    let random = CounterRandom(seed: seed)
    return try estimate(x, y, threads: threads, subsets: subsets) { subset in
      (
        Array(random.permutation(of: x.rows, stream: UInt64(2 * subset)).prefix(size)),
        Array(random.permutation(of: y.rows, stream: UInt64(2 * subset + 1)).prefix(size))
      )
    }
  }

  /// More make the mean no better in any digit that is shown.
  private static let mostSubsets = 1_000_000

  /// The estimate from given subsets.
  static func estimate(
    _ x: Matrix, _ y: Matrix, threads: Threads, subsets: Int, rows: (Int) -> (x: [Int], y: [Int])
  ) throws -> Estimate {
    let values = Workspace<Double>(subsets)
    let target = UncheckedPointer(values.base)
    try parallelLoop(subsets, threads: threads) { subset, _ in
      let rows = rows(subset)
      let tiles = KernelTiles(x, rows.x, y, rows.y)
      let workspace = tiles.workspace()
      target.pointer[subset] = tiles.estimate(tiles.jobs.indices.map { tiles.sum($0, workspace) })
    }
    let all = (0..<subsets).map { values.base[$0] }
    let mean = all.reduce(0, +) / Double(subsets)
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(subsets)
    return Estimate(mean: mean, deviation: variance.squareRoot())
  }

  private static func check(_ x: Matrix, _ y: Matrix, least: Int, threads: Threads) throws {
    for side in [x, y] {
      try side.checkFinite(threads: threads)
      guard side.rows >= least else {
        throw FidelityError(
          .tooFewSamples,
          "\(side.rows) samples are fewer than the \(least) that the kernel distance needs of each side")
      }
    }
    guard x.columns == y.columns else {
      throw FidelityError(
        .dimensionsDiffer,
        "one side has \(x.columns) dimensions, the other \(y.columns); they must come from the same network")
    }
  }
}

/// The three kernel matrices of two sets of samples, in tiles: of either set with itself, without the diagonal, and of one
/// with the other.
private struct KernelTiles {
  struct Job {
    var isCross: Bool
    var left: Side
    var right: Side
    var rows: Range<Int>
    var columns: Range<Int>
    /// 2 for a tile that stands for its mirror image too.
    var weight: Double
  }

  struct Side {
    var features: Matrix
    var samples: [Int]
  }

  typealias Workspaces = (left: Workspace<Double>, right: Workspace<Double>, tile: Workspace<Double>)

  private static let tileSize = 256
  let jobs: [Job]
  private let dimensions: Int
  private let counts: (x: Int, y: Int)

  init(_ x: Matrix, _ xSamples: [Int], _ y: Matrix, _ ySamples: [Int]) {
    dimensions = x.columns
    counts = (xSamples.count, ySamples.count)
    let (x, y) = (Side(features: x, samples: xSamples), Side(features: y, samples: ySamples))
    let (xTiles, yTiles) = (Tiling(counts.x, by: Self.tileSize), Tiling(counts.y, by: Self.tileSize))
    var jobs: [Job] = []
    for (side, tiles, count) in [(x, xTiles, counts.x), (y, yTiles, counts.y)] {
      let pairs = Double(count) * Double(count - 1)
      for i in 0..<tiles.tiles {
        for j in 0...i {
          jobs.append(
            Job(
              isCross: false, left: side, right: side, rows: tiles[i], columns: tiles[j],
              weight: (i == j ? 1 : 2) / pairs))
        }
      }
    }
    for i in 0..<xTiles.tiles {
      for j in 0..<yTiles.tiles {
        jobs.append(
          Job(
            isCross: true, left: x, right: y, rows: xTiles[i], columns: yTiles[j],
            weight: -2 / (Double(counts.x) * Double(counts.y))))
      }
    }
    self.jobs = jobs
  }

  func workspace() -> Workspaces {
    (
      Workspace(Self.tileSize * dimensions), Workspace(Self.tileSize * dimensions),
      Workspace(Self.tileSize * Self.tileSize)
    )
  }

  /// The sum of a tile's kernel values that count.
  func sum(_ index: Int, _ workspace: Workspaces) -> Double {
    let job = jobs[index]
    let isDiagonal = !job.isCross && job.rows == job.columns
    Self.widen(job.left, job.rows, into: workspace.left.base)
    if !isDiagonal { Self.widen(job.right, job.columns, into: workspace.right.base) }
    let right = isDiagonal ? workspace.left.base : workspace.right.base
    let tile = workspace.tile.base
    BLAS.multiplyTransposed(
      m: job.rows.count, n: job.columns.count, k: dimensions, workspace.left.base, dimensions, right,
      dimensions,
      into: tile, job.columns.count)
    let scale = 1 / Double(dimensions)
    let count = job.rows.count * job.columns.count
    guard isDiagonal else { return repscope_cubic_kernel_sum(tile, count, scale) }
    // Above and below the diagonal apart: a sum less the diagonal's would lose digits to it.
    var sum = 0.0
    for row in 0..<job.rows.count {
      let start = tile + row * job.columns.count
      sum += repscope_cubic_kernel_sum(start, row, scale)
      sum += repscope_cubic_kernel_sum(start + row + 1, job.columns.count - row - 1, scale)
    }
    return sum
  }

  /// The unbiased estimate from the sums of all tiles.
  func estimate(_ sums: [Double]) -> Double {
    zip(jobs, sums).reduce(0) { $0 + $1.0.weight * $1.1 }
  }

  private static func widen(_ side: Side, _ places: Range<Int>, into out: UnsafeMutablePointer<Double>) {
    let dimensions = side.features.columns
    side.features.withUnsafeBufferPointer { x in
      for (place, sample) in places.enumerated() {
        repscope_widen(
          x.baseAddress! + side.samples[sample] * dimensions, 1, out + place * dimensions, dimensions)
      }
    }
  }
}
