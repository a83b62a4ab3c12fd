import Glibc
import LinearAlgebra

/// The Inception score: exp of the mean divergence of p(y|x) from its mean p(y), over splits of the samples.
///
/// - SeeAlso: Salimans et al., arXiv 1606.03498, section 4; splits as in its code: consecutive, ten of them.
public enum InceptionScore {
  /// What the rows are.
  public enum Scores: String, Sendable, CaseIterable {
    /// Before the softmax.
    case logits
    /// After it.
    case probabilities
    /// Probabilities where no number is negative and every row adds up to 1 within 0.001, else logits.
    case automatic = "auto"
  }

  /// Mean and standard deviation over splits.
  public struct Estimate: Sendable, Hashable {
    /// The mean of the splits' scores.
    public let mean: Double
    /// Their standard deviation, with the number of splits as divisor.
    public let deviation: Double
    /// What the rows were taken for: logits or probabilities.
    public let scores: Scores
  }

  private struct RowSums {
    /// Σ p log p of every row in turn.
    var negativeEntropy = 0.0
    /// Of every class, the sum of p.
    var classes: [Double]
  }

  /// The score of samples by classes, in Double.
  ///
  /// - Parameters:
  ///   - rows: One sample a row, one class a column.
  ///   - splits: How many consecutive parts; split i is `i N / splits ..< (i + 1) N / splits`.
  ///   - scores: What the rows hold.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``FidelityError`` if there are fewer samples than splits, NaN or infinity, or a row of probabilities has a
  ///   negative one or does not add up to 1 within 0.001.
  /// - Complexity: O(N C) exponentials.
  public static func value(
    _ rows: Matrix, splits: Int = 10, scores: Scores = .automatic, threads: Threads = .all
  ) throws -> Estimate {
    try rows.checkFinite(threads: threads)
    guard splits > 0 else { throw FidelityError(.invalidSetting, "\(splits) splits; at least 1 is needed") }
    guard rows.rows >= splits else {
      throw FidelityError(.tooFewSamples, "\(rows.rows) samples cannot be parted into \(splits) splits")
    }
    var scores = scores
    if scores != .logits {
      let wrong = firstImprobable(rows)
      if let wrong, scores == .probabilities {
        throw FidelityError(.notProbabilities, row: wrong.row, wrong.message)
      }
      scores = wrong == nil ? .probabilities : .logits
    }
    var values: [Double] = []
    for split in 0..<splits {
      let range = split * rows.rows / splits..<(split + 1) * rows.rows / splits
      let sums = try sums(of: rows, in: range, isLogits: scores == .logits, threads: threads)
      let count = Double(range.count)
      // The mean divergence is the mean of Σ p log p less that of the mean.
      let marginal = sums.classes.reduce(0) { sum, total in
        let p = total / count
        return p > 0 ? sum + p * log(p) : sum
      }
      values.append(exp(sums.negativeEntropy / count - marginal))
    }
    let mean = values.reduce(0, +) / Double(splits)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(splits)
    return Estimate(mean: mean, deviation: variance.squareRoot(), scores: scores)
  }

  /// Blocks of rows are summed side by side and added in order: the bits do not depend on the threads.
  private static func sums(
    of rows: Matrix, in range: Range<Int>, isLogits: Bool, threads: Threads
  ) throws -> RowSums {
    let classes = rows.columns
    let blocks = Tiling(range.count, by: 256)
    let stride = classes + 1
    let partial = Workspace<Double>(blocks.tiles * stride)
    partial.base.initialize(repeating: 0, count: partial.count)
    let target = UncheckedPointer(partial.base)
    let probabilities = (0..<threads.count).map { _ in Workspace<Double>(classes) }
    try rows.withUnsafeBufferPointer { x in
      let base = x.baseAddress!
      try parallelLoop(blocks.tiles, threads: threads) { block, worker in
        let (out, p) = (target.pointer + block * stride, probabilities[worker].base)
        for row in blocks[block] {
          let source = base + (range.lowerBound + row) * classes
          if isLogits { softmax(source, classes, into: p) }
          for place in 0..<classes {
            let value = isLogits ? p[place] : Double(source[place])
            out[place] += value
            if value > 0 { out[classes] += value * log(value) }
          }
        }
      }
    }
    var sums = RowSums(classes: [Double](repeating: 0, count: classes))
    for block in 0..<blocks.tiles {
      let part = partial.base + block * stride
      for place in 0..<classes { sums.classes[place] += part[place] }
      sums.negativeEntropy += part[classes]
    }
    return sums
  }

  private static func softmax(
    _ logits: UnsafePointer<Float>, _ count: Int, into p: UnsafeMutablePointer<Double>
  ) {
    var largest = logits[0]
    for place in 1..<max(count, 1) { largest = max(largest, logits[place]) }
    var sum = 0.0
    for place in 0..<count {
      p[place] = exp(Double(logits[place]) - Double(largest))
      sum += p[place]
    }
    for place in 0..<count { p[place] /= sum }
  }

  private static func firstImprobable(_ rows: Matrix) -> (row: Int, message: String)? {
    let classes = rows.columns
    return rows.withUnsafeBufferPointer { x in
      for row in 0..<rows.rows {
        var sum = 0.0
        for place in 0..<classes {
          let value = x[row * classes + place]
          if value < 0 { return (row, "has \(value) for class \(place); probabilities are not negative") }
          sum += Double(value)
        }
        if (sum - 1).magnitude > 1e-3 { return (row, "adds up to \(sum); probabilities add up to 1") }
      }
      return nil
    }
  }
}
