/// Why representations cannot be compared, in words for the person who has them.
public struct AlignmentError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// NaN or infinity among the features.
    case notFinite
    /// A row of zeros, or of next to nothing, which has no direction to normalise to.
    case zeroRow
    /// The two sides have different numbers of samples.
    case sampleCountsDiffer
    /// Too few samples for the metric, or for its k.
    case tooFewSamples
    /// A metric on patch tokens, and features that keep none.
    case noTokens
    /// The two sides keep different numbers of tokens, or tokens of different dimensions.
    case tokensDiffer
    /// A setting outside its range.
    case invalidSetting
    /// The definition divides by zero or takes the root of a negative number on these features.
    case undefined
  }

  public let code: Code
  /// The row concerned, counted from 0, where it is one.
  public let row: Int?
  /// What was found, what was expected, what to do next.
  public let message: String

  public init(_ code: Code, row: Int? = nil, _ message: String) {
    self.code = code
    self.row = row
    self.message = message
  }

  public var description: String { row.map { "row \($0) \(message)" } ?? message }
}
