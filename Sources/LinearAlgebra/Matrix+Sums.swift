import CKernels

extension Matrix {
  /// The sum of the rows, each times a factor, in Double.
  ///
  /// Blocks of rows are summed side by side and then added in order: the bits do not depend on the threads.
  ///
  /// - Complexity: O(N D).
  package func columnSums(threads: Threads, factor: (Int) -> Double = { _ in 1 }) throws -> [Double] {
    let blocks = Tiling(rows, by: 512)
    let partial = Workspace<Double>(blocks.tiles * columns)
    partial.base.initialize(repeating: 0, count: partial.count)
    let target = UncheckedPointer(partial.base)
    try withUnsafeBufferPointer { x in
      try parallelLoop(blocks.tiles, threads: threads) { block, _ in
        for row in blocks[block] {
          repscope_accumulate_scaled(
            x.baseAddress! + row * columns, factor(row), target.pointer + block * columns, columns)
        }
      }
    }
    var sums = [Double](repeating: 0, count: columns)
    for block in 0..<blocks.tiles {
      for column in 0..<columns { sums[column] += partial.base[block * columns + column] }
    }
    return sums
  }
}
