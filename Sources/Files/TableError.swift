/// Something in a table that is not as it must be: where it is, what was found, what was expected.
public struct TableError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of problem it is.
  public enum Code: Sendable {
    /// The bytes are not UTF-8.
    case notUTF8
    /// The text breaks the rules of CSV: a stray or missing quote, a lone carriage return.
    case malformed
    /// The header lacks a column, has one twice, or has one that is unknown.
    case wrongHeader
    /// A row has more or fewer fields than the header.
    case raggedRow
    /// A field does not hold what its column asks for.
    case badValue
    /// A number is NaN or infinite.
    case notFinite
  }

  /// Where in a file.
  public struct Place: Sendable, Hashable {
    /// The file's name, as it was given.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The character in the line, from 1.
    public let column: Int
  }

  /// What kind of problem it is.
  public let code: Code
  /// Where in the file; nil for a table in memory.
  public let place: Place?
  /// The field concerned, such as `value` or `row 3, value`.
  public let field: String?
  /// What was found.
  public let found: String
  /// What was expected instead.
  public let expected: String

  package init(code: Code, place: Place?, field: String? = nil, found: String, expected: String) {
    self.code = code
    self.place = place
    self.field = field
    self.found = found
    self.expected = expected
  }

  /// "curves.csv:3:17: value: found "abc", expected a number"
  public var description: String {
    let head = [place.map { "\($0.file):\($0.line):\($0.column)" }, field].compactMap(\.self)
    return (head + ["found \(found), expected \(expected)"]).joined(separator: ": ")
  }
}
