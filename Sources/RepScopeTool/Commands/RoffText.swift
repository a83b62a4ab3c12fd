/// Text for a manual page in the mdoc language: nothing in it is taken for a request or an escape.
enum RoffText {
  /// A paragraph: a line a sentence, none above 78 characters, which is how mdoc wants its source.
  static func paragraph(_ text: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      // An option's hyphens are those of the keyboard.
      let shown = escaped(word, hyphens: word.hasPrefix("-") ? "\\-" : "-")
      if !line.isEmpty, line.count + word.count >= 78 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + shown
      if let last = word.last, ".?!".contains(last), word.count > 2 {
        lines.append(line)
        line = ""
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { atLineStart($0) + "\n" }.joined()
  }

  /// Lines that are shown as they are, hyphens for the command line included.
  static func literal(_ lines: [Substring]) -> String {
    let margin = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    let body = lines.map { atLineStart(escaped($0.dropFirst(margin), hyphens: "\\-")) + "\n" }.joined()
    return ".Bd -literal -offset indent\n\(body).Ed\n"
  }

  /// One argument of a macro, such as an option's value.
  static func argument(_ text: some StringProtocol) -> String {
    let text = escaped(text, hyphens: "\\-")
    return text.contains(" ") ? "\"\(text)\"" : text
  }

  /// Escapes, and what is not ASCII by its number, so that a page reads the same in every locale.
  private static func escaped(_ text: some StringProtocol, hyphens: String = "-") -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\e"
      case "\"": "\\(dq"
      case "-": hyphens
      case _ where scalar.isASCII: String(scalar)
      default:
        "\\[u\(String(repeating: "0", count: max(0, 4 - String(scalar.value, radix: 16).count)))"
          + String(scalar.value, radix: 16, uppercase: true) + "]"
      }
    }.joined()
  }

  private static func atLineStart(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }
}
