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
  /// A VAE without a scale has diffusers' default, Stable Diffusion's, as `AutoencoderKL` has it: the published sd-vae-ft
  /// configurations do not name it.
  ///
  /// A VAE's shift is diffusers', (z - shift) * scale, and so its bias follows the scale; a `latent_bias` is one by itself.
  ///
  /// - Parameters:
  ///   - vae: The VAE's folder, a weight file in it, or a pipeline's folder; nil where it is not known.
  ///   - checkpoint: The diffusion transformer's file.
  ///   - scale: In place of what is found.
  ///   - bias: In place of what is found.
  /// - Throws: `FileError` for a file that is missing, `TensorFileError` for bad JSON, ``ExtractionError`` for a scale that is no
  ///   number.
  public static func found(vae: String?, checkpoint: String, scale: Double? = nil, bias: Double? = nil) throws
    -> (scale: Double, bias: Double)
  {
    if let scale, let bias { return (scale, bias) }
    if let vae {
      let path = configuration(of: vae)
      guard let values = try values(of: path) else {
        throw FileError(operation: .read, path: path, reason: "there is no such file")
      }
      let scale = try scale ?? number("scaling_factor", values, path) ?? stableDiffusion
      return (scale, try bias ?? Self.bias(shift: number("shift_factor", values, path) ?? 0, scale: scale))
    }
    let path = "\(URL(filePath: checkpoint).deletingLastPathComponent().path)/config.json"
    let values = try values(of: path) ?? [:]
    let (found, foundBias) = (
      try number("latent_scale", values, path), try number("latent_bias", values, path)
    )
    // Without its scale a bias says nothing.
    return (scale ?? found ?? stableDiffusion, bias ?? (found == nil ? nil : foundBias) ?? 0)
  }

  /// - Throws: ``ExtractionError`` for a setting that is no number.
  private static func number(_ key: String, _ values: [String: JSONValue], _ path: String) throws -> Double? {
    switch values[key] {
    case nil, .null?: return nil
    case let told?:
      guard let number = told.double else {
        throw ExtractionError(.badInput, path: path, "its \(key) is no number")
      }
      return number
    }
  }

  /// The bias of diffusers' (z - shift) * scale.
  public static func bias(shift: Double, scale: Double) -> Double { -shift * scale }

  /// The settings of a VAE, beside its weights or in a pipeline's folder.
  private static func configuration(of vae: String) -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: vae, isDirectory: &isFolder)
    let folder = exists && !isFolder.boolValue ? FilePath.folder(of: vae) : vae
    return ["\(folder)/config.json", "\(folder)/vae/config.json"].first(where: FileManager.default.fileExists)
      ?? "\(folder)/config.json"
  }

  /// Nil where there is no such file.
  private static func values(of path: String) throws -> [String: JSONValue]? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try JSONReader.read(path) { try $0.value() }.members ?? [:]
  }
}
