import CKernels
import LinearAlgebra

extension Representation {
  /// The sum of the normalised rows, in Double.
  ///
  /// Blocks of samples are summed side by side and then added in order: the bits do not depend on the threads.
  func columnSums(threads: Threads) throws -> [Double] {
    try features.columnSums(threads: threads, factor: factor)
  }

  /// The mean of the normalised rows, in Double.
  func mean(threads: Threads) throws -> [Double] {
    try columnSums(threads: threads).map { $0 / Double(samples) }
  }

  /// The sum of the rows' directions: of every row divided by its length, whatever the normalisation is.
  func directionSum(threads: Threads) throws -> [Double] {
    try features.columnSums(threads: threads) { 1 / squaredNorms[$0].squareRoot() }
  }

  /// For every sample, the mean over all samples, itself included, of its similarity to them: E_l K(i, l).
  ///
  /// - Complexity: O(N D): the mean of inner products is the inner product with the mean.
  func gramRowMeans(threads: Threads) throws -> [Double] {
    try similarities(to: mean(threads: threads), threads: threads)
  }

  /// Of every normalised row, the inner product with a vector, in Double.
  ///
  /// - Complexity: O(N D).
  func similarities(to vector: [Double], threads: Threads) throws -> [Double] {
    try features.withUnsafeBufferPointer { x in
      try parallelMap(samples, threads: threads) { row in
        var sum = 0.0
        for column in 0..<dimensions { sum += Double(x[row * dimensions + column]) * vector[column] }
        return sum * factor(row)
      }
    }
  }
}
