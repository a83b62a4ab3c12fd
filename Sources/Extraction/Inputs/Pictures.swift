import Features
import Files
import Images
import LinearAlgebra
import Models

/// Pictures as samples: a collection, in its order, of which broken ones may be left out.
public struct Pictures: Sendable {
  /// Their place, names and labels.
  public private(set) var samples: InputSamples
  private let collection: ImageCollection
  private let options: DecodingOptions

  /// - Parameters:
  ///   - collection: The pictures, in their order.
  ///   - options: How files become pixels.
  public init(_ collection: ImageCollection, options: DecodingOptions = .init()) {
    self.collection = collection
    self.options = options
    samples = InputSamples(
      path: collection.path, kind: "pictures", names: collection.names, labels: collection.labels)
  }

  /// Takes labels from a file, see ``InputSamples/read(labels:)``.
  public mutating func read(labels file: String) throws { try samples.read(labels: file) }

  /// Leaves out those of the chosen pictures that do not decode; the others keep their places, and so their noise.
  ///
  /// - Complexity: Decodes every chosen picture.
  /// - Throws: ``ExtractionError`` for a selection that makes no sense.
  public mutating func leaveOutBroken(of selection: SampleSelection = .all, threads: Threads = .all) throws {
    let places = try selection.places(in: samples)
    let broken = try collection.selecting(places).brokenImages(options: options, threads: threads)
    samples = InputSamples(
      path: samples.path, kind: samples.kind, names: samples.names, labels: samples.labels,
      broken: samples.broken.merging(broken.map { (places[$0.index], $0.error.description) }) { first, _ in
        first
      })
  }

  /// Decodes a picture, by its place in the full list.
  ///
  /// - Throws: `ImageError` naming it.
  func image(_ sample: Int) throws(ImageError) -> Image { try collection.read(sample, options: options) }

  /// Runs `body`, and says which picture it was about where it fails.
  func naming<Value>(_ sample: Int, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ImageError where error.path == nil {
      throw ImageError(
        error.code, path: collection.location(of: sample), found: error.found, expected: error.expected)
    } catch let error as ModelError {
      // The network knows its file and its layers, but not what it was given.
      throw ExtractionError(.network, "\(samples.name(sample)): \(error)")
    }
  }

  /// What an archive says of them: how many, and what identifies them: their names, and the pixels of sixteen of those
  /// that are used.
  func record(_ places: [Int]) throws -> [String: ArchiveSetting] {
    var digest = ContentDigest()
    for name in samples.names ?? [] { digest.update(name) }
    let looked = min(places.count, 16)
    for place in 0..<looked {
      let image = try image(places[looked < 2 ? 0 : place * (places.count - 1) / (looked - 1)])
      digest.update("\(image.width) \(image.height)")
      image.bytes.withUnsafeBytes { digest.update($0) }
    }
    var record: [String: ArchiveSetting] = [
      "pictures.count": .integer(samples.count), "pictures.digest": .text(digest.text),
    ]
    if options.appliesOrientation { record["pictures.orientation"] = "exif" }
    if !samples.broken.isEmpty {
      record["pictures.broken"] = .text(
        samples.broken.keys.sorted().map { samples.names?[$0] ?? "\($0)" }.joined(separator: "\n"))
    }
    return record
  }
}
