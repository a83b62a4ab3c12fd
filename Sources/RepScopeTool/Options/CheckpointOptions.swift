import ArgumentParser
import Foundation
import RepScope

/// Which network.
struct CheckpointOptions: ParsableArguments {
  @Option(
    name: .customLong("checkpoint"),
    help: ArgumentHelp(
      "A .pt, .pth, .bin or .safetensors file, or a folder of diffusers or Hugging Face.", valueName: "file"),
    completion: .file())
  var path: String

  @Option(
    help: ArgumentHelp(
      "Which network it is, where the tensors fit several: official SiT and DiT look alike, and so do plain DINO, MAE and MoCo v3.",
      valueName: "name"))
  var family: NetworkFamily?

  @Option(help: ArgumentHelp("Attention heads, where neither width nor config.json tells.", valueName: "n"))
  var heads: Int?

  @Option(
    help: ArgumentHelp(
      "Which of several networks in an encoder's checkpoint, such as target_encoder or momentum_encoder.",
      valueName: "name"))
  var network: String?

  @Option(help: "Which weights of a diffusion transformer's training checkpoint: ema (the default) or model.")
  var weights: DiffusionTransformer.Weights?

  @Option(
    help: ArgumentHelp(
      "Layer that REPA's projectors are attached to, where the checkpoint does not tell.", valueName: "n"))
  var encoderDepth: Int?

  private func diffusionOptions(threads: Threads) -> DiffusionTransformer.Options {
    DiffusionTransformer.Options(
      weights: weights ?? .ema, heads: heads, family: family?.diffusion, encoderDepth: encoderDepth,
      threads: threads)
  }

  private func encoderOptions(
    _ options: EncoderOptions, inputSize: VisionTransformer.InputSize? = nil, threads: Threads = .all
  ) -> VisionTransformer.Options {
    VisionTransformer.Options(
      family: family?.encoder, featureProtocol: options.featureProtocol ?? .repa, inputSize: inputSize,
      heads: heads, network: network, threads: threads)
  }

  /// What the checkpoint holds.
  ///
  /// - Throws: `ModelError`, or the errors of files that cannot be read.
  func kind(_ encoder: EncoderOptions) throws -> ModelKind {
    try ModelKind(path, options: diffusionOptions(threads: .all), encoder: encoderOptions(encoder))
  }

  func openDiffusionTransformer(threads: Threads) throws -> DiffusionTransformer {
    try DiffusionTransformer(path, options: diffusionOptions(threads: threads))
  }

  func openEncoder(
    _ options: EncoderOptions, inputSize: VisionTransformer.InputSize?, threads: Threads
  ) throws -> VisionTransformer {
    try VisionTransformer(path, options: encoderOptions(options, inputSize: inputSize, threads: threads))
  }

  /// The file's name without its ending, or the folder's.
  var modelName: String {
    let name = URL(filePath: path).lastPathComponent
    return [".pth.tar", ".pt", ".pth", ".bin", ".safetensors"].first { name.hasSuffix($0) }.map {
      String(name.dropLast($0.count))
    } ?? name
  }
}

/// The families of both kinds of network.
struct NetworkFamily: ExpressibleByArgument {
  let name: String
  let diffusion: DiffusionTransformer.Configuration.Family?
  let encoder: VisionTransformer.Configuration.Family?

  init?(argument: String) {
    name = argument
    diffusion = .init(rawValue: argument)
    encoder = .init(rawValue: argument)
    if diffusion == nil, encoder == nil { return nil }
  }

  static let allValueStrings =
    DiffusionTransformer.Configuration.Family.allCases.map(\.rawValue)
    + VisionTransformer.Configuration.Family.allCases.map(\.rawValue)

  static let defaultCompletionKind = CompletionKind.list(allValueStrings)
}

extension DiffusionTransformer.Weights: ExpressibleByArgument {}
