/// Something in an experiment file that is not as it must be.
public struct StudyProblem: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The character in the line, from 1.
  public let column: Int
  /// Which key, as a path: `models[2].checkpoint`.
  public let key: String
  /// What was found, what was expected.
  public let message: String

  /// "12:5: models[2].chekpoint: unknown key; did you mean checkpoint? Allowed: ..."
  public var description: String { "\(line):\(column): \(key.isEmpty ? "" : "\(key): ")\(message)" }

  public static func < (a: StudyProblem, b: StudyProblem) -> Bool {
    (a.line, a.column, a.message) < (b.line, b.column, b.message)
  }
}

/// All that is wrong with an experiment file, at once.
public struct StudyFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file, as it was given.
  public let file: String
  /// In the order of their places.
  public let problems: [StudyProblem]

  init(file: String, problems: [StudyProblem]) {
    self.file = file
    self.problems = problems.sorted()
  }

  /// One line a problem, each with file, line and column.
  public var description: String {
    problems.map { "\(file):\($0)" }.joined(separator: "\n")
  }
}
