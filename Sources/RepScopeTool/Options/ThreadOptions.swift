import ArgumentParser
import RepScope

/// How many threads to use.
struct ThreadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads to use, at most four per processor; results do not depend on it. By default one per processor.",
      valueName: "n"))
  var threads: Int?

  var value: Threads { threads.map(Threads.init) ?? .all }

  mutating func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be at least 1") }
  }
}
