import ArgumentParser
import RepScope

/// Where patch tokens lie, and at which distances patch-structure metrics look.
struct PatchOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Rows and columns of the patches; a square by default.", valueName: "RxC"))
  var grid: PatchGrid?

  @Option(
    help: ArgumentHelp("From which Manhattan distance on lds takes patches as far.", valueName: "patches"))
  var farDistance = 6

  @Option(help: ArgumentHelp("Up to which distance cds follows the decay.", valueName: "patches"))
  var decayDistance = 8

  @Option(
    help: ArgumentHelp("Up to which distance srss takes foreground patches as near.", valueName: "patches"))
  var nearDistance = 1

  @Option(
    help: ArgumentHelp(
      "From which distance on srss takes background patches as far.", valueName: "patches"))
  var backgroundDistance = 6

  @Option(
    help: ArgumentHelp(
      "Masks for srss: an array [samples, tokens], 1 for the foreground and 0 for the background, rows as in the features.",
      valueName: "path[#name]"), completion: .file())
  var masks: String?

  var distances: PatchDistances {
    PatchDistances(
      far: farDistance, decay: decayDistance, near: nearDistance, background: backgroundDistance, grid: grid)
  }

  mutating func validate() throws {
    try AlignmentSettings(patchDistances: distances).problems { "--\($0)" }.check()
  }
}

extension PatchGrid: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}

extension KernelWidth: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }

  public var defaultValueDescription: String { text }
}
