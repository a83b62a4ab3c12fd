import ArgumentParser
import RepScope

struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Latents back into pictures, for a look.",
    discussion: """
      Latents are REPA's preprocessed folder (the posterior's means are decoded), an array [N, C, H, W], or a folder of .npy \
      files, as a VAE made them; those that a diffusion transformer made are scaled: say --scaled.

      EXAMPLES
        repscope decode --vae sd-vae-ft-ema/ --latents data/ --limit 16 \\
            --output look/
      """)

  @Option(
    help: ArgumentHelp("The VAE's diffusers folder.", valueName: "folder"), completion: .directory)
  var vae: String

  @Option(help: ArgumentHelp("Latents: PATH or PATH#NAME.", valueName: "path"), completion: .file())
  var latents: String

  @Flag(help: "Undo the VAE's scaling factor and shift first.")
  var scaled = false

  @Option(help: ArgumentHelp("Divide by this first.", valueName: "x"))
  var latentScale: Double?

  @Option(help: ArgumentHelp("Subtract this before dividing.", valueName: "x"))
  var latentBias: Double?

  @OptionGroup(title: "Samples") var selection: SelectionOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("An empty folder for the PNG files.", valueName: "folder"),
    completion: .directory)
  var output: String

  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws {
    if scaled, latentScale != nil || latentBias != nil {
      throw ValidationError(
        "--scaled takes scale and shift from the VAE; leave out --latent-scale and --latent-bias")
    }
    try checkLatentScale(latentScale, bias: latentBias)
  }

  func run() throws {
    try OutputFolder(output).check(inputs: [vae, latents])
    let vae = try AutoencoderKL(vae, parts: [.decoder], threads: threads.value)
    let latents = try Latents(latents)
    let own = vae.configuration
    let decoder = try LatentDecoder(
      latents, vae: vae, selection: try selection.value(of: latents.samples),
      scale: latentScale ?? (scaled ? own.scalingFactor : 1),
      bias: latentBias ?? (scaled ? -own.shiftFactor * own.scalingFactor : 0))
    nonisolated(unsafe) let bar = ProgressBar(counting: "pictures")
    defer { bar.finish() }
    let files = try decoder.run(to: output, threads: threads.value) { bar.show($0.done, of: $0.total, "") }
    bar.finish()
    Console.note("\(output): \(files.count) pictures, from \(files[0]) on")
  }
}
