import Features
import Files
import Models
import TensorFiles

/// The latents of a set of images, read one at a time, as their VAE made them: neither shifted nor scaled.
///
/// Four layouts are read:
/// - REPA's preprocessed folder: `vae-sd/` with `dataset.json` and `NNNNN/img-mean-std-XXXXXXXX.npy`, [2C, H, W], the
///   posterior's mean and standard deviation. A sample's name is its image's in the folder `images` of the same layout,
///   `NNNNN/imgXXXXXXXX.png`, so that features of the images carry the same names; where ``PreprocessedWriter`` made the
///   folder, both have the names of the pictures it was made from.
/// - a tensor file with one tensor [N, C, H, W], `PATH` or `PATH#NAME`; an integer tensor `labels` [N] gives the labels.
/// - a folder of .npy files [C, H, W] or [1, C, H, W], in natural order;
/// - pictures, of which a VAE makes latents when they are asked for.
public struct Latents: Sendable {
  /// Their place, names and labels.
  public internal(set) var samples: InputSamples
  /// Of one latent.
  public let shape: InputShape
  let source: Source

  enum Source: Sendable {
    case tensor(Tensor)
    /// One file a latent, by its path in `folder`; `isPosterior` where it holds mean and standard deviation.
    case files([String], folder: String, isPosterior: Bool)
    case pictures(Pictures, PictureEncoder)
  }

  /// Whether means and standard deviations are known, to draw from.
  public var isPosterior: Bool {
    switch source {
    case .tensor: false
    case .files(_, _, let isPosterior): isPosterior
    case .pictures: true
    }
  }

  /// Opens latents.
  ///
  /// - Parameters:
  ///   - specification: `PATH` or `PATH#NAME`.
  ///   - labels: A file of labels in place of those found with the latents, see ``InputSamples/read(labels:)``.
  /// - Throws: ``ExtractionError``, `TensorFileError`, or `ImageError` for labels, naming the file.
  public init(_ specification: String, labels: String? = nil) throws {
    self =
      try FileTree.isFolder(specification) ? LatentFolder.open(specification) : Self.tensor(specification)
    if let labels { try samples.read(labels: labels) }
  }

  init(path: String, shape: InputShape, names: [String]?, labels: [Int?], source: Source) {
    samples = InputSamples(path: path, kind: "latents", names: names, labels: labels)
    self.shape = shape
    self.source = source
  }

  /// Latents that a VAE makes of pictures, when they are asked for.
  ///
  /// - Parameters:
  ///   - pictures: The pictures.
  ///   - vae: A VAE with its encoder.
  ///   - resolution: The side in pixels that pictures are cropped to, as ADM crops; a latent's side times the
  ///     VAE's factor.
  /// - Throws: ``ExtractionError`` for a resolution or a VAE that does not fit.
  public init(_ pictures: Pictures, vae: AutoencoderKL, resolution: Int) throws {
    let encoder = try PictureEncoder(vae, resolution: resolution)
    samples = pictures.samples
    shape = encoder.shape
    source = .pictures(pictures, encoder)
  }

  private static func tensor(_ specification: String) throws -> Latents {
    let (file, tensor) = try TensorChoice.open(specification, what: "latents")
    guard let shape = InputShape(Array(tensor.shape.dropFirst())) else {
      throw ExtractionError(
        .badInput, path: file.path, "\(tensor.name) is \(tensor.shape), expected [N, C, H, W]")
    }
    let labels = try TensorChoice.labels(in: file, of: tensor)
    return Latents(path: file.path, shape: shape, names: nil, labels: labels, source: .tensor(tensor))
  }

  /// What reads them: one for each thread.
  func makeReader() -> LatentReader { LatentReader(self) }

  /// Whether a latent costs far more than reading it.
  var isComputed: Bool {
    if case .pictures = source { true } else { false }
  }

  /// What an archive says of them: how many, what identifies them, and how they were made where that is known.
  ///
  /// - Parameter places: Those that are used.
  func record(_ places: [Int]) throws -> [String: ArchiveSetting] {
    var record: [String: ArchiveSetting] = [
      "latents.count": .integer(samples.count), "latents.shape": .text("\(shape)"),
    ]
    guard case .pictures(let pictures, let encoder) = source else {
      record["latents.digest"] = .text(try digest())
      return record
    }
    record.merge(encoder.record) { first, _ in first }
    return record.merging(try pictures.record(places)) { first, _ in first }
  }

  /// Identifies stored latents: their number, shape and names, and sixteen of them.
  func digest() throws -> String {
    var digest = ContentDigest()
    digest.update("\(samples.count) \(shape)")
    for name in samples.names ?? [] { digest.update(name) }
    let reader = makeReader()
    try digest.update(sampling: samples.count, elements: shape.elements) {
      try reader.read($0, noise: nil, into: $1)
    }
    return digest.text
  }
}
