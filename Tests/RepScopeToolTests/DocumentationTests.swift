import Foundation
import RepScope
import Testing

@Suite struct DocumentationTests {
  @Test("Every notebook's cells run and print what is recorded")
  func notebooks() throws {
    try runCells([])
  }

  @Test("The README's Swift compiles and runs")
  func readme() throws {
    try runCells(["--swift-only", "README.md"])
  }

  @Test("The README lists every metric as the registry describes it")
  func metrics() throws {
    let readme = try String(contentsOfFile: "\(Tool.repository)/README.md", encoding: .utf8)
    for metric in MetricDescriptions.all {
      #expect(readme.contains("| `\(metric.name)` | \(metric.summary) |"))
    }
  }

  private func runCells(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "\(Tool.repository)/scripts/run-notebooks")
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: Tool.repository)
    process.environment = ProcessInfo.processInfo.environment.merging(["REPSCOPE_BUILD": Tool.buildFolder]) {
      $1
    }
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "scripts/run-notebooks says above what is wrong")
  }
}
