import ArgumentParser
import Foundation
import RepScope

/// Writes the manual pages; for `make install` and packagers, so helps do not list it.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Manual pages of all commands, made from their helps.",
    shouldDisplay: false)

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder that the pages go to.", valueName: "folder"),
    completion: .directory)
  var output: String

  func run() throws {
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw FileError(operation: .write, path: output, reason: error.localizedDescription)
    }
    for page in try ManualPage.all() {
      try AtomicFile.write(Array(page.text.utf8), to: "\(output)/\(page.name).1")
    }
  }
}
