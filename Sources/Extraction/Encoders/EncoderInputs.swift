import CKernels
import Features
import Files
import Images
import TensorFiles

/// What a vision encoder is fed, one sample at a time: pictures that are prepared when they are asked for, or inputs that
/// somebody else has prepared.
public struct EncoderInputs: Sendable {
  /// Their place, names and labels.
  public internal(set) var samples: InputSamples
  /// Of one input.
  public let shape: InputShape
  private let source: Source

  private enum Source: Sendable {
    case pictures(Pictures, Preprocessing)
    case tensor(Tensor)
  }

  /// Pictures, decoded, cropped, resized and normalised one by one.
  ///
  /// - Throws: ``ExtractionError`` for a preprocessing whose result has no fixed size.
  public init(_ pictures: Pictures, preprocessing: Preprocessing) throws {
    guard let size = preprocessing.outputSize else {
      throw ExtractionError(
        .invalidSettings, path: pictures.samples.path,
        "a preprocessing without a crop leaves every picture its own size; give a crop or a resize")
    }
    samples = pictures.samples
    shape = InputShape(channels: 3, height: size.height, width: size.width)
    source = .pictures(pictures, preprocessing)
  }

  /// Ready inputs: a tensor [N, C, H, W], `PATH` or `PATH#NAME`; an integer tensor `labels` [N] gives the labels.
  ///
  /// - Parameters:
  ///   - specification: `PATH`, or `PATH#NAME`, which picks one tensor.
  ///   - labels: A file of labels in their place, see ``InputSamples/read(labels:)``.
  /// - Throws: ``ExtractionError`` or `TensorFileError`, naming the file.
  public init(ready specification: String, labels: String? = nil) throws {
    let (file, tensor) = try TensorChoice.open(specification, what: "network inputs")
    guard let shape = InputShape(Array(tensor.shape.dropFirst())) else {
      throw ExtractionError(
        .badInput, path: file.path, "\(tensor.name) is \(tensor.shape), expected [N, C, H, W]")
    }
    self.shape = shape
    samples = InputSamples(
      path: file.path, kind: "inputs", names: nil, labels: try TensorChoice.labels(in: file, of: tensor))
    source = .tensor(tensor)
    if let labels { try samples.read(labels: labels) }
  }

  /// Reads an input.
  ///
  /// - Parameters:
  ///   - sample: Its place in the full list.
  ///   - values: Receives `shape.elements` numbers, [C, H, W].
  /// - Throws: `ImageError` or `TensorFileError` naming the file, ``ExtractionError`` for NaN or infinity.
  func read(_ sample: Int, into values: UnsafeMutableBufferPointer<Float>) throws {
    switch source {
    case .pictures(let pictures, let preprocessing):
      let image = try pictures.image(sample)
      try pictures.naming(sample) { try preprocessing.write(image, into: values) }
    case .tensor(let tensor):
      try tensor.copyFloats(rows: sample..<sample + 1, into: values)
      let finite = repscope_finite_prefix(values.baseAddress, values.count)
      guard finite == values.count else {
        throw ExtractionError(
          .badInput, path: samples.path,
          "element \(finite) of the input of \(samples.name(sample)) is \(values[finite])")
      }
    }
  }

  /// What an archive says of them.
  ///
  /// - Parameter places: Those that are used.
  func record(_ places: [Int]) throws -> [String: ArchiveSetting] {
    switch source {
    case .pictures(let pictures, let preprocessing):
      return try pictures.record(places).merging(preprocessing.record) { first, _ in first }
    case .tensor:
      var digest = ContentDigest()
      digest.update("\(samples.count) \(shape)")
      try digest.update(sampling: samples.count, elements: shape.elements) { try read($0, into: $1) }
      return [
        "inputs.count": .integer(samples.count),
        "inputs.digest": .text(digest.text),
      ]
    }
  }
}

extension Preprocessing {
  /// What an archive says of it.
  var record: [String: ArchiveSetting] {
    func list(_ values: [Float]) -> String { values.map(\.description).joined(separator: ", ") }
    var record: [String: ArchiveSetting] = [
      "preprocessing.crop": .text(crop.text),
      "preprocessing.normalisation": .text(
        "(value / \(normalisation.divisor) - [\(list(normalisation.mean))]) / [\(list(normalisation.standardDeviation))]"
      ),
    ]
    if let floatResize {
      record["preprocessing.resize"] = .text(
        "bicubic \(floatResize.side), \(floatResize.isBeforeNormalising ? "before" : "after") normalising")
    }
    return record
  }
}

extension PictureCrop {
  /// "adm 256", "resize 256 bicubic, crop 224"
  fileprivate var text: String {
    switch self {
    case .none: "none"
    case .adm(let side): "adm \(side)"
    case .resizeAndCenterCrop(let shorter, let side, let filter): "resize \(shorter) \(filter), crop \(side)"
    case .resize(let width, let height, let filter): "resize \(width)x\(height) \(filter)"
    }
  }
}
