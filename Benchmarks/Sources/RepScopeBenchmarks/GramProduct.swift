import RepScope

/// The full N x N Gram matrix, N x N x D multiplications: the time that anything dense needs at the least.
///
/// Strips of rows are shared among the threads, each strip against all samples by one `sgemm` into a strip-sized
/// working memory of the thread's own. Keeping the whole matrix would add its page faults and make this slower.
struct GramProduct {
  private let strips: Tiling
  private let threads: Threads
  private let workspaces: [Workspace<Float>]

  init(samples: Int, threads: Threads) {
    let stripRows = min(Self.stripRows, max(1, (samples + 2 * threads.count - 1) / (2 * threads.count)))
    let strips = Tiling(samples, by: stripRows)
    self.strips = strips
    self.threads = threads
    workspaces = (0..<threads.count).map { _ in Workspace<Float>(strips.size * samples) }
  }

  func run(_ features: Matrix) throws {
    let (samples, dimensions) = (features.rows, features.columns)
    try features.withUnsafeBufferPointer { x in
      let base = UncheckedPointer(UnsafeMutablePointer(mutating: x.baseAddress!))
      try parallelLoop(strips.tiles, threads: threads) { strip, worker in
        let rows = strips[strip]
        BLAS.multiplyTransposed(
          m: rows.count, n: samples, k: dimensions, base.pointer + rows.lowerBound * dimensions, dimensions,
          base.pointer, dimensions, into: workspaces[worker].base, samples)
      }
    }
  }

  private static let stripRows = 1250
}
