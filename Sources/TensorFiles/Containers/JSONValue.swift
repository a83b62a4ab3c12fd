import Files

/// A JSON value as a tree, for small files that are read and written whole.
package enum JSONValue: Sendable, Hashable {
  case null
  case flag(Bool)
  /// A number as it is written, so that nothing is lost.
  case number(String)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package static func integer(_ value: Int) -> JSONValue { .number(String(value)) }

  /// The shortest text that reads back as the same number.
  ///
  /// - Precondition: `value` is finite, as JSON has nothing else.
  package static func double(_ value: Double) -> JSONValue {
    precondition(value.isFinite, "JSON has no \(value)")
    return .number(value.description)
  }

  package var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  package var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }
  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  package var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

  /// The value as a file: names sorted, two levels of lines, what is deeper on one line. Equal values give the same text.
  package var fileText: String { written(depth: 0) + "\n" }

  /// The value on one line.
  package var lineText: String { written(depth: Self.lineDepth) }

  private static let lineDepth = 2

  private func written(depth: Int) -> String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): number
    case .text(let text): JSONText.quoted(text)
    case .array(let elements):
      Self.bracketed("[", elements.map { $0.written(depth: depth + 1) }, "]", depth: depth)
    case .object(let members):
      Self.bracketed(
        "{",
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
          "\(JSONText.quoted($0.key)): \($0.value.written(depth: depth + 1))"
        }, "}", depth: depth)
    }
  }

  private static func bracketed(_ open: String, _ items: [String], _ close: String, depth: Int) -> String {
    guard depth < lineDepth, !items.isEmpty else { return open + items.joined(separator: ", ") + close }
    let indent = String(repeating: "  ", count: depth)
    return "\(open)\n" + items.map { "\(indent)  \($0)" }.joined(separator: ",\n") + "\n\(indent)\(close)"
  }
}
