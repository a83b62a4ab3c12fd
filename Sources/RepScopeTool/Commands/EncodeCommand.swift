import ArgumentParser
import RepScope

struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Pictures into the latents of a VAE, in REPA's preprocessed layout.",
    discussion: """
      Writes what REPA's dataset tool writes and its training code reads: images/NNNNN/imgXXXXXXXX.png, cropped as ADM \
      crops, vae-sd/NNNNN/img-mean-std-XXXXXXXX.npy, the posterior's mean and standard deviation, and a dataset.json with \
      the labels in both. samples.csv tells which pictures they are; features of either carry these pictures' names. Pictures are numbered in their order. The same \
      command, given again after an interruption, goes on where it stopped.

      EXAMPLES
        repscope encode --vae sd-vae-ft-ema/ --images val/ --output data/
        repscope extract --checkpoint SiT-XL-2-256x256.pt --latents data/ \\
            --timesteps 0.5 --output sit/
      """)

  @Option(
    help: ArgumentHelp("The VAE's diffusers folder.", valueName: "folder"), completion: .directory)
  var vae: String

  @OptionGroup(title: "Pictures") var pictures: PictureOptions

  @Option(
    help: ArgumentHelp(
      "Side in pixels that pictures are cropped to; 256 by default, or the VAE's own sample size where that is smaller.",
      valueName: "n"))
  var resolution: Int?

  @OptionGroup(title: "Samples") var selection: SelectionOptions
  @OptionGroup(title: "Samples") var labelling: LabelOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder that images/ and vae-sd/ are made in.", valueName: "folder"),
    completion: .directory)
  var output: String

  @OptionGroup(title: "Machine") var threads: ThreadOptions

  mutating func validate() throws { try PictureOptions.check(resolution: resolution) }

  func run() throws {
    try OutputFolder(output).check(pictures: pictures.path, inputs: [vae])
    for made in ["images", "vae-sd"] {
      try OutputFolder("\(output)/\(made)").check(pictures: pictures.path, inputs: [])
    }
    let pictures = try pictures.open(selection, labels: labelling.labels, threads: threads.value)
    let vae = try AutoencoderKL(vae, parts: [.encoder], threads: threads.value)
    let writer = try PreprocessedWriter(
      pictures, vae: vae, resolution: resolution, selection: try selection.value(of: pictures.samples))
    // Calls come one at a time: the writer promises it.
    nonisolated(unsafe) let bar = ProgressBar(counting: "pictures")
    defer { bar.finish() }
    let count = try writer.run(to: output, threads: threads.value) { bar.show($0.done, of: $0.total, "") }
    bar.finish()
    if !writer.hasLabels {
      Console.warning(
        "some pictures have no label, so dataset.json has none; REPA's own training needs them (--labels FILE)"
      )
    }
    Console.note(
      "\(output): \(count) pictures of \(writer.resolution) x \(writer.resolution) encoded, \(writer.count - count) were there"
    )
  }
}
