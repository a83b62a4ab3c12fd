/// How fast this machine multiplies matrices: what everything else can be held against.
public enum MatrixProductSpeed {
  /// Gflop/s of Float32 products of 1024 x 1024 tiles, one a thread, best of a few rounds.
  public static func measure(threads: Threads, rounds: Int = 4) throws -> Double {
    let size = 1024
    let operands = (0..<threads.count).map { _ in Workspace<Float>(3 * size * size) }
    for operand in operands { operand.base.initialize(repeating: 0.5, count: operand.count) }
    let perThread = 4
    var best = 0.0
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      try parallelLoop(threads.count * perThread, threads: threads) { _, worker in
        let (a, b, c) = (0, size * size, 2 * size * size)
        let base = operands[worker].base
        BLAS.multiplyTransposed(
          m: size, n: size, k: size, base + a, size, base + b, size, into: base + c, size)
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let operations = 2 * Double(size) * Double(size) * Double(size) * Double(threads.count * perThread)
      best = max(best, operations / seconds / 1e9)
    }
    return best
  }
}
