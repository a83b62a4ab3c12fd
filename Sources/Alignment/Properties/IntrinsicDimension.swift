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
  /// - Complexity: N² D operations in Double, in tiles; O(N) memory. The nearest are picked by distances that may be off by
  ///   Double's rounding of inner products, and the ratios computed from exact differences.
  public init(of representation: Representation, threads: Threads = .all) throws {
    guard representation.samples >= 3 else {
      throw AlignmentError(
        .tooFewSamples, "intrinsic-dimension needs at least 3 samples, found \(representation.samples)")
    }
    let nearest = try TwoNearest(of: representation, threads: threads)
    let pairs = try nearest.twoDistances(threads: threads)
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

/// For every sample the nearest others by Euclidean distance, a few more than are wanted.
private final class TwoNearest {
  private static let kept = 6

  private let representation: Representation
  private let distances: Workspace<Double>
  private let samples: Workspace<Int32>

  init(of representation: Representation, threads: Threads) throws {
    self.representation = representation
    let count = representation.samples
    distances = Workspace(count * Self.kept)
    samples = Workspace(count * Self.kept)
    distances.base.initialize(repeating: .infinity, count: distances.count)
    samples.base.initialize(repeating: .max, count: samples.count)
    let locks = (0..<(count + 63) / 64).map { _ in BlockLock() }
    try EuclideanTiles(representation, threads: threads).forEach { tile, _ in
      // One block of samples at a time: no lock is asked for while another is held.
      for (place, row) in tile.rows.enumerated() {
        let values = tile.values + place * tile.columns.count
        locks[row / 64].withLock {
          for column in 0..<tile.pairs(of: row) {
            offer(values[column], tile.columns.lowerBound + column, to: row)
          }
        }
      }
      for (place, column) in tile.columns.enumerated() {
        let first = tile.block.row == tile.block.column ? place + 1 : 0
        locks[column / 64].withLock {
          for row in first..<max(first, tile.rows.count) {
            offer(tile.values[row * tile.columns.count + place], tile.rows.lowerBound + row, to: column)
          }
        }
      }
    }
  }

  /// Of equally near samples the lower number is kept: what stays does not depend on the order of the tiles.
  @inline(__always)
  private func offer(_ distance: Double, _ other: Int, to sample: Int) {
    let (distances, samples) = (distances.base + sample * Self.kept, samples.base + sample * Self.kept)
    var place = Self.kept - 1
    guard distance < distances[place] || (distance == distances[place] && Int32(other) < samples[place])
    else {
      return
    }
    while place > 0,
      distance < distances[place - 1]
        || (distance == distances[place - 1] && Int32(other) < samples[place - 1])
    {
      distances[place] = distances[place - 1]
      samples[place] = samples[place - 1]
      place -= 1
    }
    distances[place] = distance
    samples[place] = Int32(other)
  }

  /// The squares of every sample's two least distances, computed from differences.
  func twoDistances(threads: Threads) throws -> [(first: Double, second: Double)] {
    let (count, dimensions) = (representation.samples, representation.dimensions)
    let found = Workspace<Double>(2 * count)
    let target = UncheckedPointer(found.base)
    let others = UncheckedPointer(samples.base)
    let blocks = Tiling(count, by: 64)
    try representation.features.withUnsafeBufferPointer { features in
      let x = features.baseAddress!
      try parallelLoop(blocks.tiles, threads: threads) { block, _ in
        for sample in blocks[block] {
          var (first, second) = (Double.infinity, Double.infinity)
          for place in 0..<min(Self.kept, count - 1) {
            let other = Int(others.pointer[sample * Self.kept + place])
            let distance = repscope_squared_distance(
              x + sample * dimensions, representation.factor(sample), x + other * dimensions,
              representation.factor(other), dimensions)
            if distance < first {
              (first, second) = (distance, first)
            } else {
              second = min(second, distance)
            }
          }
          target.pointer[2 * sample] = first
          target.pointer[2 * sample + 1] = second
        }
      }
    }
    return (0..<count).map { (found.base[2 * $0], found.base[2 * $0 + 1]) }
  }
}
