import Alignment
import LinearAlgebra

extension CentredFeatures {
  /// Both sides less the mean of the second.
  static func pair(
    _ x: Matrix, _ y: Matrix, threads: Threads
  ) throws -> (x: CentredFeatures, y: CentredFeatures) {
    let mean = try Covariance.mean(of: y, threads: threads)
    let largest = try [x, y].map { try farthest($0, from: mean, threads: threads) }.max() ?? 0
    return (
      try CentredFeatures(x, mean: mean, largest: largest, threads: threads),
      try CentredFeatures(y, mean: mean, largest: largest, threads: threads)
    )
  }
}
