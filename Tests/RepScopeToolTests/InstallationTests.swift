import Foundation
import RepScope
import TestSupport
import Testing

@testable import RepScopeTool

@Suite struct InstallationTests {
  @Test("An installed tool works from any folder, and what was installed can be removed")
  func installation() throws {
    try withTemporaryFolder { try check(installedIn: $0 + "/prefix", elsewhere: $0 + "/elsewhere") }
  }

  private func check(installedIn prefix: String, elsewhere: String) throws {
    try install(["\(Tool.buildFolder)/repscope", prefix])
    let files = FileManager.default
    for file in [
      "bin/repscope", "share/man/man1/repscope.1", "share/man/man1/repscope-align.1",
      "share/bash-completion/completions/repscope", "share/zsh/site-functions/_repscope",
      "share/fish/vendor_completions.d/repscope.fish", "share/doc/repscope/LICENSE",
    ] {
      let size = try files.attributesOfItem(atPath: "\(prefix)/\(file)")[.size] as? Int
      #expect((size ?? 0) > 0, "\(file)")
    }
    try files.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
    let plan = try run(
      "\(prefix)/bin/repscope", ["run", "--preset", "repa-encoders", "--output", "out", "--plan"], elsewhere)
    #expect(plan.contains("steps to do"))

    try install(["--remove", prefix])
    let left = files.enumerator(atPath: prefix)?.compactMap { $0 as? String }.filter {
      var isFolder: ObjCBool = false
      return files.fileExists(atPath: "\(prefix)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
    }
    #expect(left == [])
  }

  @Test("Without the repository's folder and without an installation, presets and demo say what to do")
  func missing() throws {
    try withTemporaryFolder { folder in
      for arguments in [["run", "--preset", "repa-encoders", "--output", "out"], ["demo"]] {
        let result = try Tool.run(arguments, in: folder)
        #expect(result.status == 66)
        #expect(result.errors.contains("make install"))
      }
    }
  }

  @Test("Manual pages have all commands and options, and no line that is taken for a request")
  func manuals() throws {
    let pages = try ManualPage.all()
    #expect(
      pages.count == RepScopeCommand.configuration.subcommands.count,
      "the tool's page, and all but the hidden command")
    let macros = Set(
      "Dd Dt Os Sh Ss Nm Nd Cm Op Ar Fl Pp Bd Ed Bl El It Xr".split(separator: " ").map(String.init))
    for page in pages {
      for line in page.text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(macros.contains(String(line.dropFirst().prefix(2))), "\(page.name): \(line)")
      }
      for name in page.command.shownArguments.flatMap({ $0.names ?? [] }) where name.kind == "long" {
        let escaped = name.name.replacing("-", with: "\\-")
        #expect(page.text.contains("Fl Fl \(escaped)"), "\(page.name): \(name.name)")
      }
      let isPlain = page.text.allSatisfy { $0.isASCII }
      #expect(isPlain, "\(page.name)")
    }
  }

  @Test("Version and day are the same in tool, change log, citation and manuals")
  func version() throws {
    #expect(repscopeVersion.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    let output = try Tool.run(["--version"]).output
    #expect(output == "\(repscopeVersion)\n")
    let changes = try String(contentsOfFile: "\(Tool.repository)/CHANGELOG.md", encoding: .utf8)
    let latest = try #require(changes.firstMatch(of: /## \[(\d+\.\d+\.\d+)\] - (\d+)-(\d+)-(\d+)/))
    #expect(latest.1 == repscopeVersion)
    let citation = try String(contentsOfFile: "\(Tool.repository)/CITATION.cff", encoding: .utf8)
    #expect(citation.contains("\nversion: \(repscopeVersion)\n"))
    #expect(citation.contains("\ndate-released: \(latest.2)-\(latest.3)-\(latest.4)\n"))
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
      "November",
      "December",
    ]
    let (month, day) = (try #require(Int(latest.3)), try #require(Int(latest.4)))
    #expect(ManualPage.date == "\(months[month - 1]) \(day), \(latest.2)")
  }

  private func install(_ arguments: [String]) throws {
    _ = try run("\(Tool.repository)/scripts/install", arguments, Tool.repository)
  }

  /// Runs a program that has to succeed; what it prints.
  private func run(_ program: String, _ arguments: [String], _ folder: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "DESTDIR" }
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) \(arguments)")
    return text
  }
}
