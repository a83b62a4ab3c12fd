import ArgumentParser
import RepScope

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "A study's results as one web page that needs nothing else.",
    discussion: """
      Reads the folder that repscope run wrote. The page holds the figures with the values of their points under the pointer, the \
      best layers and all measurements in tables that can be sorted and filtered, the protocol in words, the settings, and how to \
      repeat it. It works offline, by keyboard and without scripts, and prints.

      EXAMPLE
        repscope report results --output results/report.html
      """)

  @Argument(
    help: ArgumentHelp("The folder that repscope run wrote.", valueName: "results"), completion: .directory)
  var results: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The page; by default report.html in the results' folder.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  func run() throws {
    let path = output ?? "\(results)/report.html"
    let results = ["table.csv", "table.jsonl", "best.csv", "study.yaml", "run.json"].map {
      "\(self.results)/\($0)"
    }
    try OutputFiles([path]).check(against: results)
    try Report(ofStudyAt: self.results, page: path).write(to: path)
    Console.print("Report:  \(path)")
  }
}
