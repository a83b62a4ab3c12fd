import ArgumentParser
import RepScope

/// The command line: it parses, calls the library and prints; nothing else happens here.
@main
struct RepScopeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repscope",
    abstract: "How close are a diffusion transformer's hidden states to a vision encoder's features?",
    discussion: """
      Measures alignment layer by layer and time step by time step, as the REPA paper does (arXiv 2410.06940), \
      and draws the curves.

        repscope demo            the whole way on shipped checkpoints
        repscope extract --checkpoint sit.pt --images val/ --vae sd-vae/ \\
            --timesteps 0.5 --output sit/
        repscope extract --checkpoint dinov2.pth --images val/ --output dinov2/
        repscope align --features sit/ --reference dinov2/ --plot curve.png
        repscope probe --features sit/ --labels labels.csv --plot accuracy.png
        repscope run --preset repa-figure-2 --output figure-2
        repscope align --help    metrics, inputs, examples
      """,
    version: repscopeVersion,
    subcommands: [
      ExtractCommand.self, EncodeCommand.self, DecodeCommand.self,
      AlignCommand.self, FidelityCommand.self, ProbeCommand.self,
      PlotCommand.self, RunCommand.self, ReportCommand.self,
      InspectCommand.self, DemoCommand.self, DoctorCommand.self, ManualCommand.self,
    ])

  /// The command that was given, as far as it is known: what to ask for help.
  static var invoked: String {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    let name = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("-") }
    return (["repscope"] + names.filter { $0 == name }).joined(separator: " ")
  }

  static func main() {
    Console.reserveStreams()
    var parsed: (any ParsableCommand)?
    BLASKernel.reportWarnings { Console.warning($0) }
    do {
      var command = try parseAsRoot()
      parsed = command
      try command.run()
    } catch {
      Failure.exit(error, in: parsed)
    }
  }
}
