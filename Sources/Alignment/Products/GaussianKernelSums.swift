import CKernels
import LinearAlgebra

/// One side's Gaussian kernel, exp(-|x_i - x_j|² / (2 sigma²)), as it is or less 1.
///
/// Centring takes a constant off again, so both estimators of HSIC are the same with K - 1 in place of K. Where the kernel is
/// wide and most of it near 1, what the estimators look at would be lost beside those ones.
struct GaussianKernel: Sendable {
  /// 1 / (2 sigma²)
  let scale: Double
  let isLessOne: Bool

  /// The kernel of a sample with itself.
  var diagonal: Double { isLessOne ? 0 : 1 }

  /// - Complexity: O(N D), for the mean squared distance of two samples.
  init(of representation: Representation, sigma: Double, threads: Threads) throws {
    scale = 1 / (2 * sigma * sigma)
    let n = Double(representation.samples)
    let sum = try representation.columnSums(threads: threads).reduce(0) { $0 + $1 * $1 }
    let squares = representation.selfSimilarities.reduce(0, +)
    // The mean over all pairs, of which the kernel's mean is at least the exponential.
    let meanSquaredDistance = 2 * max(squares - sum / n, 0) / max(n - 1, 1)
    isLessOne = scale * meanSquaredDistance < 0.69
  }

  /// The kernel that a representation was prepared for.
  init(of prepared: PreparedRepresentation, threads: Threads) throws {
    try self.init(of: prepared.representation, sigma: prepared.prepared(\.sigma), threads: threads)
  }

  /// Turns one row of inner products into kernel values.
  func apply(
    to row: UnsafeMutablePointer<Double>, _ count: Int, _ squaredNorm: Double,
    _ squaredNorms: UnsafePointer<Double>
  ) {
    if isLessOne {
      repscope_gaussian_row_less_one(row, count, squaredNorm, squaredNorms, scale)
    } else {
      repscope_gaussian_row(row, count, squaredNorm, squaredNorms, scale)
    }
  }
}

/// The sums over two kernel matrices without their diagonals, of which both estimators are made.
///
/// The diagonals are ones, and would drown the rest where the kernel is narrow.
struct GaussianKernelSums {
  /// What there is to say of one kernel matrix.
  struct Side {
    fileprivate(set) var rowSums: [Double]
    let kernel: GaussianKernel

    /// The mean kernel value of two different samples.
    var meanSimilarity: Double {
      let pairs = Double(rowSums.count) * Double(rowSums.count - 1)
      return rowSums.reduce(0, +) / pairs + 1 - kernel.diagonal
    }
  }

  /// sum of K∘L, of K∘K, of L∘L
  private(set) var xy = 0.0
  private(set) var xx = 0.0
  private(set) var yy = 0.0
  private(set) var x: Side
  private(set) var y: Side

  private static let tileSize = 384

