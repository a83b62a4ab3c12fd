import LinearAlgebra
import Glibc

/// How one representation fills its space.
public enum Geometry {
  /// `effective-rank`: exp of the entropy of the singular values of the centred rows, divided by their sum.
  ///
  /// Between 1 and the rank. The rows are centred, so that a mean that all samples share does not count as a direction;
  /// RankMe (arXiv 2210.02885) takes the same entropy without centring.
  ///
  /// - SeeAlso: Roy and Vetterli, EUSIPCO 2007, equations 3 and 4.
  public static func effectiveRank(singularValues: [Double]) -> Double {
    let sum = singularValues.reduce(0, +)
    let entropy = singularValues.reduce(0.0) { entropy, value in
      let share = value / sum
      return share > 0 ? entropy - share * log(share) : entropy
    }
    return exp(entropy)
  }

  /// `participation-ratio`: (sum of the covariance's eigenvalues)² / the sum of their squares.
  ///
  /// Between 1 and the rank, 0 of no singular values; directions with little variance count for less than in the effective rank.
  ///
  /// - SeeAlso: Gao et al., bioRxiv 214262 (2017), equation 4.
  public static func participationRatio(singularValues: [Double]) -> Double {
    guard !singularValues.isEmpty else { return 0 }
    let variances = singularValues.map { value in
      // Relative to the largest, whose fourth power might overflow.
      (value / singularValues[0]) * (value / singularValues[0])
    }
    let sum = variances.reduce(0, +)
    return sum * sum / variances.reduce(0) { $0 + $1 * $1 }
  }

  /// `anisotropy`: the mean cosine of two different samples.
  ///
  /// Rows are taken as directions, not centred: near 1 all samples point the same way. At least -1 / (N - 1).
  ///
  /// - Throws: ``AlignmentError`` naming the first row of zeros.
  /// - Complexity: O(N D): the sum of all cosines is the square of the sum of all directions.
  /// - SeeAlso: Ethayarajh, arXiv 1909.00512, section 3, there estimated from random pairs.
  public static func anisotropy(_ representation: Representation, threads: Threads = .all) throws -> Double {
    if let row = representation.squaredNorms.firstIndex(where: { $0 == 0 }) {
      throw AlignmentError(
        .zeroRow, row: row, "is all zeros and has no cosine with others; leave that sample out")
    }
    let count = Double(representation.samples)
    let square = try representation.directionSum(threads: threads).reduce(0) { $0 + $1 * $1 }
    return (square - count) / (count * (count - 1))
  }
}
