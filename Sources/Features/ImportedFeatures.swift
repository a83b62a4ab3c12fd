import LinearAlgebra
import TensorFiles

/// Features that another program saved: one file, or a folder of them.
///
/// A matrix [N, D] is one representation; [N, L, D], as the Platonic Representation code saves `feats`, is one for each
/// of its L layers, or, where the options say so, one representation that keeps its tokens. Names give layer and time step
/// (see ``FeatureKey``); a time step may also stand in the file's name.
/// Tensors that are no floating-point matrices, such as labels, are passed over.
public struct ImportedFeatures: FeatureSource {
  public let name: String
  public let path: String
  public let step: Int?
  public let keys: [FeatureKey]
  public let sampleCount: Int
  public let samples: SampleList?
  /// Whether some of the representations are layers of an array [N, L, D], numbered from ``Options/firstLayer``.
  public let hasArraysOfLayers: Bool
  private let tensors: [FeatureKey: Tensor]

  /// What is read, and how it is to be called.
  public struct Options: Sendable {
    /// What tables call the model; by default the file's name without its time step and ending.
    public var name: String?
    /// The checkpoint's training step.
    public var step: Int?
    /// The time step of features whose names tell none.
    public var timestep: Double?
    /// The number of the first layer of an array [N, L, D].
    public var firstLayer: Int
    /// What the second of three dimensions is.
    public var arrays: Arrays

    public init(
      name: String? = nil, step: Int? = nil, timestep: Double? = nil, firstLayer: Int = 1,
      arrays: Arrays = .layers
    ) {
      self.name = name
      self.step = step
      self.timestep = timestep
      self.firstLayer = firstLayer
      self.arrays = arrays
    }
  }

  /// What an array of three dimensions holds; nothing in a file tells.
  public enum Arrays: String, Sendable, CaseIterable {
    /// [N, L, D]: the layers of a model, a representation each.
    case layers
    /// [N, T, D]: one representation that keeps T tokens a sample.
    case tokens
  }

  /// Opens `PATH` or `PATH#NAME`, which picks one tensor.
  ///
  /// - Throws: ``FeatureError``, or the `TensorFileError` of a file that cannot be read.
  public init(_ specification: String, options: Options = Options()) throws {
    let (path, tensorName) = FeaturePath.split(specification)
    guard !path.isEmpty, tensorName != "" else {
      throw FeatureError(
        .missing, path: specification,
        path.isEmpty ? "there is no file before the #" : "there is no tensor's name after the #")
    }
    guard FeatureKey.layerNumbers.contains(options.firstLayer) else {
      throw FeatureError(
        .badLayerNumber, path: path,
        "its first layer is to be \(options.firstLayer), but layers have numbers from 0 to 99999")
    }
    let files = try FeaturePath.files(at: path)
    let pathTimestep = FeatureKey.timestep(in: FeaturePath.stem(of: path))?.value
    var keys: [FeatureKey] = []
    var tensors: [FeatureKey: Tensor] = [:]
    var origins: [FeatureKey: String] = [:]
    var seen: [String] = []
    var weights = 0
    var hasArraysOfLayers = false
    for file in files {
      let contents = try TensorFile.open(file.path)
      for tensor in contents.tensors {
        let name = file.name(of: tensor)
        if [".weight", ".bias"].contains(where: tensor.name.hasSuffix) { weights += 1 }
        seen.append("\(name ?? tensor.name) \(tensor.elementType) \(tensor.shape)")
        if let tensorName {
          guard name == tensorName || tensor.name == tensorName else { continue }
          try Self.check(tensor, name: tensorName, path: file.path)
        } else if !Self.looksLikeFeatures(tensor) {
          continue
        }
        let layers = try Self.layers(
          of: tensor, name: name ?? tensor.name, key: Self.key(name, options, pathTimestep), options: options,
          path: file.path)
        hasArraysOfLayers = hasArraysOfLayers || tensor.shape.count == 3 && options.arrays == .layers
        for (key, slice) in layers {
          if let other = origins[key] {
            throw FeatureError(
              .ambiguous, path: path,
              "\(key) is there twice: as \(other) and as \(name ?? file.path); pick one with PATH#NAME")
          }
          keys.append(key)
          tensors[key] = slice
          origins[key] = name ?? file.path
        }
      }
    }
    guard tensorName != nil || weights <= seen.count / 2 else {
      throw FeatureError(
        .noFeatures, path: path,
        "this looks like a checkpoint: \(weights) of its \(seen.count) tensors are named .weight or .bias; "
          + "repscope extract computes features from it, and PATH#NAME takes one tensor as features")
    }
    guard let first = keys.first, let samples = tensors[first]?.shape[0] else {
      throw Self.nothingFound(tensorName, path: path, seen: seen)
    }
    for key in keys {
      guard let rows = tensors[key]?.shape[0], rows != samples else { continue }
      throw FeatureError(
        .sampleCountsDiffer, path: path,
        "\(origins[key] ?? "") has \(rows) samples, \(origins[first] ?? "") has \(samples); the representations of one "
          + "model have as many rows each. Is this a checkpoint rather than saved features?")
    }
    self.path = path
    self.keys = keys
    self.hasArraysOfLayers = hasArraysOfLayers
    self.tensors = tensors
    sampleCount = samples
    step = options.step
    name = options.name ?? FeaturePath.modelName(of: path)
    self.samples = try FeaturePath.sampleList(of: path)
    if let list = self.samples, list.names.count != samples {
      throw FeatureError(
        .sampleCountsDiffer, path: path,
        "its list of samples names \(list.names.count), but there are \(samples) rows")
    }
  }

