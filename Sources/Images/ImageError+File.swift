import Files

extension ImageError {
  /// A file or folder that could not be read, in this module's words.
  init(_ error: FileError) {
    switch error.kind {
    case .missing:
      self.init(
        .missing, path: error.path, found: "no such file or folder", expected: "one that can be read")
    case .notAFile:
      self.init(.unreadable, path: error.path, found: "no file (\(error.reason))", expected: "a picture file")
    case .tooLarge:
      self.init(
        .tooLarge, path: error.path, found: "a file that is too large (\(error.reason))",
        expected: "a picture")
    case .badFolder:
      self.init(
        .badCollection, path: error.path, found: "what cannot be searched for pictures (\(error.reason))",
        expected: "a folder of pictures")
    case .other:
      self.init(.unreadable, path: error.path, found: error.reason, expected: "one that can be read")
    }
  }

  /// Runs `body`, whose errors become this module's.
  static func translating<Value>(_ body: () throws(FileError) -> Value) throws(ImageError) -> Value {
    do throws(FileError) { return try body() } catch { throw ImageError(error) }
  }
}
