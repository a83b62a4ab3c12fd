import ArgumentParser
import Foundation
import RepScope

/// Which latents, and how they become the network's input.
struct LatentOptions: ParsableArguments {
  @Option(
    name: .customLong("latents"), help: ArgumentHelp("Latents: PATH or PATH#NAME.", valueName: "path"),
    completion: .file())
  var path: String

  @Option(
    help: ArgumentHelp("Labels in place of those found with the latents: CSV or .npy.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "Scale of the latents; by default that of --vae, of a config.json beside the checkpoint, or 0.18215.",
      valueName: "x"))
  var latentScale: Double?

  @Option(help: ArgumentHelp("Added after scaling.", valueName: "x"))
  var latentBias: Double?

  @Option(
    help: ArgumentHelp("The VAE's folder, whose config.json has the scale.", valueName: "folder"),
    completion: .directory)
  var vae: String?

  @Option(help: "Of a posterior its mean, or a sample drawn from it.")
  var posterior: ExtractionSettings.Posterior = .mean

  @Option(help: ArgumentHelp("Take the first n samples.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Take the samples that this file lists: numbers and ranges, or names.", valueName: "file"),
    completion: .file())
  var subset: String?

  mutating func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is \(limit); it must be at least 1") }
    if limit != nil, subset != nil { throw ValidationError("--limit and --subset exclude each other") }
  }

  func open() throws -> Latents { try Latents(path, labels: labels) }

  func selection(_ latents: Latents) throws -> SampleSelection {
    if let limit { return .first(limit) }
    if let subset { return .indices(try latents.samples.indices(listedIn: subset)) }
    return .all
  }

  /// What is said, else what the VAE's or the checkpoint's config.json says, else Stable Diffusion's.
  func scaleAndBias(checkpoint: String) throws -> (Double, Double) {
    let found: (scale: Double, bias: Double)?
    if let vae {
      let file = "\(vae)/config.json"
      guard let config = try ConfigurationFile(file) else {
        throw FileError(operation: .read, path: file, reason: "there is no such file")
      }
      guard let scale = config.number("scaling_factor") else {
        throw ValidationError("\(file) has no scaling_factor; give --latent-scale")
      }
      // diffusers has (z - shift) * scale.
      found = (scale, -(config.number("shift_factor") ?? 0) * scale)
    } else {
      let folder = URL(filePath: checkpoint).deletingLastPathComponent().path
      let config = try ConfigurationFile("\(folder)/config.json")
      found = config?.number("latent_scale").map { ($0, config?.number("latent_bias") ?? 0) }
    }
    return (latentScale ?? found?.scale ?? 0.18215, latentBias ?? found?.bias ?? 0)
  }
}

/// A JSON file of settings.
private struct ConfigurationFile {
  private let values: [String: Any]

  /// Nil where there is no such file.
  init?(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
      values = json as? [String: Any] ?? [:]
    } catch {
      throw FileError(operation: .read, path: path, reason: "it is no JSON: \(error.localizedDescription)")
    }
  }

  func number(_ key: String) -> Double? { values[key] as? Double }
}

extension ExtractionSettings.Posterior: ExpressibleByArgument {}
