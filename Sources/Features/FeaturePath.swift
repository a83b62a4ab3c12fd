import Files
import Foundation
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
    guard let hash = specification.lastIndex(of: "#"), !FileManager.default.fileExists(atPath: specification)
    else {
      return (specification, nil)
    }
    return (String(specification[..<hash]), String(specification[specification.index(after: hash)...]))
  }

  /// The file, or the files of a folder and of its folders, in natural order.
  static func files(at path: String) throws -> [File] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FeatureError(.missing, path: path, "no such file or folder")
    }
    guard isFolder.boolValue else { return [File(path: path, stem: nil)] }
    let inside = try names(in: path).flatMap { name -> [String] in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      return isFolder.boolValue ? try names(in: "\(path)/\(name)").map { "\(name)/\($0)" } : [name]
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

  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  private static func names(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
    } catch {
      throw FeatureError(.missing, path: folder, "the folder cannot be read: \(error.localizedDescription)")
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

  /// The folder that a file is in, as far as its path says; "." for a name alone.
  // Not NSString's: it traps on Linux where the path is a single character.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `NAME.samples.csv` beside a file.
  package static func sampleList(beside path: String) -> String {
    "\(folder(of: path))/\(stem(of: path)).samples.csv"
  }

  /// `samples.csv` in a folder, or `NAME.samples.csv` beside a file.
  static func sampleList(of path: String) throws -> SampleList? {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let list = isFolder.boolValue ? "\(path)/samples.csv" : sampleList(beside: path)
    return FileManager.default.fileExists(atPath: list) ? try SampleList(csv: list) : nil
  }
}

extension FeatureKey {
  /// A file's name where it says a layer, nil where it is just a name: the only array of `layer08.npy` is layer 8, that
  /// of `dinov2.npy` no layer.
  static func named(in stem: String) -> String? {
    FeatureKey(tensorName: stem).layer?.number == nil ? nil : stem
  }
}
