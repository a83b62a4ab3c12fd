import Files
import TensorFiles

/// Where saved features are: a file, a folder of files, a tensor in them.
package enum FeaturePath {
  static let endings = ["npy", "npz", "safetensors", "pt", "pth", "bin"]

  /// A file to read and what its name says of its tensors.
  struct File {
    let path: String
    /// The name within the folder, without its ending; nil for a file given by itself.
    let stem: String?

    /// What is known of a tensor's name: the file's, where it is one of a folder, and the tensor's own.
    func name(of tensor: Tensor) -> String? {
      let own = tensor.name == TensorFile.unnamed ? nil : tensor.name
      guard let stem else { return own ?? FeatureKey.named(in: FeaturePath.stem(of: path)) }
      return own.map { "\(stem)/\($0)" } ?? stem
    }
  }

  /// `PATH#NAME` in its two parts. A file whose own name has a # is found as it is.
  package static func split(_ specification: String) -> (path: String, tensor: String?) {
    guard let hash = specification.lastIndex(of: "#"), !FileTree.exists(specification)
    else {
      return (specification, nil)
    }
    return (String(specification[..<hash]), String(specification[specification.index(after: hash)...]))
  }

  /// The file, or the files of a folder and of its folders, in natural order.
  static func files(at path: String) throws -> [File] {
    guard FileTree.exists(path) else { throw FeatureError(.missing, path: path, "no such file or folder") }
    guard FileTree.isFolder(path) else { return [File(path: path, stem: nil)] }
    let inside: [String]
    do throws(FileError) {
      inside = try FileTree.files(in: path, levels: 1, hidden: false)
    } catch {
      throw FeatureError(.missing, path: error.path, "the folder cannot be read: \(error.reason)")
    }
    let files = inside.filter { name in endings.contains { name.lowercased().hasSuffix(".\($0)") } }
    guard !files.isEmpty else {
      throw FeatureError(
        .noFeatures, path: path,
        "no file in this folder ends in \(endings.map { ".\($0)" }.joined(separator: ", "))")
    }
    return files.sorted { naturalComparison($0, $1) < 0 }.map {
      File(path: "\(path)/\($0)", stem: String($0[..<($0.lastIndex(of: ".") ?? $0.endIndex)]))
    }
  }

  /// The last part of a path without its ending.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let ending = endings.first { name.lowercased().hasSuffix(".\($0)") }
    return ending.map { String(name.dropLast($0.count + 1)) } ?? name
  }

  /// The last part of a path without its ending and time step: "sit-xl_t0.5.npz" is "sit-xl".
  static func modelName(of path: String) -> String {
    var stem = stem(of: path)
    if let timestep = FeatureKey.timestep(in: stem) { stem.removeSubrange(timestep.range) }
    let name = stem.trimmingSeparators()
    return name.isEmpty ? stem : name
  }

  /// `NAME.samples.csv` beside a file.
  package static func sampleList(beside path: String) -> String {
    "\(FilePath.folder(of: path))/\(stem(of: path)).samples.csv"
  }

  /// `samples.csv` in a folder, or `NAME.samples.csv` beside a file.
  static func sampleList(of path: String) throws -> SampleList? {
    let list = FileTree.isFolder(path) ? "\(path)/samples.csv" : sampleList(beside: path)
    return FileTree.exists(list) ? try SampleList(csv: list) : nil
  }
}

extension FeatureKey {
  /// A file's name where it says a layer, nil where it is just a name: the only array of `layer08.npy` is layer 8, that
  /// of `dinov2.npy` no layer.
  static func named(in stem: String) -> String? {
    FeatureKey(tensorName: stem).layer?.number == nil ? nil : stem
  }
}
