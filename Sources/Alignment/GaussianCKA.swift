import CKernels
import LinearAlgebra

/// Centered kernel alignment with the Gaussian (RBF) kernel, K(i,j) = exp(-|x_i - x_j|² / (2 sigma²)).
///
/// CKA = HSIC(K,L) / (sqrt(HSIC(K,K) HSIC(L,L)) + epsilon) with either estimator. Distances come from products in Double:
/// in Float32 the difference of nearly equal norms would lose the small distances, which the kernel looks at.
public struct GaussianCKA: Sendable {
  /// `cka-rbf`: by the biased estimator, HSIC = trace(K H L H); between 0 and 1.
  public let biased: AlignmentRatio
  /// `cka-rbf-unbiased`: by the unbiased estimator; nil where a side's own estimate is negative.
  public let unbiased: AlignmentRatio

  /// The mean kernel value of two different samples on either side: near 0 the kernel is too narrow to see any two as
  /// alike, near 1 too wide to tell them apart.
  let meanSimilarities: (x: Double, y: Double)

  /// Both estimates from one pass over the pairs of samples, in tiles.
  ///
  /// - Throws: ``AlignmentError`` unless sigma is positive.
  /// - Complexity: O(N² (D1 + D2) / 2) products in Double and N² exponentials; memory of a few tiles a thread.
  /// - SeeAlso: Kornblith et al., arXiv 1905.00414, section 3; Song et al., JMLR 13 (2012), equation 5.
  public init(_ x: Representation, _ y: Representation, sigma: KernelWidth, threads: Threads = .all) throws {
    let sigmas = (try sigma.sigma(of: x, threads: threads), try sigma.sigma(of: y, threads: threads))
    try self.init(x, y, sigmas: sigmas, threads: threads)
  }

  /// The same with a sigma for either side.
  init(_ x: Representation, _ y: Representation, sigmas: (x: Double, y: Double), threads: Threads) throws {
    precondition(x.samples == y.samples, "Gaussian CKA of \(x.samples) and \(y.samples) samples")
    let sums = try GaussianKernelSums(
      x, y, scales: (1 / (2 * sigmas.x * sigmas.x), 1 / (2 * sigmas.y * sigmas.y)), threads: threads)
    biased = AlignmentRatio(
      sums.biased(\.xy, \.x, \.y), sums.biased(\.xx, \.x, \.x), sums.biased(\.yy, \.y, \.y))
    unbiased = AlignmentRatio(
      sums.unbiased(\.xy, \.x, \.y), sums.unbiased(\.xx, \.x, \.x), sums.unbiased(\.yy, \.y, \.y))
    let pairs = Double(x.samples) * Double(x.samples - 1)
    meanSimilarities = (sums.x.reduce(0, +) / pairs, sums.y.reduce(0, +) / pairs)
  }
}

/// The sums over two kernel matrices without their diagonals, of which both estimators are made.
///
/// The diagonals are ones, and would drown the rest where the kernel is narrow.
private struct GaussianKernelSums {
  /// sum of K∘L, of K∘K, of L∘L
  private(set) var xy = 0.0
  private(set) var xx = 0.0
  private(set) var yy = 0.0
  /// Row sums of K and of L.
  private(set) var x: [Double]
  private(set) var y: [Double]

  private static let tileSize = 384

  init(
    _ x: Representation, _ y: Representation, scales: (x: Double, y: Double), threads: Threads
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
      Self.fill(workspace.k, rows, columns, of: x, squares: xSquares, scale: scales.x, workspace)
      Self.fill(workspace.l, rows, columns, of: y, squares: ySquares, scale: scales.y, workspace)
      partial[index].add(workspace.k.base, workspace.l.base)
    }
    // Tiles are added in their own order, whatever thread computed them.
    self.x = [Double](repeating: 0, count: samples)
    self.y = self.x
    for ((i, j), sums) in zip(tiles, partial) {
      let weight = i == j ? 1.0 : 2.0
      xy += weight * sums.xy
      xx += weight * sums.xx
      yy += weight * sums.yy
      for (place, row) in tiling[i].enumerated() {
        self.x[row] += sums.xRows[place]
        self.y[row] += sums.yRows[place]
      }
      guard i != j else { continue }
      for (place, column) in tiling[j].enumerated() {
        self.x[column] += sums.xColumns[place]
        self.y[column] += sums.yColumns[place]
      }
    }
  }

  /// trace(K H L H) for the kernels whose product sum and row sums the key paths name.
  func biased(
    _ products: KeyPath<Self, Double>, _ a: KeyPath<Self, [Double]>, _ b: KeyPath<Self, [Double]>
  ) -> Double {
    let (a, b) = (self[keyPath: a].map { $0 + 1 }, self[keyPath: b].map { $0 + 1 })
    let n = Double(a.count)
    let rows = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    let value = self[keyPath: products] + n - 2 / n * rows + a.reduce(0, +) * b.reduce(0, +) / (n * n)
    return significant(value, ofTermsLike: self[keyPath: products] + n)
  }

  /// The unbiased estimator, which looks at the kernels without their diagonals.
  func unbiased(
    _ products: KeyPath<Self, Double>, _ a: KeyPath<Self, [Double]>, _ b: KeyPath<Self, [Double]>
  ) -> Double {
    let (a, b) = (self[keyPath: a], self[keyPath: b])
    let n = Double(a.count)
    let rows = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    let totals = a.reduce(0, +) * b.reduce(0, +)
    return (self[keyPath: products] + totals / ((n - 1) * (n - 2)) - 2 / (n - 2) * rows) / (n * (n - 3))
  }

  private static func fill(
    _ tile: Workspace<Double>, _ rows: Range<Int>, _ columns: Range<Int>, of representation: Representation,
    squares: [Double], scale: Double, _ workspace: TileWorkspace
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
        repscope_gaussian_row(
          tile.base + place * columns.count, columns.count, squares[sample],
          squares.baseAddress! + columns.lowerBound, scale)
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
