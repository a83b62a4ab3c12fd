/// Why a probe cannot be trained or tested, in words for the person who has the features.
public struct ProbeError: Error, Sendable, CustomStringConvertible {
  public enum Code: Sendable {
    /// NaN or infinity among the features.
    case notFinite
    /// Training or validation set without a sample.
    case emptySplit
    /// Fewer than two classes to tell apart.
    case oneClass
    /// As many labels as samples are needed, each of a known class.
    case badLabels
    /// The two sets have features of different dimensions.
    case dimensionsDiffer
    /// Too few samples for the setting.
    case tooFewSamples
    /// A setting outside its range.
    case invalidSetting
    /// The training ran away to infinity.
    case diverged
  }

  public let code: Code
  /// The row of the features concerned, counted from 0 in the file they come from, where it is one.
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