  public func features(_ key: FeatureKey) throws -> Matrix {
    guard let tensor = tensors[key] else {
      throw FeatureError(.notFound, path: path, "there is no \(key)")
    }
    let (rows, columns) = (tensor.shape[0], tensor.shape[1...].reduce(1, *))
    if let elements = tensor.mappedFloats {
      return Matrix(rows: rows, columns: columns, viewing: elements, ownedBy: tensor.storage)
    }
    return try Matrix(rows: rows, columns: columns) { try tensor.copyFloats(rows: 0..<rows, into: $0) }
  }

  public func reader(_ key: FeatureKey) throws -> FeatureReader {
    guard let tensor = tensors[key] else {
      throw FeatureError(.notFound, path: path, "there is no \(key)")
    }
    return FeatureReader(rows: tensor.shape[0], columns: tensor.shape[1...].reduce(1, *)) { rows, target in
      try tensor.copyFloats(rows: rows, into: target)
    }
  }

  public func tokenCount(_ key: FeatureKey) throws -> Int? {
    guard let tensor = tensors[key] else {
      throw FeatureError(.notFound, path: path, "there is no \(key)")
    }
    return tensor.shape.count == 3 ? tensor.shape[1] : nil
  }

  private static func looksLikeFeatures(_ tensor: Tensor) -> Bool {
    tensor.elementType.isFloatingPoint && (tensor.shape.count == 2 || tensor.shape.count == 3)
      && tensor.count > 0
  }

  private static func check(_ tensor: Tensor, name: String, path: String) throws {
    guard looksLikeFeatures(tensor) else {
      throw FeatureError(
        .wrongShape, path: path,
        "\(name) is \(tensor.elementType) \(tensor.shape); features are floating-point numbers, [samples, dimensions] or "
          + "[samples, layers, dimensions]")
    }
  }

  /// What a name tells; a time step that it does not is the path's, or else the one given.
  private static func key(_ name: String?, _ options: Options, _ pathTimestep: Double?) -> FeatureKey {
    var key = name.map(FeatureKey.init(tensorName:)) ?? FeatureKey(layer: nil)
    key.timestep = key.timestep ?? pathTimestep ?? options.timestep
    return key
  }

  /// A matrix as it is, or the layers of an array [N, L, D].
  private static func layers(of tensor: Tensor, name: String, key: FeatureKey, options: Options, path: String)
    throws(FeatureError) -> [(FeatureKey, Tensor)]
  {
    guard tensor.shape.count == 3, options.arrays == .layers else { return [(key, tensor)] }
    guard tensor.shape[1] <= FeatureKey.layerNumbers.upperBound - options.firstLayer + 1 else {
      throw FeatureError(
        .badLayerNumber, path: path,
        "\(name) is \(tensor.shape), that is \(tensor.shape[1]) layers from \(options.firstLayer), but layers have numbers "
          + "from 0 to 99999; are these tokens?")
    }
    return (0..<tensor.shape[1]).map { layer in
      (
        FeatureKey(layer: LayerLabel(options.firstLayer + layer), timestep: key.timestep),
        tensor.slice(1, at: layer)
      )
    }
  }

  private static func nothingFound(_ tensorName: String?, path: String, seen: [String]) -> FeatureError {
    let shown =
      seen.prefix(8).joined(separator: ", ") + (seen.count > 8 ? ", and \(seen.count - 8) more" : "")
    let there = seen.isEmpty ? "there are no tensors" : "there are \(shown)"
    if let tensorName {
      return FeatureError(.notFound, path: path, "there is no tensor \(tensorName); \(there)")
    }
    return FeatureError(
      .noFeatures, path: path,
      "no floating-point array [samples, dimensions] or [samples, layers, dimensions]; \(there)")
  }
}
