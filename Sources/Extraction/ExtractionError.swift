/// An extraction that cannot be done: what was found, what was expected, what to do next.
public struct ExtractionError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: Sendable {
    /// No file or folder of that name.
    case missing
    /// Settings that make no sense, or not for this model.
    case invalidSettings
    /// Latents, noise, pictures or network inputs that cannot be used.
    case badInput
    /// Labels that are missing or unknown to the model.
    case badLabels
    /// A hidden state with NaN or infinity.
    case notFinite
    /// A number that the archive's element type cannot hold.
    case notRepresentable
    /// The archive that is there was made with other settings.
    case settingsDiffer
    /// The network failed on a sample, or did not give what it announced.
    case network
    /// The archive cannot be written.
    case cannotWrite
  }

  public let code: Code
  /// The file or folder concerned, where there is one.
  public let path: String?
  public let message: String

  public init(_ code: Code, path: String? = nil, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  public var description: String { path.map { "\($0): \(message)" } ?? message }
}
