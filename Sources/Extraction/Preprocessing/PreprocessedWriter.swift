import Features
import Files
import Foundation
import Images
import LinearAlgebra
import Models
import Synchronization
import TensorFiles

/// Takes pictures through a VAE and writes what REPA trains on: the cropped pictures and their latents, in the layout of
/// its dataset tool, which ``Latents`` and REPA's own code read.
///
/// The latents are the posterior's mean and standard deviation, neither shifted nor scaled. Files appear whole; a run that
/// was interrupted goes on where it stopped. Memory holds one picture a thread.
public struct PreprocessedWriter: Sendable {
  private let pictures: Pictures
  private let encoder: PictureEncoder
  private let places: [Int]
  private let samples: ArchiveSamples

  /// - Parameters:
  ///   - pictures: What is cropped and encoded.
  ///   - vae: A VAE with its encoder.
  ///   - resolution: The ADM crop's side in pixels; nil for 256, or the VAE's own sample size where that is smaller.
  ///   - selection: Which of the pictures; they are numbered anew from 0.
  /// - Throws: ``ExtractionError`` where pictures, VAE and resolution do not fit.
  public init(
    _ pictures: Pictures, vae: AutoencoderKL, resolution: Int? = nil, selection: SampleSelection = .all
  ) throws {
    self.pictures = pictures
    encoder = try PictureEncoder(vae, resolution: resolution ?? PictureEncoder.usualResolution(of: vae))
    places = try selection.places(in: pictures.samples)
    guard places.count <= 100_000_000 else {
      throw ExtractionError(.invalidSettings, "\(places.count) pictures; REPA's names have eight digits")
    }
    samples = ArchiveSamples(pictures.samples, at: places)
  }

  /// The resolution that pictures are cropped to.
  public var resolution: Int { encoder.resolution }
  /// The number of pictures.
  public var count: Int { places.count }
  /// Whether every picture has a label, which REPA's own code needs.
  public var hasLabels: Bool { samples.labels.allSatisfy { $0 != nil } }

  /// Writes what is missing.
  ///
  /// - Parameters:
  ///   - path: The folder that `images/` and `vae-sd/` are made in.
  ///   - threads: How many threads may be used; values do not depend on it.
  ///   - progress: Called after each picture, one call at a time, on any thread.
  /// - Returns: How many pictures this run has encoded.
  /// - Throws: ``ExtractionError`` where the folder was made otherwise; `ImageError` naming the picture; `ModelError`,
  ///   `FileError` or `TensorFileError`. Files that are there stay.
  /// - Complexity: one run of the VAE's encoder a picture.
  @discardableResult
  public func run(
    to path: String, threads: Threads = .all,
    progress: @Sendable (Extractor.Progress) throws -> Void = { _ in }
  ) throws -> Int {
    let folder = PreprocessedFolder(path: path)
    try folder.begin(
      try pictures.record(places).merging(encoder.record) { first, _ in first }
        .merging(["samples": .text(IndexRanges(places)?.description ?? "")]) { first, _ in first },
      samples: samples)
    let todo = places.indices.filter { !Self.isThere(folder.image($0)) || !Self.isThere(folder.latent($0)) }
    let done = Mutex(0)
    let memories = (0..<threads.count).map { _ in PictureEncoder.Memory(encoder) }
    try parallelLoop(todo.count, threads: threads) { index, worker in
      try write(todo[index], folder, memories[worker])
      try done.withLock { done in
        done += 1
        try progress(Extractor.Progress(done: done, total: todo.count))
      }
    }
    try folder.finish(labels: samples.labels)
    return todo.count
  }

  private func write(_ index: Int, _ folder: PreprocessedFolder, _ memory: PictureEncoder.Memory) throws {
    let place = places[index]
    let image = try pictures.image(place)
    try pictures.naming(place) {
      let cropped = try encoder.crop(image)
      // The crop leaves what has its size as it is, so the latent is that of the saved picture.
      try encoder.encode(cropped, memory: memory)
      // Stored, not deflated, as REPA's tool writes them: training reads them over and over.
      try cropped.writePNG(to: folder.image(index), compressionLevel: 0)
    }
    let shape = encoder.shape
    let writer = try NumPyWriter(
      folder.latent(index), shape: [2 * shape.channels, shape.height, shape.width])
    try writer.append(UnsafeBufferPointer(memory.posterior))
    try writer.finish()
  }

  private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

extension PictureEncoder {
  /// What an archive or a folder says of how pictures became latents.
  var record: [String: ArchiveSetting] {
    [
      "vae.digest": .text(vae.digest),
      "preprocessing.crop": .text("adm \(resolution)"),
      "preprocessing.normalisation": "value / 127.5 - 1",
    ]
  }
}
