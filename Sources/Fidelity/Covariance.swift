import Alignment
import CKernels
import LinearAlgebra

/// Mean and covariance of the rows of features, all in Double.
///
/// The Frechet distance is a small difference of large traces: Float32 products would leave it four digits or so.
enum Covariance {
  /// The mean row.
  ///
  /// - Complexity: O(N D); the same bits for any number of threads.
  static func mean(of features: Matrix, threads: Threads) throws -> [Double] {
    try features.columnSums(threads: threads).map { $0 / Double(features.rows) }
  }

  /// The rows less their mean, over the root of N - 1: a matrix f with covariance fᵀ f.
  static func centredRows(of features: Matrix, mean: [Double]) -> DoubleMatrix {
    let scale = 1 / Double(features.rows - 1).squareRoot()
    var result = DoubleMatrix(rows: features.rows, columns: features.columns)
    features.withUnsafeBufferPointer { x in
      result.elements.withUnsafeMutableBufferPointer { out in
        for row in 0..<features.rows {
          let start = row * features.columns
          repscope_widen_shift(
            x.baseAddress! + start, 1, 0, mean, out.baseAddress! + start, features.columns)
        }
        for place in out.indices { out[place] *= scale }
      }
    }
    return result
  }

  /// The covariance with the divisor N - 1, as numpy's `cov` has it.
  ///
  /// - Complexity: O(N D²) operations in Double, half of them saved by symmetry; memory for the result and a few tiles a
  ///   thread. The same bits for any number of threads.
  static func matrix(of features: Matrix, mean: [Double], threads: Threads) throws -> DoubleMatrix {
    var result = try BlockProducts.moment(DoubleRows(features, lessMean: mean), threads: threads)
    let scale = 1 / Double(features.rows - 1)
    for place in result.elements.indices { result.elements[place] *= scale }
    return result
  }
}
