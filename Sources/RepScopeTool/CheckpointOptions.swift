import ArgumentParser
import Foundation
import RepScope

/// Which network.
struct CheckpointOptions: ParsableArguments {
  @Option(
    name: .customLong("checkpoint"),
    help: ArgumentHelp("A .pt or .safetensors file, or a diffusers folder.", valueName: "file"),
    completion: .file())
  var path: String

  @Option(help: "Which weights of a training checkpoint: ema or model.")
  var weights: DiffusionTransformer.Weights = .ema

  @Option(help: ArgumentHelp("Attention heads, where neither width nor config.json tells.", valueName: "n"))
  var heads: Int?

  @Option(
    help: "sit, repa, dit or ditDiffusers, where the tensors fit several: official SiT and DiT look alike.")
  var family: DiffusionTransformer.Configuration.Family?

  @Option(
    help: ArgumentHelp(
      "Layer that REPA's projectors are attached to, where the checkpoint does not tell.", valueName: "n"))
  var encoderDepth: Int?

  func open(threads: Threads) throws -> DiffusionTransformer {
    try DiffusionTransformer(
      path,
      options: DiffusionTransformer.Options(
        weights: weights, heads: heads, family: family, encoderDepth: encoderDepth, threads: threads))
  }

  /// The file's name without its ending, or the folder's.
  var modelName: String {
    let name = URL(filePath: path).lastPathComponent
    return [".pt", ".pth", ".safetensors"].first { name.hasSuffix($0) }.map {
      String(name.dropLast($0.count))
    } ?? name
  }
}

extension DiffusionTransformer.Weights: ExpressibleByArgument {}
extension DiffusionTransformer.Configuration.Family: ExpressibleByArgument {}
