import Foundation
import TensorFiles

extension Checkpoint {
  /// Tensors that an AutoencoderKL has and no other network here: one of its encoder, one of its decoder.
  private static let autoencoderMarkers = ["encoder.conv_in.weight", "decoder.conv_in.weight"]

  private static let autoencoderFiles = [
    "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.safetensors.index.json",
    "diffusion_pytorch_model.bin", "diffusion_pytorch_model.fp16.safetensors",
    "diffusion_pytorch_model.fp16.bin",
  ]

  /// Opens an AutoencoderKL's weights: a file, its folder, or the folder of a pipeline that has it as `vae`.
  ///
  /// - Parameter settings: The `config.json`, where it does not lie beside the weights.
  /// - Throws: `TensorFileError`, or ``ModelError`` where these are the weights of something else.
  init(autoencoderAt path: String, settings: String?) throws {
    let names = Self.autoencoderFiles + Self.autoencoderFiles.map { "vae/\($0)" }
    guard let weights = try Self.weights(at: path, names) else {
      throw ModelError(
        .missing, path: path,
        "a folder without weights; looked for \(Self.autoencoderFiles.joined(separator: ", ")), here and in vae/"
      )
    }
    let file = try TensorFile.open(weights)
    guard Self.isAutoencoder(file) else {
      let names = file.names
      throw ModelError(
        .unknownArchitecture, path: file.path,
        "no AutoencoderKL of diffusers: looked for \(Self.autoencoderMarkers.joined(separator: " and ")); the file holds "
          + (names.isEmpty ? "no tensors" : shortened(names, to: 8)))
    }
    try self.init(autoencoder: file, settings: settings)
  }

  /// What may be an AutoencoderKL's weights: the file itself, or the first of their names in a folder.
  static func openAutoencoderFile(at path: String) throws -> TensorFile? {
    try weights(at: path, autoencoderFiles).map { try TensorFile.open($0) }
  }

  init(autoencoder file: TensorFile, settings: String?) throws {
    path = file.path
    self.settings =
      try settings.map { try ModelSettings(file: $0) }
      ?? ModelSettings(file: "\(Self.folder(of: file.path))/config.json")
    arguments = nil
    trainingStep = nil
    tensors = Dictionary(file.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  static func isAutoencoder(_ file: TensorFile) -> Bool {
    Set(file.names).isSuperset(of: autoencoderMarkers)
  }

  /// The path itself, or the first of the names that is in the folder.
  private static func weights(at path: String, _ names: [String]) throws -> String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return path
    }
    return names.map { "\(path)/\($0)" }.first(where: FileManager.default.fileExists)
  }
}
