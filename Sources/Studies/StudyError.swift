/// A study that cannot be run, though its file reads well.
public struct StudyError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: Sendable {
    /// A checkpoint of something else.
    case notANetwork
    /// A checkpoint, and nothing to run it on.
    case noData
    /// An option that this kind of network has no use for.
    case badOption
    /// Measurements that nothing tells apart.
    case ambiguous
    /// Another run is at work in the folder, or something else than a study lies there.
    case folder
    /// A file that is no longer what it was when the study was planned.
    case changed
  }

  public let code: Code
  /// The file concerned.
  public let path: String
  public let message: String

  init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
