import CKernels
import LinearAlgebra
import Glibc

/// The intrinsic dimension of one representation by its two nearest neighbors (TwoNN).
///
/// Where samples lie evenly in the neighborhood of each, mu = r2 / r1, the ratio of the Euclidean distances of a sample to
/// its second and its first neighbor, has the distribution F(mu) = 1 - mu^(-d). With mu in ascending order and F of the
/// i-th of N taken as i / N, d is the slope of the line through the origin that fits -log(1 - F) against log(mu) by least
/// squares. The largest tenth of the ratios is left out of the fit, as the paper does: outliers have long second
/// distances. (The maximum likelihood estimate, (N - 1) / sum log(mu), is another estimator of the same number and differs
/// by some per cent.) Samples with an exact duplicate have no ratio and are left out.
///
/// - SeeAlso: Facco et al., Scientific Reports 7, 12140 (2017), arXiv 1803.06992.
public struct IntrinsicDimension: Sendable {
  /// The ratios r2 / r1, ascending.
  let ratios: [Double]
  /// How many samples have an exact duplicate.
  let duplicates: Int

  /// - Throws: ``AlignmentError`` for fewer than 3 samples.
  /// - Complexity: O(N² D / 2) products in Float32, in tiles; O(N) memory. Distances are those of exact differences in Double.
  public init(of representation: Representation, threads: Threads = .all) throws {
    guard representation.samples >= 3 else {
      throw AlignmentError(
        .tooFewSamples, "intrinsic-dimension needs at least 3 samples, found \(representation.samples)")
    }
    let (features, factors) = (representation.features, representation.rowFactors)
    let mean = try representation.mean(threads: threads)
    let centred = try CentredFeatures(
      features, factors: factors, mean: mean,
      largest: CentredFeatures.farthest(features, factors: factors, from: mean, threads: threads),
      threads: threads)
    let squares = try NeighborSearch(centred, k: 2, threads: threads).run().similarities
    let pairs = stride(from: 0, to: squares.count, by: 2).map {
      (first: -squares[$0], second: -squares[$0 + 1])
    }
    ratios = pairs.filter { $0.first > 0 }.map { ($0.second / $0.first).squareRoot() }.sorted()
    duplicates = pairs.count - ratios.count
  }

  /// `intrinsic-dimension`: the slope of the fit.
  ///
  /// - Parameter discard: The share of the largest ratios that is left out; 0.1 in the paper.
  /// - Throws: ``AlignmentError`` for a share outside 0..<1, and where fewer than 2 different ratios are left.
  public func value(discard: Double = 0.1) throws -> Double {
    guard discard >= 0, discard < 1 else {
      throw AlignmentError(
        .invalidSetting, "the share to discard is \(discard); it is at least 0 and below 1")
    }
    let count = Double(ratios.count)
    // The last point has F = 1, whose logarithm does not exist.
    let kept = min(Int(count * (1 - discard)), ratios.count - 1)
    var (products, squares) = (0.0, 0.0)
    for place in 0..<max(kept, 0) {
      let x = log(ratios[place])
      products += x * -log(1 - Double(place + 1) / count)
      squares += x * x
    }
    guard squares > 0 else {
      throw AlignmentError(
        .undefined,
        "intrinsic-dimension has no value here: of \(ratios.count + duplicates) samples \(duplicates) have an exact "
          + "duplicate, and the others have both neighbors equally far away")
    }
    return products / squares
  }
}
