import Images
import LinearAlgebra
import Models

/// The VAE's side of a picture: the ADM crop to a resolution, value / 127.5 - 1, and the posterior's mean and deviation.
struct PictureEncoder: Sendable {
  let vae: AutoencoderKL
  /// The crop's side, in pixels.
  let resolution: Int
  private let preprocessing: Preprocessing

  /// - Throws: ``ExtractionError`` for a resolution or a VAE that does not fit.
  init(_ vae: AutoencoderKL, resolution: Int) throws {
    let factor = vae.configuration.downsamplingFactor
    guard (factor...8192).contains(resolution), resolution.isMultiple(of: factor) else {
      throw ExtractionError(
        .invalidSettings,
        "a resolution of \(resolution) pixels; it must be a multiple of \(factor), of which the VAE makes one of a latent"
      )
    }
    guard vae.configuration.inputChannels == 3 else {
      throw ExtractionError(
        .invalidSettings, path: vae.path,
        "the VAE takes \(vae.configuration.inputChannels) channels, but pictures have 3")
    }
    self.vae = vae
    self.resolution = resolution
    preprocessing = .vae(resolution: resolution)
  }

  /// The resolution where none is asked for: 256, REPA's, or the VAE's own where that is smaller.
  static func usualResolution(of vae: AutoencoderKL) -> Int { min(256, vae.configuration.sampleSize) }

  /// Of a latent.
  var shape: InputShape {
    let side = resolution / vae.configuration.downsamplingFactor
    return InputShape(channels: vae.configuration.latentChannels, height: side, width: side)
  }

  /// What is cut out of a picture.
  func crop(_ image: Image) throws -> Image { try preprocessing.crop.apply(to: image) }

  /// One thread's memory.
  final class Memory {
    fileprivate let input: Workspace<Float>
    fileprivate let network = AutoencoderKL.Workspace()
    /// The posterior of the last picture: [2C, h, w], mean, then standard deviation.
    let posterior: UnsafeMutableBufferPointer<Float>
    private let posteriorMemory: Workspace<Float>

    init(_ encoder: PictureEncoder) {
      input = Workspace(3 * encoder.resolution * encoder.resolution)
      posteriorMemory = Workspace(2 * encoder.shape.elements)
      posterior = UnsafeMutableBufferPointer(start: posteriorMemory.base, count: posteriorMemory.count)
    }
  }

  /// Computes the posterior of a picture into the memory's ``Memory/posterior``.
  ///
  /// - Throws: `ImageError` or `ModelError`
  func encode(_ image: Image, memory: Memory) throws {
    let input = UnsafeMutableBufferPointer(start: memory.input.base, count: memory.input.count)
    try preprocessing.write(image, into: input)
    try vae.encode(
      UnsafeBufferPointer(input), height: resolution, width: resolution, as: .deviation,
      workspace: memory.network, into: memory.posterior)
  }
}
