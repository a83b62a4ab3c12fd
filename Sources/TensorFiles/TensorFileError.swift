/// What is wrong with a file of tensors, where, and what to do about it.
///
/// Everything that reading throws is of this type; writers throw `FileError` where the system refuses.
public struct TensorFileError: Error, Hashable, Sendable {
  /// The kinds of things that go wrong, for code to decide on.
  public enum Code: String, Sendable, CaseIterable {
    /// There is no file of that name.
    case missingFile
    /// The file may not be read.
    case permissionDenied
    /// A folder, a pipe or a device where a file was expected.
    case notAFile
    /// The file has no bytes.
    case emptyFile
    /// The system could not read the file.
    case inputOutput
    /// The file ends before what it announces.
    case truncated
    /// The bytes do not follow the format.
    case malformed
    /// A correct file that uses something this module does not read.
    case unsupported
    /// A pickle that asks for something outside the closed list of constructors.
    case refused
    /// Two tensors or two members have the same name.
    case duplicateName
    /// Ranges that overlap, leave a gap, or reach outside the file.
    case badRange
    /// Shape and number of bytes disagree.
    case sizeMismatch
    /// Larger, deeper or more numerous than the file can justify.
    case limitExceeded
    /// The checksum of the data differs from the one stored.
    case wrongChecksum
    /// A value that the requested type cannot hold.
    case notRepresentable
    /// Arguments that contradict each other, such as too small a destination.
    case invalidArgument
  }

  public var code: Code
  /// The file, as it was named by the caller.
  public var path: String
  /// The byte offset, tensor or member, where there is one.
  public var place: String?
  /// What was found.
  public var found: String
  /// What was expected instead, where that helps.
  public var expected: String?
  /// What to do next, where there is something to do.
  public var hint: String?

  public init(
    _ code: Code, path: String, place: String? = nil, found: String, expected: String? = nil,
    hint: String? = nil
  ) {
    self.code = code
    self.path = path
    self.place = place
    self.found = found
    self.expected = expected
    self.hint = hint
  }
}

extension TensorFileError: CustomStringConvertible {
  public var description: String {
    var text = path
    if let place { text += ": \(place)" }
    text += ": \(found)"
    if let expected { text += "; expected \(expected)" }
    if let hint { text += ". \(hint)" }
    return text
  }
}

/// A text as an error shows it: shortened, and without control characters that would garble a terminal.
func quoted(_ text: some StringProtocol) -> String {
  var shown = "\""
  for (position, scalar) in text.unicodeScalars.enumerated() {
    guard position < 80 else {
      shown += "…"
      break
    }
    shown += scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
  }
  return shown + "\""
}

/// The text as UTF-8 decodes it, or nil where the bytes are not UTF-8.
func validatedText(_ bytes: some Collection<UInt8>) -> String? {
  String(validating: bytes, as: UTF8.self)
}
