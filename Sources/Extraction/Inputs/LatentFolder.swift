import Features
import Files
import Images
import TensorFiles

/// Latents in a folder of .npy files, with or without REPA's `dataset.json`.
enum LatentFolder {
  static func open(_ path: String) throws -> Latents {
    let inner = "\(path)/vae-sd"
    let folder = FileTree.isFolder(inner) ? inner : path
    let files = try arrays(in: folder)
    guard let first = files.first else {
      throw ExtractionError(
        .missing, path: folder, "there are no latents: no .npy file here or in the folders below")
    }
    let isPosterior = first.contains("mean-std")
    let shape = try shape(
      of: array("\(folder)/\(first)"), path: "\(folder)/\(first)", isPosterior: isPosterior)
    let list = "\(folder)/dataset.json"
    let known = try FileTree.exists(list) ? DatasetLabels.read(list) : nil
    let labels = try DatasetLabels.of(files, known, path: list)
    let names =
      try EncodedNames.originals(of: files, in: folder) ?? files.map { imageName(ofLatent: $0) ?? $0 }
    return Latents(
      path: folder, shape: shape, names: names, labels: labels,
      source: .files(files, folder: folder, isPosterior: isPosterior))
  }

  /// The single array of an .npy file.
  static func array(_ path: String) throws -> Tensor {
    let file = try TensorFile.open(path)
    guard let tensor = file.tensors.first, file.tensors.count == 1, tensor.elementType.isFloatingPoint else {
      throw ExtractionError(.badInput, path: path, "it holds no single array of floating-point numbers")
    }
    return tensor
  }

  /// The latent's shape by the array's, [C, H, W], [1, C, H, W], or [2C, H, W] with mean and standard deviation.
  static func shape(of tensor: Tensor, path: String, isPosterior: Bool) throws -> InputShape {
    let lengths =
      tensor.shape.count == 4 && tensor.shape[0] == 1 ? Array(tensor.shape.dropFirst()) : tensor.shape
    guard var shape = InputShape(lengths) else {
      throw ExtractionError(.badInput, path: path, "its shape is \(tensor.shape), expected [C, H, W]")
    }
    guard isPosterior else { return shape }
    guard shape.channels.isMultiple(of: 2) else {
      throw ExtractionError(
        .badInput, path: path,
        "its shape is \(tensor.shape), expected [2C, H, W], mean and standard deviation")
    }
    shape.channels /= 2
    return shape
  }

  /// "00000/img00000003.png" for "00000/img-mean-std-00000003.npy"; nil for a file of another name.
  private static func imageName(ofLatent file: String) -> String? {
    guard let match = file.wholeMatch(of: /((?:.*\/)?)img-mean-std-([0-9]+)\.npy/) else { return nil }
    return "\(match.output.1)img\(match.output.2).png"
  }

  /// The paths of all .npy files in a folder and its folders, in natural order.
  private static func arrays(in folder: String) throws -> [String] {
    do throws(FileError) {
      return try FileTree.files(in: folder, hidden: false).filter { $0.lowercased().hasSuffix(".npy") }
        .sorted { naturalComparison($0, $1) < 0 }
    } catch {
      throw ExtractionError(.missing, path: error.path, "the folder cannot be read: \(error.reason)")
    }
  }
}
