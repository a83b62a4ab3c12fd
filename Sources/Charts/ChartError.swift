/// A figure that could not be drawn or written.
public struct ChartError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of problem it is.
  public enum Code: Sendable {
    /// The file's name does not end in a known format.
    case unknownFormat
    /// There is nothing to draw.
    case noData
    /// Values that do not have the shape of their labels.
    case badShape
    /// A number that the figure cannot show, such as a negative count.
    case badValue
    /// A size or scale that no figure can have.
    case badSize
    /// Cairo failed.
    case drawing
  }

  /// What kind of problem it is.
  public let code: Code
  /// What went wrong and how to mend it.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
