/// Something that a page cannot hold.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was found where, and what was expected.
  public let message: String

  init(_ message: String) { self.message = message }

  public var description: String { message }
}
