import CKernels
import Files
import TensorFiles

/// The latents of a set of images, read one at a time, as their VAE made them: neither shifted nor scaled.
///
/// Three layouts are read:
/// - REPA's preprocessed folder: `vae-sd/` with `dataset.json` and `NNNNN/img-mean-std-XXXXXXXX.npy`, [2C, H, W], the
///   posterior's mean and standard deviation. A sample's name is its image's in the folder `images` of the same layout,
///   `NNNNN/imgXXXXXXXX.png`, so that features of the images carry the same names.
/// - a tensor file with one tensor [N, C, H, W], `PATH` or `PATH#NAME`; an integer tensor `labels` [N] gives the labels.
/// - a folder of .npy files [C, H, W] or [1, C, H, W], in natural order.
public struct Latents: Sendable {
  /// The file or folder.
  public let path: String
  /// The number of latents.
  public let count: Int
  /// Of one latent.
  public let shape: LatentShape
  /// The samples' names, where they have any.
  public let names: [String]?
  /// A label a sample; nil for those that have none.
  public internal(set) var labels: [Int?]
  private let source: Source

  enum Source: Sendable {
    case tensor(Tensor)
    /// One file a latent, by its path in `folder`; `isPosterior` where it holds mean and standard deviation.
    case files([String], folder: String, isPosterior: Bool)
  }

  /// Whether means and standard deviations are known, to draw from.
  public var isPosterior: Bool {
    if case .files(_, _, let isPosterior) = source { isPosterior } else { false }
  }

  /// Opens latents.
  ///
  /// - Parameters:
  ///   - specification: `PATH` or `PATH#NAME`.
  ///   - labels: A file of labels in place of those found with the latents, see ``read(labels:)``.
  /// - Throws: ``ExtractionError`` or `TensorFileError`, naming the file.
  public init(_ specification: String, labels: String? = nil) throws {
    self =
      try LatentFolder.isFolder(specification) ? LatentFolder.open(specification) : Self.tensor(specification)
    if let labels { try read(labels: labels) }
  }

  init(path: String, shape: LatentShape, names: [String]?, labels: [Int?], source: Source) {
    self.path = path
    self.count = labels.count
    self.shape = shape
    self.names = names
    self.labels = labels
    self.source = source
  }

  private static func tensor(_ specification: String) throws -> Latents {
    let (file, tensor) = try TensorChoice.open(specification, what: "latents")
    guard let shape = LatentShape(Array(tensor.shape.dropFirst())) else {
      throw ExtractionError(
        .badLatents, path: file.path, "\(tensor.name) is \(tensor.shape), expected [N, C, H, W]")
    }
    var labels = [Int?](repeating: nil, count: tensor.rowCount)
    if let found = file["labels"], found.shape == [labels.count], !found.elementType.isFloatingPoint {
      labels = try found.integers()
    }
    return Latents(path: file.path, shape: shape, names: nil, labels: labels, source: .tensor(tensor))
  }

  /// Reads a latent: the posterior's mean, or mean + std * noise.
  ///
  /// - Parameters:
  ///   - sample: Its place in the full list.
  ///   - noise: `shape.elements` normal numbers for a draw from the posterior, nil for its mean.
  ///   - values: Receives `shape.elements` numbers, [C, H, W].
  /// - Throws: ``ExtractionError`` or `TensorFileError` naming the file, for a latent that cannot be read, has another
  ///   shape than the first, or NaN or infinity in it.
  func read(_ sample: Int, noise: UnsafeBufferPointer<Float>?, into values: UnsafeMutableBufferPointer<Float>)
    throws
  {
    switch source {
    case .tensor(let tensor): try tensor.copyFloats(rows: sample..<sample + 1, into: values)
    case .files(let files, let folder, let isPosterior):
      let path = "\(folder)/\(files[sample])"
      let tensor = try LatentFolder.array(path)
      let found = try LatentFolder.shape(of: tensor, path: path, isPosterior: isPosterior)
      guard found == shape else {
        throw ExtractionError(
          .badLatents, path: path, "it holds a latent \(found), but the first of \(folder) is \(shape)")
      }
      try tensor.withFloats { all in
        for element in 0..<shape.elements {
          values[element] =
            noise.map { all[element] + all[element + shape.elements] * $0[element] } ?? all[element]
        }
      }
    }
    let finite = repscope_finite_prefix(values.baseAddress, shape.elements)
    guard finite == shape.elements else {
      throw ExtractionError(
        .badLatents, path: path, "element \(finite) of the latent of \(name(sample)) is \(values[finite])")
    }
  }

  /// What messages call a sample: "sample 3 (00000/img00000003.png)".
  func name(_ sample: Int) -> String { "sample \(sample)" + (names.map { " (\($0[sample]))" } ?? "") }

  /// Identifies the latents: their number, shape and names, and sixteen of them.
  func digest() throws -> String {
    var digest = ContentDigest()
    digest.update("\(count) \(shape)")
    for name in names ?? [] { digest.update(name) }
    try digest.update(sampling: count, elements: shape.elements) { try read($0, noise: nil, into: $1) }
    return digest.text
  }
}
