import Foundation
import Testing

/// The built command line tool, run as a user runs it.
struct Tool {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let features = repository + "/fixtures/mnist/features"

  /// Where the tool is built: beside the test bundle.
  static let buildFolder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().path

  static func run(_ arguments: [String], in folder: String = repository) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "\(buildFolder)/repscope")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    // Files, not pipes: a pipe that nobody reads while the tool runs would fill up and stop it.
    let files = FileManager.default.temporaryDirectory.appending(path: "repscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: files) }
    let (output, errors) = (files.appending(path: "output"), files.appending(path: "errors"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

extension Tool {
  /// Runs the tool and kills it after some seconds; its exit status, or that it was killed by a signal.
  static func runKilling(after seconds: Double, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "\(buildFolder)/repscope")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
