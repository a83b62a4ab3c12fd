import Foundation
import TensorFiles

/// One set of weights of a file, and what the file and its folder tell about them.
///
/// Opening reads the file's directory only. Of a training checkpoint only the chosen weights are looked at; the
/// optimiser's state stays on disk.
struct Checkpoint {
  /// The file.
  let path: String
  /// The chosen weights by their names within the state dictionary.
  let tensors: [String: Tensor]
  let settings: ModelSettings
  /// What the training program was called with, where the checkpoint has kept it.
  let arguments: TorchValue?
  let trainingStep: Int?

  /// The names diffusers gives to a pipeline's weights, in its folder and in the folder of a whole pipeline; then those
  /// the transformers library gives.
  private static let folderNames =
    ["", "transformer/"].flatMap { folder in
      [
        "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.safetensors.index.json",
        "diffusion_pytorch_model.bin",
      ].map { folder + $0 }
    } + ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"]

  /// Opens a file, or the weights in a diffusers folder.
  ///
  /// - Throws: `TensorFileError`, or ``ModelError`` where there is no network or not the weights asked for.
  init(_ path: String, weights: DiffusionTransformer.Weights) throws {
    try self.init(try Self.openFile(at: path), weights: weights)
  }

  /// The chosen weights of a diffusion transformer's file.
  init(_ file: TensorFile, weights: DiffusionTransformer.Weights) throws {
    try self.init(file, Self.withoutLegacyNames(try Self.stateDictionary(of: file, weights: weights)))
  }

  /// Takes the given tensors of a file, under the given names.
  init(_ file: TensorFile, _ tensors: [String: Tensor]) throws {
    path = file.path
    settings = try ModelSettings(folder: Self.folder(of: file.path), file: Self.name(of: file.path))
    arguments = file.root?["args"]
    trainingStep =
      file.root?["steps"]?.int ?? file.metadata["steps"].flatMap { Int($0) } ?? Self.step(inNameOf: file.path)
    self.tensors = tensors
  }

  subscript(name: String) -> Tensor? { tensors[name] }

  /// A tensor's shape, which must have as many dimensions as are named.
  ///
  /// - Parameter network: What the file is said to look like where there is no such tensor.
  func shape(_ name: String, _ dimensions: [String], of network: String) throws -> [Int] {
    guard let tensor = tensors[name] else {
      throw ModelError(
        .unknownArchitecture, path: path,
        "looks like \(network), but has no \(name); it holds \(shortened(tensors.keys.sorted(), to: 8))")
    }
    guard tensor.shape.count == dimensions.count, !tensor.shape.contains(0) else {
      throw ModelError(
        .wrongTensors, path: path,
        "\(name) is \(tensor.shape); expected [\(dimensions.joined(separator: ", "))]")
    }
    // Sizes are multiplied before they are checked one by one: none may be beyond all measure.
    guard tensor.shape.allSatisfy({ $0 <= 1 << 24 }) else {
      throw ModelError(
        .unsupported, path: path,
        "\(name) is \(tensor.shape); expected no dimension beyond \(1 << 24)")
    }
    return tensor.shape
  }

  /// How many numbers N there are with a tensor `prefix.N.suffix`.
  func count(_ prefix: String, _ suffix: String) -> Int {
    Self.count(tensors.keys, prefix, suffix)
  }

  /// Opens a file, or the weights in a folder.
  static func openFile(at path: String) throws -> TensorFile {
    try TensorFile.open(try weightsFile(at: path))
  }

  static func weightsFile(at path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return path
    }
    let candidates = folderNames.map { "\(path)/\($0)" }
    guard let file = candidates.first(where: FileManager.default.fileExists) else {
      throw ModelError(
        .missing, path: path,
        "a folder without weights; looked for \(folderNames.joined(separator: ", ")). Name the checkpoint itself"
      )
    }
    return file
  }

  static func folder(of path: String) -> String {
    // Not NSString's: it traps on Linux where the path is a single character.
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func name(of path: String) -> Substring {
    path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
  }

  /// Training programs name a checkpoint by seven digits: `0050000.pt`.
  private static func step(inNameOf path: String) -> Int? {
    let name = name(of: path)
    let stem = name[..<(name.lastIndex(of: ".") ?? name.endIndex)]
    return stem.utf8.count == 7 ? Int(stem) : nil
  }
}

extension Checkpoint {
  /// The tensors that every network here has one of: where their names begin, a state dictionary begins.
  static let markers = ["x_embedder.proj.weight", "pos_embed.proj.weight"]

  /// Words that say nothing about which weights these are.
  private static let wrappers: Set<Substring> = ["module", "_orig_mod", "state_dict"]

  private static func stateDictionary(
    of file: TensorFile, weights: DiffusionTransformer.Weights
  ) throws -> [String: Tensor] {
    let names = file.names
    let prefixes = Set(
      names.compactMap { name in markers.first { isEnd($0, of: name) }.map { String(name.dropLast($0.count)) }
      })
    let roles = Dictionary(
      prefixes.map { prefix in
        (prefix.split(separator: ".").filter { !wrappers.contains($0) }.joined(separator: "."), prefix)
      }, uniquingKeysWith: min)
    guard !roles.isEmpty else {
      throw ModelError(
        .unknownArchitecture, path: file.path,
        "no diffusion transformer: looked for \(markers[0]) (SiT, DiT, REPA) and \(markers[1]) (diffusers), by itself or "
          + "below ema or model; the file holds "
          + (names.isEmpty ? "no tensors" : shortened(names, to: 8)))
    }
    // A plain state dictionary does not say which weights it holds: it passes for what is usually published.
    let wanted = weights == .ema ? ["ema", ""] : ["model"]
    guard let prefix = wanted.lazy.compactMap({ roles[$0] }).first else {
      let found = roles.keys.sorted().map { $0.isEmpty ? "weights without a name of their own" : $0 }
      throw ModelError(
        .undetermined, path: file.path,
        "there are no \(weights.rawValue) weights; found \(found.joined(separator: ", ")). Choose those")
    }
    return Dictionary(
      file.tensors.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Whether a tensor's name is `marker`, or ends with it after a dot.
  static func isEnd(_ marker: String, of name: String) -> Bool {
    name.hasSuffix(marker)
      && (name.utf8.count == marker.utf8.count || name.dropLast(marker.count).last == ".")
  }

  /// Older REPA checkpoints number the blocks after the projectors' anew, as `decoder_blocks.N`.
  private static func withoutLegacyNames(_ tensors: [String: Tensor]) -> [String: Tensor] {
    let marker = "decoder_blocks."
    guard tensors.keys.contains(where: { $0.hasPrefix(marker) }) else { return tensors }
    let depth = count(tensors.keys, "blocks", "attn.qkv.weight")
    return Dictionary(
      tensors.map { name, tensor in
        guard name.hasPrefix(marker) else { return (name, tensor) }
        let parts = name.dropFirst(marker.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[0]), 0..<(1 << 20) ~= number else {
          return (name, tensor)
        }
        return ("blocks.\(number + depth).\(parts[1])", tensor)
      }, uniquingKeysWith: { first, _ in first })
  }

  private static func count(_ names: some Collection<String>, _ prefix: String, _ suffix: String) -> Int {
    let numbers = names.compactMap { name -> Int? in
      guard name.hasPrefix(prefix + "."), name.hasSuffix("." + suffix) else { return nil }
      return Int(name.dropFirst(prefix.count + 1).dropLast(suffix.count + 1))
    }
    return Set(numbers).count
  }
}