  init(
    _ x: Representation, _ y: Representation, kernels: (x: GaussianKernel, y: GaussianKernel),
    threads: Threads
  ) throws {
    let samples = x.samples
    let tiling = Tiling(samples, by: Self.tileSize)
    let tiles = (0..<tiling.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let (xSquares, ySquares) = (x.selfSimilarities, y.selfSimilarities)
    let workspaces = (0..<threads.count).map { _ in TileWorkspace(max(x.dimensions, y.dimensions)) }
    let partial = tiles.map { TileSums(rows: tiling[$0.0].count, columns: tiling[$0.1].count) }
    try parallelLoop(tiles.count, threads: threads) { index, worker in
      let (i, j) = tiles[index]
      let (rows, columns) = (tiling[i], tiling[j])
      let workspace = workspaces[worker]
      Self.fill(workspace.k, rows, columns, of: x, squares: xSquares, kernels.x, workspace)
      Self.fill(workspace.l, rows, columns, of: y, squares: ySquares, kernels.y, workspace)
      partial[index].add(workspace.k.base, workspace.l.base)
    }
    // Tiles are added in their own order, whatever thread computed them.
    let zeros = [Double](repeating: 0, count: samples)
    self.x = Side(rowSums: zeros, kernel: kernels.x)
    self.y = Side(rowSums: zeros, kernel: kernels.y)
    for ((i, j), sums) in zip(tiles, partial) {
      let weight = i == j ? 1.0 : 2.0
      xy += weight * sums.xy
      xx += weight * sums.xx
      yy += weight * sums.yy
      for (place, row) in tiling[i].enumerated() {
        self.x.rowSums[row] += sums.xRows[place]
        self.y.rowSums[row] += sums.yRows[place]
      }
      guard i != j else { continue }
      for (place, column) in tiling[j].enumerated() {
        self.x.rowSums[column] += sums.xColumns[place]
        self.y.rowSums[column] += sums.yColumns[place]
      }
    }
  }

  /// trace(K H L H) for the kernels whose product sum and sides the key paths name.
  func biased(_ products: KeyPath<Self, Double>, _ a: KeyPath<Self, Side>, _ b: KeyPath<Self, Side>) -> Double
  {
    estimate(products, self[keyPath: a], self[keyPath: b], hasDiagonal: true, GaussianCKA.biasedHSIC)
  }

  /// The unbiased estimator, which looks at the kernels without their diagonals.
  func unbiased(_ products: KeyPath<Self, Double>, _ a: KeyPath<Self, Side>, _ b: KeyPath<Self, Side>)
    -> Double
  {
    estimate(products, self[keyPath: a], self[keyPath: b], hasDiagonal: false, GaussianCKA.unbiasedHSIC)
  }

  private func estimate(
    _ products: KeyPath<Self, Double>, _ a: Side, _ b: Side, hasDiagonal: Bool,
    _ hsic: (Double, _ rows: Double, _ totals: Double, _ samples: Int) -> Double
  ) -> Double {
    let diagonals = hasDiagonal ? (a.kernel.diagonal, b.kernel.diagonal) : (0, 0)
    let (left, right) = (a.rowSums.map { $0 + diagonals.0 }, b.rowSums.map { $0 + diagonals.1 })
    let rows = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    return hsic(
      self[keyPath: products] + Double(left.count) * diagonals.0 * diagonals.1, rows,
      left.reduce(0, +) * right.reduce(0, +), left.count)
  }

  private static func fill(
    _ tile: Workspace<Double>, _ rows: Range<Int>, _ columns: Range<Int>, of representation: Representation,
    squares: [Double], _ kernel: GaussianKernel, _ workspace: TileWorkspace
  ) {
    let dimensions = representation.dimensions
    representation.features.withUnsafeBufferPointer { features in
      for (operand, range) in [(workspace.left, rows), (workspace.right, columns)] {
        for (place, sample) in range.enumerated() {
          repscope_widen(
            features.baseAddress! + sample * dimensions, representation.factor(sample),
            operand.base + place * dimensions, dimensions)
        }
      }
    }
    BLAS.multiplyTransposed(
      m: rows.count, n: columns.count, k: dimensions, workspace.left.base, dimensions, workspace.right.base,
      dimensions, into: tile.base, columns.count)
    squares.withUnsafeBufferPointer { squares in
      for (place, sample) in rows.enumerated() {
        kernel.apply(
          to: tile.base + place * columns.count, columns.count, squares[sample],
          squares.baseAddress! + columns.lowerBound)
      }
    }
    for sample in rows.clamped(to: columns) {
      tile.base[(sample - rows.lowerBound) * columns.count + sample - columns.lowerBound] = 0
    }
  }

  private final class TileWorkspace {
    let left: Workspace<Double>
    let right: Workspace<Double>
    let k = Workspace<Double>(tileSize * tileSize)
    let l = Workspace<Double>(tileSize * tileSize)

    init(_ dimensions: Int) {
      left = Workspace(tileSize * dimensions)
      right = Workspace(tileSize * dimensions)
    }
  }

  private final class TileSums {
    var xy = 0.0
    var xx = 0.0
    var yy = 0.0
    var xRows: [Double]
    var yRows: [Double]
    var xColumns: [Double]
    var yColumns: [Double]

    init(rows: Int, columns: Int) {
      xRows = [Double](repeating: 0, count: rows)
      yRows = xRows
      xColumns = [Double](repeating: 0, count: columns)
      yColumns = xColumns
    }

    func add(_ k: UnsafePointer<Double>, _ l: UnsafePointer<Double>) {
      let columns = xColumns.count
      for row in xRows.indices {
        let (a, b) = (k + row * columns, l + row * columns)
        var (aSum, bSum, ab, aa, bb) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for column in 0..<columns {
          aSum += a[column]
          bSum += b[column]
          ab += a[column] * b[column]
          aa += a[column] * a[column]
          bb += b[column] * b[column]
          xColumns[column] += a[column]
          yColumns[column] += b[column]
        }
        xRows[row] = aSum
        yRows[row] = bSum
        xy += ab
        xx += aa
        yy += bb
      }
    }
  }
}
