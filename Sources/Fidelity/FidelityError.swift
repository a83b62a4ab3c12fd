/// Why fidelity cannot be measured, in words for the person who has the features.
public struct FidelityError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of problem it is.
  public enum Code: Sendable {
    /// NaN or infinity.
    case notFinite
    /// Too few samples for the metric, or for its k, subsets or splits.
    case tooFewSamples
    /// The two sides, or mean and covariance, have different dimensions.
    case dimensionsDiffer
    /// A covariance that is none: not symmetric, or with negative eigenvalues.
    case notACovariance
    /// Rows that are no probabilities.
    case notProbabilities
    /// A side lacks what the metric is computed from.
    case missingInput
    /// A setting outside its range.
    case invalidSetting
    /// The numbers overflow, or LAPACK found no factorisation.
    case undefined
  }

  /// What kind of problem it is.
  public let code: Code
  /// The row concerned, counted from 0, where it is one.
  public let row: Int?
  /// What was found, what was expected, what to do next.
  public let message: String

  /// An error about all of the features, or a row of them.
  public init(_ code: Code, row: Int? = nil, _ message: String) {
    self.code = code
    self.row = row
    self.message = message
  }

  /// "row 3 has nan in dimension 2; …"
  public var description: String { row.map { "row \($0) \(message)" } ?? message }
}
