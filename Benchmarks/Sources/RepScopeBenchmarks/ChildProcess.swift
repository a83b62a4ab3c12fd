import Foundation

/// Starts the processes in which things are measured, one at a time.
enum ChildProcess {
  /// Runs this program's `measure` subcommand.
  static func measure(_ arguments: [String]) throws -> Measured {
    guard let program = Bundle.main.executablePath else {
      throw BenchmarkError("this program cannot find itself")
    }
    return try run(program, ["measure"] + arguments)
  }

  /// Runs a Python script of `Benchmarks/peers` in the environment that `setup.sh` makes.
  static func peer(_ script: String, _ arguments: [String]) throws -> Measured {
    try run(python.path, ["-B", peers.appendingPathComponent(script).path] + arguments)
  }

  static var hasPeers: Bool { FileManager.default.isExecutableFile(atPath: python.path) }

  private static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let python = package.appendingPathComponent(".venv/bin/python")
  private static let peers = package.appendingPathComponent("peers")

  private static func run(_ program: String, _ arguments: [String]) throws -> Measured {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw BenchmarkError("\(program) \(arguments.joined(separator: " ")) failed")
    }
    return try JSONDecoder().decode(Measured.self, from: bytes)
  }
}

/// A folder for the features, removed at the end.
struct TemporaryFolder: ~Copyable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "repscope-benchmarks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }
}
