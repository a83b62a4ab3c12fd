import LinearAlgebra
import TensorFiles

/// diffusers' `AutoencoderKL`: the VAE between pictures and the latents that diffusion transformers work on.
///
///     let vae = try AutoencoderKL("stabilityai/sd-vae-ft-ema")
///     let workspace = AutoencoderKL.Workspace()
///     try vae.encode(picture, height: 256, width: 256, as: .deviation, workspace: workspace, into: moments)
///
/// One picture at a time on the calling thread; run several on several threads, each with its own workspace. A result
/// does not depend on how many there are.
///
/// - SeeAlso: Rombach et al., arXiv 2112.10752; diffusers, `models/autoencoders/autoencoder_kl.py` and `vae.py`.
public struct AutoencoderKL: Sendable {
  /// One of the two networks.
  public enum Part: Sendable, Hashable, CaseIterable {
    case encoder
    case decoder
  }

  public let configuration: Configuration
  /// 32 hexadecimal digits that identify the weights, as ``DiffusionTransformer/digest`` does.
  public let digest: String
  /// The file with the weights.
  public let path: String

  /// Nil where that part was not asked for.
  let encoder: EncoderNetwork?
  let decoder: DecoderNetwork?

  /// Opens a diffusers folder, `config.json` beside `diffusion_pytorch_model.safetensors` or `.bin`, or one of its weight
  /// files. A pipeline's folder will do too: its `vae` is taken.
  ///
  /// Weights are copied to where the convolutions want them, as Float32: 140 MB for Stable Diffusion's encoder, 200 MB
  /// for its decoder.
  ///
  /// - Parameters:
  ///   - path: The folder, or a file of weights.
  ///   - parts: What will be used. All tensors are checked in any case.
  ///   - settings: The `config.json`, where it does not lie beside the weights.
  ///   - threads: For converting 16-bit weights.
  /// - Throws: ``ModelError``, or the `TensorFileError` of a file that cannot be read.
  public init(
    _ path: String, parts: Set<Part> = [.encoder, .decoder], settings: String? = nil, threads: Threads = .all
  ) throws {
    let checkpoint = try Checkpoint(autoencoderAt: path, settings: settings)
    let configuration = try Configuration(checkpoint)
    let reader = try WeightReader(checkpoint)
    let weights = AutoencoderWeights(configuration, checkpoint, reader)
    var (encoder, decoder) = (weights.encoder(), weights.decoder())
    digest = try reader.finish(threads: threads)
    if parts.contains(.encoder) { encoder.pack() }
    if parts.contains(.decoder) { decoder.pack() }
    self.encoder = parts.contains(.encoder) ? encoder : nil
    self.decoder = parts.contains(.decoder) ? decoder : nil
    self.configuration = configuration
    self.path = checkpoint.path
  }
}
