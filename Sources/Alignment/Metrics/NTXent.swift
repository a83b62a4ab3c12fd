import CKernels
import LinearAlgebra
import Glibc

/// Among which tokens of the other side a token looks for its partner.
///
/// The REPA paper compares NT-Xent with the cosine similarity and does not say which; the value depends on it.
public enum TokenCandidates: String, Sendable, Hashable, CaseIterable {
  /// All tokens of all samples.
  case batchTokens = "batch-tokens"
  /// The same, looked for from either side, and the mean of both.
  case batchTokensSymmetric = "batch-tokens-symmetric"
  /// The tokens of the same sample: the other places of the image.
  case withinImage = "within-image"
  /// Means over the tokens of every sample: the other images.
  case pooledAcrossImages = "pooled-across-images"
}

/// The normalised temperature-scaled cross-entropy of patch tokens.
///
/// Tokens are normalised; the logits are x yᵀ / tau; the loss of token i is the cross-entropy of row i with i itself as the
/// target, log(sum over candidates j of exp(logit(i,j))) - logit(i,i). A loss: lower is closer, 0 the limit. Tokens that
/// have nothing to do with each other give about the logarithm of the number of candidates and more, so values of
/// different numbers of samples do not compare.
public enum NTXent {
  /// `nt-xent`: the mean loss over all tokens of x.
  ///
  /// - Throws: ``AlignmentError`` unless tau is positive.
  /// - Complexity: O((N T)² D) products in Double and (N T)² exponentials, twice that for the symmetric form;
  ///   O(N T² D) within images; O(N² D) pooled. Tiles with a running log-sum-exp: memory of a few tiles a thread. All
  ///   tokens of 500 samples of 64 tokens are seconds, those of 10,000 samples of 256 days: measure a subset then.
  /// - SeeAlso: Chen et al., arXiv 2002.05709, section 2.1; Yu et al., arXiv 2410.06940.
  public static func value(
    _ x: PatchTokens, _ y: PatchTokens, tau: Double, candidates: TokenCandidates,
    threads: Threads = .all
  ) throws -> Double {
    precondition(x.hasShape(of: y) && x.count > 0, "no tokens, or tokens of different shapes")
    guard tau > 0, tau.isFinite, (1 / tau).isFinite else {
      throw AlignmentError(.invalidSetting, "tau is \(tau); it must be a positive number")
    }
    func loss(_ x: PatchTokens, _ y: PatchTokens, among group: Int) throws -> Double {
      try crossEntropy(x, y, among: group, scale: 1 / tau, threads: threads)
    }
    switch candidates {
    case .batchTokens:
      return try loss(x, y, among: x.count)
    case .batchTokensSymmetric:
      return try (loss(x, y, among: x.count) + loss(y, x, among: x.count)) / 2
    case .withinImage:
      return try loss(x, y, among: x.perSample)
    case .pooledAcrossImages:
      let means = try [x, y].map {
        try PatchTokens($0.means(threads: threads), perSample: 1, threads: threads)
      }
      return try loss(means[0], means[1], among: x.samples)
    }
  }

  private static let tileSize = 256

  /// - Parameter group: How many consecutive tokens are one another's candidates.
  private static func crossEntropy(
    _ x: PatchTokens, _ y: PatchTokens, among group: Int, scale: Double, threads: Threads
  ) throws -> Double {
    let groups = Tiling(x.count, by: group)
    let blocks = (0..<groups.tiles).flatMap { place in
      let candidates = groups[place]
      return tiles(candidates).map { (rows: $0, candidates: candidates) }
    }
    let workspaces = (0..<threads.count).map { _ in
      TileWorkspace(size: min(tileSize, group), dimensions: x.dimensions)
    }
    let losses = Workspace<Double>(blocks.count)
    let target = UncheckedPointer(losses.base)
    try parallelLoop(blocks.count, threads: threads) { block, worker in
      let (rows, candidates) = blocks[block]
      let workspace = workspaces[worker]
      workspace.begin(rows, of: x)
      for columns in tiles(candidates) { workspace.add(columns, of: y, scale: scale) }
      (target.pointer + block).initialize(to: workspace.loss(scale: scale))
    }
    return (0..<blocks.count).reduce(0) { $0 + losses.base[$1] } / Double(x.count)
  }

  /// A range in pieces of at most a tile.
  private static func tiles(_ range: Range<Int>) -> [Range<Int>] {
    let tiling = Tiling(range.count, by: tileSize)
    return (0..<tiling.tiles).map {
      range.lowerBound + tiling[$0].lowerBound..<range.lowerBound + tiling[$0].upperBound
    }
  }

  /// A tile of cosines, and of each of its rows what has been seen so far.
  private final class TileWorkspace {
    private let dimensions: Int
    private let left: Workspace<Double>
    private let right: Workspace<Double>
    private let cosines: Workspace<Double>
    private var rows = 0..<0
    private var largest: [Double] = []
    private var sums: [Double] = []
    private var partners: [Double] = []

    init(size: Int, dimensions: Int) {
      self.dimensions = dimensions
      left = Workspace(size * dimensions)
      right = Workspace(size * dimensions)
      cosines = Workspace(size * size)
    }

    func begin(_ rows: Range<Int>, of x: PatchTokens) {
      self.rows = rows
      largest = [Double](repeating: -.infinity, count: rows.count)
      sums = [Double](repeating: 0, count: rows.count)
      partners = sums
      fill(left, rows, of: x)
    }

    func add(_ columns: Range<Int>, of y: PatchTokens, scale: Double) {
      fill(right, columns, of: y)
      BLAS.multiplyTransposed(
        m: rows.count, n: columns.count, k: dimensions, left.base, dimensions, right.base, dimensions,
        into: cosines.base, columns.count)
      for (place, token) in rows.enumerated() {
        let row = cosines.base + place * columns.count
        if columns.contains(token) { partners[place] = row[token - columns.lowerBound] }
        repscope_add_exponentials(row, columns.count, scale, &largest[place], &sums[place])
      }
    }

    /// The sum of the rows' losses.
    func loss(scale: Double) -> Double {
      largest.indices.reduce(0) { total, place in
        total + (largest[place] - scale * partners[place] + log(sums[place]))
      }
    }

    private func fill(_ operand: Workspace<Double>, _ range: Range<Int>, of side: PatchTokens) {
      side.tokens.withUnsafeBufferPointer { tokens in
        for (place, token) in range.enumerated() {
          repscope_widen(
            tokens.baseAddress! + token * dimensions, side.factors[token], operand.base + place * dimensions,
            dimensions)
        }
      }
    }
  }
}
