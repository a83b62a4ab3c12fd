import ArgumentParser
import RepScope

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "A diffusion transformer's hidden states, by layer and time step, into a feature archive.",
    discussion: """
      Reads checkpoints as their authors publish them: official SiT and DiT state dictionaries, REPA training checkpoints, \
      diffusers folders, safetensors copies. Latents are REPA's preprocessed folder (vae-sd), a tensor file [N, C, H, W], \
      or a folder of .npy files.

      Time runs from t = 0 (clean data) to t = 1 (noise) for every model; the network is told what it was trained with. \
      The label is the null label. Noise depends on seed and sample alone. The same command, given again after an \
      interruption, computes what is missing.

      EXAMPLES
        repscope extract --checkpoint SiT-XL-2-256x256.pt --latents vae-sd/ \\
            --timesteps 0.5 --output sit/
        repscope extract --checkpoint 0400000.pt --latents latents.npy \\
            --timesteps 0.1,0.3,0.5 --layers 1-8 --limit 10000 --output repa/
        repscope extract ... --shard 0/4
            on each of four machines that share a disk: 0/4, 1/4, 2/4, 3/4
      """)

  @OptionGroup(title: "Checkpoint") var checkpoint: CheckpointOptions
  @OptionGroup(title: "Latents") var latents: LatentOptions
  @OptionGroup(title: "Hidden states") var states: HiddenStateOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The archive's folder.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Compute only every n-th shard, from the i-th on, counted from 0.", valueName: "i/n"))
  var shard: ExtractionPart?

  @OptionGroup(title: "Machine") var threads: ThreadOptions

  func run() throws {
    let model = try checkpoint.open(threads: threads.value)
    let latents = try latents.open()
    let settings = try settings(model, latents)
    let extractor = try Extractor(model, latents: latents, settings: settings)
    // Calls come one at a time: the extractor promises it.
    nonisolated(unsafe) let bar = ProgressBar(counting: "images")
    defer { bar.finish() }
    let result = try extractor.run(to: output, part: shard ?? .whole, threads: threads.value) {
      bar.show($0.done, of: $0.total, "")
    }
    bar.finish()
    let found = result.found > 0 ? ", \(result.found) were there" : ""
    Console.note("\(output): \(result.computed) shards computed\(found), \(result.missing) missing")
  }

  private func settings(_ model: DiffusionTransformer, _ latents: Latents) throws -> ExtractionSettings {
    let network = model.network
    var settings = ExtractionSettings(
      model: states.name ?? checkpoint.modelName, timesteps: states.timesteps.values,
      taps: try states.layers.taps(of: network))
    settings.conditionTimesteps = states.conditionTimestep?.values
    settings.interpolant = states.interpolant
    settings.timeConvention = states.timeConvention
    settings.condition = states.condition
    settings.pooling = states.pooling
    settings.elementType = states.precision.elementType
    settings.shardSize = states.shardSize
    settings.posterior = self.latents.posterior
    (settings.latentScale, settings.latentBias) = try self.latents.scaleAndBias(checkpoint: checkpoint.path)
    settings.noise = states.noise.map { .file($0) } ?? .seed(states.seed)
    settings.samples = try self.latents.selection(latents)
    return settings
  }
}

extension ExtractionPart: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
