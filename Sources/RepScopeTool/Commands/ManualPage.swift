import RepScope

/// A manual page in the mdoc language, from what a command's help says.
struct ManualPage {
  /// The day of the version, in mdoc's form; a test holds it against the change log.
  static let date = "November 25, 2026"

  let command: CommandDescription
  /// The tool that it is a subcommand of; nil for the tool itself.
  let tool: CommandDescription?

  /// All pages of the tool.
  static func all() throws -> [ManualPage] {
    let tool = try CommandDescription.tool()
    return [ManualPage(command: tool, tool: nil)]
      + tool.shownSubcommands.map { ManualPage(command: $0, tool: tool) }
  }

  /// The page's name, such as `repscope-align`; its file is that with the ending `.1`.
  var name: String { (tool.map { $0.commandName + "-" } ?? "") + command.commandName }

  var text: String {
    let (description, sections) = discussion()
    var abstract = command.abstract ?? ""
    // The line is a name, not a sentence.
    if let last = abstract.last, ".?".contains(last) { abstract.removeLast() }
    var text = """
      .Dd \(Self.date)
      .Dt \(name.uppercased()) 1
      .Os repscope \(repscopeVersion)
      .Sh NAME
      .Nm \(name)
      .Nd \(RoffText.paragraph(abstract).split(separator: "\n").joined(separator: " "))
      .Sh SYNOPSIS
      \(synopsis)
      .Sh DESCRIPTION

      """
    // What a command without a discussion does, its abstract says.
    text += description.isEmpty ? RoffText.paragraph(command.abstract ?? "") : description
    for section in sections where !section.title.hasPrefix("EXAMPLE") {
      text += ".Sh \(section.title)\n\(section.text)"
    }
    text += commands + options + Self.exitStatus
    for section in sections where section.title.hasPrefix("EXAMPLE") {
      text += ".Sh EXAMPLES\n\(section.text)"
    }
    return text + seeAlso
  }

  /// The discussion's paragraphs, and its sections: a line in capitals, and what follows it.
  private func discussion() -> (description: String, sections: [(title: String, text: String)]) {
    var blocks: [(title: String, lines: [Substring])] = [("", [])]
    for line in (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.allSatisfy({ $0.isUppercase }) {
        blocks.append((String(line), []))
      } else {
        blocks[blocks.count - 1].lines.append(line)
      }
    }
    let texts = blocks.map { (title: $0.title, text: Self.blocks($0.lines)) }
    return (texts[0].text, Array(texts.dropFirst()))
  }

  /// Paragraphs, and runs of indented lines as they are.
  private static func blocks(_ lines: [Substring]) -> String {
    lines.split { $0.isEmpty }.enumerated().map { index, lines in
      if lines.allSatisfy({ $0.hasPrefix(" ") }) { return RoffText.literal(Array(lines)) }
      return (index == 0 ? "" : ".Pp\n") + RoffText.paragraph(lines.joined(separator: " "))
    }.joined()
  }

  private var synopsis: String {
    var lines = [".Nm \(tool?.commandName ?? command.commandName)"]
    if tool != nil { lines.append(".Cm \(command.commandName)") }
    if command.shownArguments.contains(where: { $0.kind != "positional" }) { lines.append(".Op Ar options") }
    for argument in command.shownArguments where !argument.isOptional || argument.kind == "positional" {
      let form = Self.form(argument) + (argument.isRepeating ? " ..." : "")
      lines.append(argument.isOptional ? ".Op \(form)" : ".\(form)")
    }
    if tool == nil { lines += [".Ar command", ".Op Ar arguments"] }
    return lines.joined(separator: "\n")
  }

  private var commands: String {
    guard !command.shownSubcommands.isEmpty else { return "" }
    let items = command.shownSubcommands.map {
      ".It Xr \(command.commandName)-\($0.commandName) 1\n\(RoffText.paragraph($0.abstract ?? ""))"
    }
    return ".Sh COMMANDS\n.Bl -tag -width indent\n\(items.joined()).El\n"
  }

  /// Options under the titles that the help has for them, those without one at the end.
  private var options: String {
    let titles = command.shownArguments.map(\.sectionTitle).reduce(into: [String?]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    var text = ".Sh OPTIONS\n"
    for title in titles.filter({ $0 != nil }) + titles.filter({ $0 == nil }) {
      let items = command.shownArguments.filter { $0.sectionTitle == title }.map(Self.item)
      let heading = title ?? (titles.count > 1 ? "Other options" : nil)
      text += (heading.map { ".Ss \($0)\n" } ?? "") + ".Bl -tag -width indent\n\(items.joined()).El\n"
    }
    return text
  }

  private static func item(_ argument: CommandDescription.Argument) -> String {
    var text = argument.abstract ?? ""
    if let values = argument.allValues, !values.isEmpty {
      text += " The values are \(values.joined(separator: ", "))."
    }
    if let value = argument.defaultValue { text += " The default is \(value)." }
    return ".It \(form(argument))\n\(RoffText.paragraph(text))"
  }

  /// An option with its names and its value, or an argument, as macros.
  private static func form(_ argument: CommandDescription.Argument) -> String {
    let names = (argument.names ?? []).map { name in
      (name.kind == "long" ? "Fl Fl " : "Fl ") + RoffText.argument(name.name)
    }
    let value = "Ar \(RoffText.argument(argument.valueName ?? "value"))"
    switch argument.kind {
    case "positional": return value
    case "flag": return names.joined(separator: " , ")
    default: return names.joined(separator: " , ") + " " + value
    }
  }

  private static let exitStatus = """
    .Sh EXIT STATUS
    .Bl -tag -width indent
    .It 0
    Done.
    .It 64
    The command line is wrong.
    .It 65
    Data are not as they must be.
    .It 66
    A file is missing or cannot be read.
    .It 70
    A bug in repscope.
    .It 73
    A file cannot be written.
    .El

    """

  private var seeAlso: String {
    guard let tool else {
      let names = command.shownSubcommands.map { ".Xr \(command.commandName)-\($0.commandName) 1" }.sorted()
      return ".Sh SEE ALSO\n" + names.joined(separator: " ,\n") + "\n"
    }
    return ".Sh SEE ALSO\n.Xr \(tool.commandName) 1\n"
  }
}
