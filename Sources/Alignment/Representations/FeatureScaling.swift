import CKernels
import LinearAlgebra

/// What is done to every row of a representation before it is compared.
public enum Normalization: String, Sendable, Hashable, CaseIterable {
  /// Rows as they are.
  case none
  /// Every row divided by its Euclidean length.
  case l2
}

/// The outlier clamp of the Platonic Representation code: features cut off at plus and minus a threshold, before
/// rows are normalised.
///
/// - SeeAlso: Huh et al., arXiv 2405.07987; `remove_outliers` of its code.
public enum OutlierClamp: Sendable, Hashable {
  case none
  /// The threshold is the mean over rows of the row's quantile of |x|, interpolated linearly.
  case mean(quantile: Double)
  /// The threshold is element `Int(quantile * count)` of all |x| in ascending order.
  case exact(quantile: Double)

  /// As it appears in the table's parameters, nil for no clamp.
  var text: String? {
    switch self {
    case .none: nil
    case .mean(let quantile): "mean:\(quantile)"
    case .exact(let quantile): "exact:\(quantile)"
    }
  }

  /// The threshold for these features, nil where nothing is clamped.
  ///
  /// - Throws: ``AlignmentError`` for a quantile outside 0...1.
  /// - Complexity: O(elements) time on average; `exact` copies the elements once.
  public func threshold(of features: Matrix, threads: Threads) throws -> Double? {
    switch self {
    case .none:
      return nil
    case .mean(let quantile):
      try check(quantile, features)
      let quantiles = try features.withUnsafeBufferPointer { x in
        try parallelMap(features.rows, threads: threads) { row in
          interpolatedQuantile(
            quantile, ofMagnitudes: x[row * features.columns..<(row + 1) * features.columns])
        }
      }
      return quantiles.reduce(0, +) / Double(quantiles.count)
    case .exact(let quantile):
      try check(quantile, features)
      var magnitudes = features.withUnsafeBufferPointer { $0.map(\.magnitude) }
      let rank = min(Int(quantile * Double(magnitudes.count)), magnitudes.count - 1)
      return Double(magnitudes.element(ofAscendingRank: rank))
    }
  }

  private func check(_ quantile: Double, _ features: Matrix) throws {
    guard features.rows > 0, features.columns > 0 else {
      throw AlignmentError(
        .invalidSetting, "a clamp has no threshold of \(features.rows) x \(features.columns) features")
    }
    guard quantile >= 0, quantile <= 1 else {
      throw AlignmentError(.invalidSetting, "the clamp's quantile is \(quantile); it lies between 0 and 1")
    }
  }
}

extension Matrix {
  /// Every element brought into -limit...limit.
  func clamped(to limit: Double) -> Matrix {
    let limit = Float(limit)
    return withUnsafeBufferPointer { x in
      Matrix(rows: rows, columns: columns) { out in
        for i in x.indices { out.initializeElement(at: i, to: min(max(x[i], -limit), limit)) }
      }
    }
  }
}

private func interpolatedQuantile(_ quantile: Double, ofMagnitudes row: Slice<UnsafeBufferPointer<Float>>)
  -> Double
{
  var magnitudes = row.map(\.magnitude)
  let position = quantile * Double(magnitudes.count - 1)
  let rank = Int(position)
  let lower = Double(magnitudes.element(ofAscendingRank: rank))
  guard rank + 1 < magnitudes.count else { return lower }
  // Selection has left the larger ones behind the rank: the next one up is the least of them.
  let upper = Double(magnitudes[(rank + 1)...].min()!)
  return lower + (position - Double(rank)) * (upper - lower)
}

extension [Float] {
  /// The element that would stand at `rank` if the array were sorted. Reorders the array so that no element before
  /// the rank is larger and none after it is smaller.
  ///
  /// - Complexity: O(count) on average (Hoare's selection, pivot of three).
  mutating func element(ofAscendingRank rank: Int) -> Float {
    var low = 0
    var high = count - 1
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < self[low] { swapAt(middle, low) }
      if self[high] < self[low] { swapAt(high, low) }
      if self[high] < self[middle] { swapAt(high, middle) }
      let pivot = self[middle]
      var i = low
      var j = high
      while i <= j {
        while self[i] < pivot { i += 1 }
        while self[j] > pivot { j -= 1 }
        if i <= j {
          swapAt(i, j)
          i += 1
          j -= 1
        }
      }
      if rank <= j { high = j } else if rank >= i { low = i } else { break }
    }
    return self[rank]
  }
}
