import ArgumentParser
import Foundation
import Testing

@testable import RepScopeTool

/// What documents tell people to type is understood by the tool.
@Suite struct CommandLineTests {
  /// Command lines of a document: those in blocks, `\` at the end joining lines, and those in code spans, which may name
  /// a command without all that it needs.
  private static func commands(in document: String) -> (whole: [String], named: [String]) {
    var commands: (whole: [String], named: [String]) = ([], [])
    var block = ""
    var isFenced = false
    for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("```") { isFenced.toggle() }
      let isBlock = isFenced || line.hasPrefix("  ")
      if !block.isEmpty || (isBlock && text.hasPrefix("repscope ")) {
        block += block.isEmpty ? String(text) : " " + text
        if block.hasSuffix("\\") {
          block.removeLast()
          continue
        }
        commands.whole.append(block)
        block = ""
      } else if !isBlock {
        let spans = text.split(separator: "`", omittingEmptySubsequences: false)
        commands.named += spans.indices.filter { $0 % 2 == 1 && spans[$0].hasPrefix("repscope ") }.map {
          String(spans[$0])
        }
      }
    }
    return commands
  }

  /// The words of a command line after `repscope`, up to a comment, a pipe, or an explanation set off by spaces.
  private static func words(of command: String) -> [String] {
    let line = command.prefix { $0 != "|" && $0 != ">" }
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in line + " " {
      if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
      } else if quote == nil, character == " " {
        if word == "#" { return words }
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    return Array(words.dropFirst()).filter { $0 != "2" }
  }

  private func check(_ document: String, _ name: String) throws {
    let commands = Self.commands(in: document)
    for command in commands.whole {
      var command = command
      // "repscope demo      what it does" in the tool's own help.
      if let gap = command.range(of: "    ") { command = String(command[..<gap.lowerBound]) }
      let words = Self.words(of: command)
      if words.contains("...") || words.contains(where: { $0.contains("$") }) { continue }
      do {
        _ = try RepScopeCommand.parseAsRoot(words)
      } catch {
        let isHelp = RepScopeCommand.exitCode(for: error) == .success
        #expect(isHelp, "\(name): \(command)\n\(RepScopeCommand.message(for: error))")
      }
    }
    let tool = try CommandDescription.tool()
    for command in commands.named {
      let words = Self.words(of: command)
      guard let first = words.first, !first.hasPrefix("-") else { continue }
      let subcommand = tool.subcommands?.first { $0.commandName == first }
      #expect(subcommand != nil, "\(name): \(command)")
      let options = Set((subcommand?.shownArguments ?? []).flatMap { $0.names ?? [] }.map(\.name))
      for word in words where word.hasPrefix("--") {
        #expect(options.contains(String(word.dropFirst(2))), "\(name): \(command)")
      }
    }
  }

  @Test("Every command line in README, CONTRIBUTING, ARCHITECTURE, notebooks and articles is understood")
  func documents() throws {
    let root = URL(filePath: Tool.repository)
    let files =
      try ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map { root.appending(path: $0) }
      + Self.pages(root)
    var count = 0
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      count += Self.commands(in: text).whole.count
      try check(text, file.lastPathComponent)
    }
    #expect(count > 50, "\(count) command lines found; are the documents read?")
  }

  @Test("Every example in a command's help is understood")
  func helps() throws {
    let tool = try CommandDescription.tool()
    for command in [tool] + tool.shownSubcommands {
      let text = command.discussion ?? ""
      #expect(
        !text.contains("EXAMPLE") || !Self.commands(in: text).whole.isEmpty,
        "\(command.commandName): no example found")
      try check(text, command.commandName)
    }
  }

  @Test("Every option that articles and README speak of exists")
  func options() throws {
    let tool = try CommandDescription.tool()
    let known = Set(
      ([tool] + tool.shownSubcommands).flatMap(\.shownArguments).flatMap { $0.names ?? [] }.map(\.name))
    let root = URL(filePath: Tool.repository)
    for file in [root.appending(path: "README.md")] + (try Self.pages(root)) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /`--([a-z][a-z-]*)[^`]*`/) {
        let name = String(match.1)
        #expect(
          known.contains(name) || name == "generate-completion-script", "\(file.lastPathComponent): --\(name)"
        )
      }
    }
  }

  /// Notebooks, and the pages of the modules' documentation.
  private static func pages(_ root: URL) throws -> [URL] {
    let files = FileManager.default
    let sources = try files.contentsOfDirectory(
      at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    let catalogs = sources.map { $0.appending(path: "\($0.lastPathComponent).docc") }
      .filter { files.fileExists(atPath: $0.path) }
    return try ([root.appending(path: "notebooks-md")] + catalogs).flatMap {
      try files.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
    }.filter { $0.pathExtension == "md" }.sorted { $0.path < $1.path }
  }
}
