import Files
import Foundation
import Images
import LinearAlgebra
import Models
import Synchronization

/// Turns latents back into pictures, for a look.
public struct LatentDecoder: Sendable {
  private let latents: Latents
  private let vae: AutoencoderKL
  private let places: [Int]
  private let scale: Double
  private let bias: Double

  /// - Parameters:
  ///   - latents: The posterior's mean is decoded where there is one.
  ///   - vae: A VAE with its decoder.
  ///   - selection: Which of the latents.
  ///   - scale: With `bias`, what a latent was multiplied with and what was then added, which is undone first: 1 and 0
  ///     for latents as the VAE made them, its scaling factor for those of a diffusion transformer.
  ///   - bias: See `scale`.
  /// - Throws: ``ExtractionError`` where latents and VAE do not fit.
  public init(
    _ latents: Latents, vae: AutoencoderKL, selection: SampleSelection = .all, scale: Double = 1,
    bias: Double = 0
  ) throws {
    guard latents.shape.channels == vae.configuration.latentChannels else {
      throw ExtractionError(
        .badInput, path: latents.samples.path,
        "its latents are \(latents.shape) (channels, height, width), but the VAE's have "
          + "\(vae.configuration.latentChannels) channels")
    }
    guard vae.configuration.outputChannels == 3 else {
      throw ExtractionError(
        .invalidSettings, path: vae.path,
        "the VAE gives \(vae.configuration.outputChannels) channels, but pictures have 3")
    }
    // As they are used, in Float32.
    guard Float(scale).isFinite, Float(scale) != 0, Float(bias).isFinite else {
      throw ExtractionError(.invalidSettings, "the latents' scale is \(scale), their bias \(bias)")
    }
    self.latents = latents
    self.vae = vae
    self.scale = scale
    self.bias = bias
    places = try selection.places(in: latents.samples)
  }

  /// Writes a PNG for each latent, named as its sample, or `NNNNN/imgXXXXXXXX.png` by its number.
  ///
  /// - Parameters:
  ///   - path: A folder that is empty or not there yet.
  ///   - threads: How many threads may be used; values do not depend on it.
  ///   - progress: Called after each picture, one call at a time, on any thread.
  /// - Returns: The pictures' paths, in the samples' order.
  /// - Throws: ``ExtractionError`` where the folder has something in it; `TensorFileError`, `ModelError` or `FileError`.
  /// - Complexity: one run of the VAE's decoder a latent; memory for one picture a thread.
  @discardableResult
  public func run(
    to path: String, threads: Threads = .all,
    progress: @Sendable (Extractor.Progress) throws -> Void = { _ in }
  ) throws -> [String] {
    let inside = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard inside.isEmpty else {
      throw ExtractionError(.cannotWrite, path: path, "there is \(inside[0]) in it; give an empty folder")
    }
    let names = places.map(name)
    guard Set(names).count == names.count else {
      throw ExtractionError(
        .badInput, path: latents.samples.path, "two latents would give the same picture's name")
    }
    for folder in Set(names.map { FilePath.folder(of: "\(path)/\($0)") }) {
      try makeFolder(folder)
    }
    let workers = (0..<threads.count).map { _ in Worker(latents, vae) }
    let done = Mutex(0)
    try parallelLoop(places.count, threads: threads) { index, worker in
      let image = try workers[worker].decode(places[index], scale: scale, bias: bias)
      try image.writePNG(to: "\(path)/\(names[index])")
      try done.withLock { done in
        done += 1
        try progress(Extractor.Progress(done: done, total: places.count))
      }
    }
    return names.map { "\(path)/\($0)" }
  }

  /// The picture's name: the sample's with `.png` for its ending.
  private func name(_ sample: Int) -> String {
    guard let name = latents.samples.names?[sample] else { return PreprocessedFolder.imageName(sample) }
    // By bytes: a slash with a combining mark after it is one character, and not a slash.
    let parts = name.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    let path = parts.filter { $0 != ".." && $0 != "." }.joined(separator: "/")
    return "\((path as NSString).deletingPathExtension).png"
  }

  /// One thread's memory.
  private final class Worker {
    private let latents: Latents
    private let vae: AutoencoderKL
    private let reader: LatentReader
    private let memory = AutoencoderKL.Workspace()
    private let latent: Workspace<Float>
    private let picture: Workspace<Float>

    init(_ latents: Latents, _ vae: AutoencoderKL) {
      self.latents = latents
      self.vae = vae
      reader = latents.makeReader()
      let factor = vae.configuration.downsamplingFactor
      latent = Workspace(latents.shape.elements)
      picture = Workspace(3 * latents.shape.height * factor * latents.shape.width * factor)
    }

    func decode(_ sample: Int, scale: Double, bias: Double) throws -> Image {
      let values = UnsafeMutableBufferPointer(start: latent.base, count: latent.count)
      try reader.read(sample, noise: nil, into: values)
      // In Float32, as the samplers do it.
      for place in values.indices { values[place] = (values[place] - Float(bias)) / Float(scale) }
      let shape = latents.shape
      let factor = vae.configuration.downsamplingFactor
      let decoded = UnsafeMutableBufferPointer(start: picture.base, count: picture.count)
      try vae.decode(
        UnsafeBufferPointer(values), height: shape.height, width: shape.width, workspace: memory,
        into: decoded)
      return try LatentDecoder.image(
        UnsafeBufferPointer(decoded), height: shape.height * factor, width: shape.width * factor)
    }
  }

  /// Bytes of values from -1 to 1, [3, H, W]: (x + 1) 127.5, held in 0...255 and cut off, not rounded.
  ///
  /// - SeeAlso: REPA, generate.py; guided-diffusion, scripts/image_sample.py.
  static func image(_ values: UnsafeBufferPointer<Float>, height: Int, width: Int) throws -> Image {
    let area = height * width
    let bytes = [UInt8](unsafeUninitializedCapacity: 3 * area) { bytes, count in
      for pixel in 0..<area {
        for channel in 0..<3 {
          bytes[3 * pixel + channel] = UInt8(min(max((values[channel * area + pixel] + 1) * 127.5, 0), 255))
        }
      }
      count = 3 * area
    }
    return try Image(width: width, height: height, bytes: bytes)
  }
}
