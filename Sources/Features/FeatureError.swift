/// Features that cannot be used: which file, which tensor or sample, what was found, what was expected.
public struct FeatureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of things that are wrong, for code to decide on.
  public enum Code: Sendable {
    /// No file or folder of that name.
    case missing
    /// There is nothing that looks like features.
    case noFeatures
    /// No tensor of the name asked for, or no layer or time step.
    case notFound
    /// A tensor that is no matrix of features.
    case wrongShape
    /// Two tensors for the same layer and time step.
    case ambiguous
    /// Two models, or two references, of one name.
    case sameName
    /// Different numbers of samples.
    case sampleCountsDiffer
    /// The samples' names do not agree.
    case samplesDiffer
    /// Rows are not the same samples on all sides, which have names to match them by.
    case orderDiffers
    /// An archive of which shards are missing.
    case incomplete
    /// An archive whose parts contradict each other, or a description that cannot be read.
    case damaged
    /// A number that no layer has.
    case badLayerNumber
    /// Labels that are missing, or that are no labels of these samples.
    case badLabels
    /// NaN or infinity.
    case notFinite
  }

  public let code: Code
  /// The file or folder.
  public let path: String
  /// What was found, what was expected, what to do next.
  public let message: String

  public init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
