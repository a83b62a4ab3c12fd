import Alignment
import LinearAlgebra

/// How two sets of samples cover each other, from balls around the samples that reach to their k-th nearest neighbor on their
/// own side.
///
/// All four come from exact Euclidean distances in Double. Where a sample lies on the surface of a ball, precision and recall
/// count it (equation 1 of their paper: at most the radius), density and coverage do not (their authors' code: below it), so
/// that of exact copies with more than k twins none is covered.
public enum SampleManifolds {
  /// The four numbers; those not asked for are nil.
  public struct Values: Sendable, Hashable {
    /// The share of generated samples within a ball of a reference sample.
    public var precision: Double?
    /// The share of reference samples within a ball of a generated sample.
    public var recall: Double?
    /// The mean number of reference balls that hold a generated sample, over k; beyond 1 where the reference is dense.
    public var density: Double?
    /// The share of reference balls that hold a generated sample.
    public var coverage: Double?
  }

  /// Precision and recall with one k, density and coverage with another; nil for what is not wanted.
  ///
  /// - Parameters:
  ///   - generated: N1 samples by D dimensions.
  ///   - reference: N2 samples by D dimensions.
  ///   - recallK: The k of precision and recall; 3 in their paper.
  ///   - coverageK: The k of density and coverage; 5 in their paper.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``FidelityError`` unless both sides have more samples than k, equal dimensions and finite features.
  /// - Complexity: O((N1² / 2 + N2² / 2 + N1 N2) D) products in Float32, a few pairs again in Double; O(N k) memory and
  ///   two tiles a thread.
  /// - SeeAlso: Kynkäänniemi et al., arXiv 1904.06991, equations 1 and 2; Naeem et al., arXiv 2002.09797, equations 3 to 6.
  public static func values(
    _ generated: Matrix, _ reference: Matrix, recallK: Int? = 3, coverageK: Int? = 5, threads: Threads = .all
  ) throws -> Values {
    for (side, name) in [(generated, "generated"), (reference, "reference")] {
      try side.checkFinite(threads: threads)
      for k in [recallK, coverageK].compactMap(\.self) {
        guard k > 0 else { throw FidelityError(.invalidSetting, "k is \(k); it must be at least 1") }
        guard k < side.rows else {
          throw FidelityError(
            .tooFewSamples,
            "\(side.rows) \(name) samples have at most \(max(side.rows - 1, 0)) neighbors each, but k is \(k)"
          )
        }
      }
    }
    guard generated.columns == reference.columns else {
      throw FidelityError(
        .dimensionsDiffer,
        "one side has \(generated.columns) dimensions, the other \(reference.columns); they must come from the same "
          + "network")
    }
    let (x, y) = try CentredFeatures.pair(generated, reference, threads: threads)
    guard x.slack.allSatisfy(\.isFinite), y.slack.allSatisfy(\.isFinite) else {
      throw FidelityError(
        .undefined,
        "in \(x.dimensions) dimensions Float32 tells no distances apart; expected at most some millions")
    }
    let referenceRadii = try NeighborRadii.squared(
      y, k: [recallK, coverageK].compactMap(\.self), threads: threads)
    var balls: [NeighborBalls] = []
    if let recallK {
      let generatedRadii = try NeighborRadii.squared(x, k: [recallK], threads: threads)
      balls.append(
        NeighborBalls(center: .y, squaredRadii: referenceRadii[0], isClosed: true, countsBalls: false))
      balls.append(
        NeighborBalls(center: .x, squaredRadii: generatedRadii[0], isClosed: true, countsBalls: false))
    }
    if coverageK != nil, let radii = referenceRadii.last {
      balls.append(NeighborBalls(center: .y, squaredRadii: radii, isClosed: false, countsBalls: true))
    }
    let hits = try NeighborBalls.hits(of: balls, x, y, threads: threads)
    var values = Values()
    if recallK != nil {
      values.precision = share(hits[0].balls.map { $0 > 0 })
      values.recall = share(hits[1].balls.map { $0 > 0 })
    }
    if let coverageK, let counted = hits.last {
      let total = counted.balls.reduce(0) { $0 + Double($1) }
      values.density = total / (Double(coverageK) * Double(generated.rows))
      values.coverage = share(counted.isFilled)
    }
    return values
  }

  private static func share(_ flags: [Bool]) -> Double {
    Double(flags.count { $0 }) / Double(flags.count)
  }
}
