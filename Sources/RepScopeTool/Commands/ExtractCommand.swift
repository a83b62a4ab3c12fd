import ArgumentParser
import RepScope

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract:
      "Hidden states of a diffusion transformer, or features of a vision encoder, into a feature archive.",
    discussion: """
      Reads checkpoints as their authors publish them: SiT, DiT and REPA; DINOv2, DINO, MAE, MoCo v3, CLIP, I-JEPA and more. \
      Which it is, the checkpoint tells.

      A diffusion transformer needs --timesteps, and --images with --vae, or --latents. Time runs from t = 0 (clean data) to \
      t = 1 (noise) for every model; the network is told what it was trained with. The label is the null label. Noise depends \
      on seed and sample alone.

      An encoder needs --images, or --inputs. Pictures are cropped, resized and normalised as REPA does it, which is the \
      cropping that the VAE's pictures get too: with --resolution the crop's side, 256 by default, or the network's input for \
      small networks.

      The same command, given again after an interruption, computes what is missing.

      EXAMPLES
        repscope extract --checkpoint SiT-XL-2-256x256.pt --images val/ \\
            --vae sd-vae-ft-ema/ --timesteps 0.5 --output sit/
        repscope extract --checkpoint dinov2_vitb14_pretrain.pth \\
            --images val/ --output dinov2/
        repscope extract --checkpoint 0400000.pt --latents vae-sd/ \\
            --timesteps 0.1,0.3,0.5 --layers 1-8 --limit 10000 --output repa/
        repscope extract --checkpoint mae_vit_large.pth --layers all \\
            --images list.csv --split val --output mae/
        repscope extract ... --shard 0/4
            on each of four machines that share a disk: 0/4, 1/4, 2/4, 3/4
      """)

  @OptionGroup(title: "Checkpoint") var checkpoint: CheckpointOptions
  @OptionGroup(title: "Pictures") var pictures: PictureOptions
  @Option(
    help: ArgumentHelp(
      "Side in pixels that pictures are cropped to. For a diffusion transformer it is that of its latents.",
      valueName: "n"))
  var resolution: Int?
  @OptionGroup(title: "Samples") var selection: SelectionOptions
  @OptionGroup(title: "Samples") var labelling: LabelOptions
  @OptionGroup(title: "Diffusion transformers") var diffusion: DiffusionOptions
  @OptionGroup(title: "Vision encoders") var encoder: EncoderOptions
  @OptionGroup(title: "Features") var features: FeatureOptions

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The archive's folder.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Compute only every n-th shard, from the i-th on, counted from 0.", valueName: "i/n"))
  var shard: ExtractionPart?

  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws {
    try PictureOptions.check(resolution: resolution)
    if pictures.path != nil,
      let other = [diffusion.latents.map { _ in "--latents" }, encoder.inputs.map { _ in "--inputs" }]
        .compactMap(\.self).first
    {
      throw ValidationError("--images and \(other) exclude each other: both say what the network is fed")
    }
    if pictures.path == nil, let option = pictures.given.first {
      throw ValidationError("\(option) is about pictures; give --images PATH too, or leave it out")
    }
    if pictures.path == nil, resolution != nil {
      throw ValidationError("--resolution is about pictures; give --images PATH too, or leave it out")
    }
  }

  func run() throws {
    let extractor: Extractor
    try OutputFolder(output).check(
      pictures: pictures.path, inputs: [checkpoint.path, diffusion.latents, diffusion.vae, encoder.inputs])
    switch try checkpoint.kind(encoder) {
    case .diffusionTransformer:
      extractor = try diffusionExtractor()
    case .visionTransformer(let configuration):
      extractor = try encoderExtractor(configuration)
    case .autoencoder:
      throw ValidationError(
        "\(checkpoint.path) is a VAE; give it as --vae, and a diffusion transformer or an encoder as --checkpoint"
      )
    }
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
}

extension ExtractionPart: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
