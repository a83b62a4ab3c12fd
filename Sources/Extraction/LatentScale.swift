import Files
import Foundation
import TensorFiles

/// How latents are scaled before a diffusion transformer sees them: x = z * scale + bias.
public enum LatentScale {
  /// Stable Diffusion's, where nothing tells.
  public static let stableDiffusion = 0.18215

  /// What the VAE's `config.json` says (`scaling_factor`, `shift_factor`), else one beside the checkpoint (`latent_scale`,
  /// `latent_bias`), else Stable Diffusion's.
  ///
  /// - Parameters:
  ///   - vae: The VAE's folder; nil where it is not known.
  ///   - checkpoint: The diffusion transformer's file.
  /// - Throws: `FileError` for a file that is missing, `TensorFileError` for bad JSON, ``ExtractionError`` for a VAE without
  ///   a scale.
  public static func found(vae: String?, checkpoint: String) throws -> (scale: Double, bias: Double) {
    if let vae {
      let path = "\(vae)/config.json"
      guard let values = try values(of: path) else {
        throw FileError(operation: .read, path: path, reason: "there is no such file")
      }
      guard let scale = values["scaling_factor"]?.double else {
        throw ExtractionError(.badInput, path: path, "it has no scaling_factor")
      }
      // diffusers has (z - shift) * scale.
      return (scale, -(values["shift_factor"]?.double ?? 0) * scale)
    }
    let values = try values(of: "\(URL(filePath: checkpoint).deletingLastPathComponent().path)/config.json")
    guard let scale = values?["latent_scale"]?.double else { return (stableDiffusion, 0) }
    return (scale, values?["latent_bias"]?.double ?? 0)
  }

  /// Nil where there is no such file.
  private static func values(of path: String) throws -> [String: JSONValue]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try JSONReader.read(path) { try $0.value() }.members ?? [:]
  }
}
