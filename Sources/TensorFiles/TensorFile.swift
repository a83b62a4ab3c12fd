import Files

/// A file of named tensors, whatever its format.
///
/// Opening maps the file and reads its directory; elements are read when a tensor is asked for
/// them. Every length in the file is checked before it is used.
public struct TensorFile: Sendable {
  /// The formats that are read, detected by the file's first bytes.
  public enum Format: String, Sendable, CaseIterable {
    case safetensors
    /// A set of safetensors files, named by its `*.index.json`.
    case safetensorsShards
    case npy
    case npz
    /// PyTorch since 1.6, and TorchScript archives.
    case torchZip
    /// PyTorch before 1.6.
    case torchLegacy
  }

  /// The name of the only tensor of a file that gives it none: npy, or a tensor saved by itself.
  public static let unnamed = "tensor"

  /// The file, as the caller named it.
  public let path: String
  public let format: Format
  /// The tensors in file order.
  public let tensors: [Tensor]
  /// The texts of a safetensors file's `__metadata__` or of an index's `metadata`.
  public let metadata: [String: String]
  /// The whole object of a PyTorch file.
  public let root: TorchValue?
  private let positions: [String: Int]

  /// The names of the tensors in file order.
  public var names: [String] { tensors.map(\.name) }

  /// The tensor of that name, in constant time.
  public subscript(name: String) -> Tensor? {
    positions[name].map { tensors[$0] }
  }

  /// Opens a file: safetensors, an index of safetensors shards, npy, npz, or PyTorch.
  ///
  /// Throws a `TensorFileError` for whatever is wrong with it.
  public static func open(_ path: String) throws -> TensorFile {
    let folder = FilePath.start(of: path)
    return try parse(try TensorStorage.mapping(path)) { try TensorStorage.mapping(folder + $0) }
  }

  /// Reads a file that is in memory already; `name` stands for its path.
  ///
  /// An index finds its shards in `shards`, by their names.
  ///
  /// - Throws: ``TensorFileError`` for whatever is wrong with it.
  public static func open(
    bytes: some Collection<UInt8>, name: String, shards: [String: [UInt8]] = [:]
  ) throws -> TensorFile {
    guard !bytes.isEmpty else {
      throw TensorFileError(.emptyFile, path: name, found: "an empty file", expected: "tensors")
    }
    return try parse(try TensorStorage(copying: bytes, name: name)) { shard in
      guard let bytes = shards[shard], !bytes.isEmpty else {
        throw TensorFileError(.missingFile, path: shard, found: "no such file")
      }
      return try TensorStorage(copying: bytes, name: shard)
    }
  }

  init(
    storage: TensorStorage, format: Format, tensors: [Tensor], metadata: [String: String] = [:],
    root: TorchValue? = nil
  ) throws {
    var positions: [String: Int] = [:]
    positions.reserveCapacity(tensors.count)
    for (position, tensor) in tensors.enumerated() {
      guard positions.updateValue(position, forKey: tensor.name) == nil else {
        throw storage.error(
          .duplicateName, at: "tensor \(quoted(tensor.name))", found: "two tensors of this name")
      }
    }
    path = storage.path
    self.format = format
    self.tensors = tensors
    self.metadata = metadata
    self.root = root
    self.positions = positions
  }

  private static func parse(
    _ storage: TensorStorage, shard: (String) throws -> TensorStorage
  ) throws -> TensorFile {
    let bytes = try storage.load()
    return try withExtendedLifetime(storage) {
      if NumPy.isArray(bytes) { return try NumPy.readArray(storage) }
      if ZipArchive.isArchive(bytes) {
        let archive = try ZipArchive(storage)
        return try TorchArchive.isArchive(archive)
          ? TorchArchive.read(archive) : NumPy.readArchive(archive)
      }
      if Safetensors.isFile(bytes) { return try Safetensors.read(storage) }
      if TorchLegacy.isFile(bytes) { return try TorchLegacy.read(storage) }
      if SafetensorsShards.isIndex(bytes) { return try SafetensorsShards.read(storage, shard: shard) }
      return try parseByExtension(storage, shard: shard)
    }
  }

  /// The first bytes fit no format: the name's ending tells which one to complain about.
  private static func parseByExtension(
    _ storage: TensorStorage, shard: (String) throws -> TensorStorage
  ) throws -> TensorFile {
    let path = storage.path.lowercased()
    if path.hasSuffix(".safetensors") { return try Safetensors.read(storage) }
    if path.hasSuffix(".npy") { return try NumPy.readArray(storage) }
    if path.hasSuffix(".npz") { return try NumPy.readArchive(try ZipArchive(storage)) }
    if path.hasSuffix(".json") { return try SafetensorsShards.read(storage, shard: shard) }
    throw storage.error(
      .unsupported, at: "byte 0", found: "a file of no format known here",
      expected: "safetensors, *.index.json, npy, npz, or a PyTorch checkpoint",
      hint: "A PyTorch file is read as torch.save writes it; a plain pickle is not")
  }
}
