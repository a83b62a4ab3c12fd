/// A file that could not be read or written as a whole.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried.
  public enum Operation: String, Sendable {
    /// Reading a whole file.
    case read
    /// Writing a whole file.
    case write
  }

  /// What was tried.
  public let operation: Operation
  /// The file, as it was given.
  public let path: String
  /// Why it failed, in the system's words, and where it helps what to do.
  public let reason: String

  public init(operation: Operation, path: String, reason: String) {
    self.operation = operation
    self.path = path
    self.reason = reason
  }

  /// "cannot write curves.csv: No space left on device"
  public var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}
