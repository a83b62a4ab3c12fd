import CKernels
import TensorFiles

/// Reads latents on one thread.
final class LatentReader {
  private let latents: Latents
  /// Made when the first picture is encoded.
  private var memory: PictureEncoder.Memory?

  init(_ latents: Latents) {
    self.latents = latents
  }

  /// Reads a latent: the posterior's mean, or mean + std * noise.
  ///
  /// - Parameters:
  ///   - sample: Its place in the full list.
  ///   - noise: `shape.elements` normal numbers for a draw from the posterior, nil for its mean.
  ///   - values: Receives `shape.elements` numbers, [C, H, W].
  /// - Throws: ``ExtractionError``, `ImageError` or `TensorFileError` naming the file, for a latent that cannot be read, has
  ///   another shape than the first, or NaN or infinity in it.
  func read(_ sample: Int, noise: UnsafeBufferPointer<Float>?, into values: UnsafeMutableBufferPointer<Float>)
    throws
  {
    switch latents.source {
    case .tensor(let tensor): try tensor.copyFloats(rows: sample..<sample + 1, into: values)
    case .files(let files, let folder, let isPosterior):
      try read("\(folder)/\(files[sample])", of: folder, isPosterior: isPosterior, noise: noise, into: values)
    case .pictures(let pictures, let encoder):
      let memory = self.memory ?? PictureEncoder.Memory(encoder)
      self.memory = memory
      let image = try pictures.image(sample)
      try pictures.naming(sample) { try encoder.encode(image, memory: memory) }
      Self.take(UnsafeBufferPointer(memory.posterior), noise: noise, into: values)
    }
    let finite = repscope_finite_prefix(values.baseAddress, values.count)
    guard finite == values.count else {
      throw ExtractionError(
        .badInput, path: latents.samples.path,
        "element \(finite) of the latent of \(latents.samples.name(sample)) is \(values[finite])")
    }
  }

  private func read(
    _ path: String, of folder: String, isPosterior: Bool, noise: UnsafeBufferPointer<Float>?,
    into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    let tensor = try LatentFolder.array(path)
    let found = try LatentFolder.shape(of: tensor, path: path, isPosterior: isPosterior)
    guard found == latents.shape else {
      throw ExtractionError(
        .badInput, path: path, "it holds a latent \(found), but the first of \(folder) is \(latents.shape)")
    }
    try tensor.withFloats { Self.take($0, noise: noise, into: values) }
  }

  /// The mean, or mean + std * noise where the second half of `posterior` has standard deviations.
  private static func take(
    _ posterior: UnsafeBufferPointer<Float>, noise: UnsafeBufferPointer<Float>?,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    for element in 0..<values.count {
      values[element] =
        noise.map { posterior[element] + posterior[element + values.count] * $0[element] }
        ?? posterior[element]
    }
  }
}
