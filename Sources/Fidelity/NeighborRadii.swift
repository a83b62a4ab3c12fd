import Alignment
import LinearAlgebra

/// Of every sample, the squared Euclidean distance to its k-th nearest other sample: exact in Double, the same bits on every
/// machine and for any number of threads.
enum NeighborRadii {
  /// The squared radii for each of several k.
  ///
  /// - Complexity: O(N² D / 2) products in Float32, O(N k) memory and two tiles a thread.
  static func squared(_ features: CentredFeatures, k: [Int], threads: Threads) throws -> [[Double]] {
    guard let greatest = k.max() else { return [] }
    let nearest = try NeighborSearch(features, k: greatest, threads: threads).run()
    return k.map { k in (0..<features.samples).map { -nearest.similarities[$0 * greatest + k - 1] } }
  }
}
