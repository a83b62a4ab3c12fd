/// A picture, or a collection of pictures, that cannot be used: what was found, what was expected.
///
/// Everything this module throws about pictures is of this type; tables and archives throw their modules' errors.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of things that are wrong, for code to decide on.
  public enum Code: String, Sendable, CaseIterable {
    /// No file or folder of that name.
    case missing
    /// A file or folder that may not be read, or fails while it is read.
    case unreadable
    /// The file has no bytes.
    case empty
    /// The file ends before the picture does.
    case truncated
    /// The bytes do not follow the format.
    case malformed
    /// A correct picture of a kind that is not decoded.
    case unsupported
    /// The header announces more pixels than allowed, or more than the file can hold.
    case tooLarge
    /// No memory for the pixels.
    case outOfMemory
    /// A folder without pictures, or names that do not fit together.
    case badCollection
    /// Labels that are missing, or are no whole numbers.
    case badLabels
    /// A crop, size or buffer that does not fit the picture.
    case badSize
  }

  public let code: Code
  /// The file or folder; nil for a picture in memory.
  public let path: String?
  public let found: String
  public let expected: String

  public init(_ code: Code, path: String?, found: String, expected: String) {
    self.code = code
    self.path = path
    self.found = found
    self.expected = expected
  }

  /// "cats/7.jpg: found a file that ends too early, expected a whole JPEG picture"
  public var description: String {
    (path.map { "\($0): " } ?? "") + "found \(found), expected \(expected)"
  }
}
