import Glibc

/// A file that could not be read or written as a whole, or a folder that could not be listed.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried.
  public enum Operation: String, Sendable {
    /// Reading a whole file, or listing a folder.
    case read
    /// Writing a whole file.
    case write
  }

  /// What kind of trouble it is, where that makes a difference to a caller.
  public enum Kind: Sendable, Hashable {
    /// There is nothing of that name.
    case missing
    /// A folder, pipe or device where a file was expected.
    case notAFile
    /// More bytes than the caller takes.
    case tooLarge
    /// A folder in which a link leads back to a folder above it, or a name is not UTF-8.
    case badFolder
    /// Anything else, in the words of the reason.
    case other
  }

  /// What was tried.
  public let operation: Operation
  /// The file, as it was given.
  public let path: String
  /// Why it failed, in the system's words, and where it helps what to do.
  public let reason: String
  /// What kind of trouble it is.
  public let kind: Kind

  public init(operation: Operation, path: String, reason: String, kind: Kind = .other) {
    self.operation = operation
    self.path = path
    self.reason = reason
    self.kind = kind
  }

  /// What the system refused, by its error number.
  init(reading path: String, _ number: CInt) {
    self.init(
      operation: .read, path: path, reason: String(cString: strerror(number)),
      kind: number == ENOENT || number == ENOTDIR ? .missing : .other)
  }

  /// "cannot write curves.csv: No space left on device"
  public var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}
