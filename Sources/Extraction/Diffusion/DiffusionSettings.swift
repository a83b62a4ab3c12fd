import Features
import TensorFiles

/// What is extracted and how: everything that the archive's content depends on beside model and latents.
public struct DiffusionSettings: Sendable, Hashable {
  /// Noise levels in [0, 1]; 0 is clean data.
  public var timesteps: [Double]
  /// The time steps that the network is told where they are not the noise levels': one for each of `timesteps`, or one
  /// for all of them.
  public var conditionTimesteps: [Double]?
  /// Where hidden states are taken.
  public var taps: [Tap]
  /// What tables call the model.
  public var model: String
  /// How data and noise mix; nil for the model's own.
  public var interpolant: Interpolant?
  /// What the network's time means; nil for the model's own.
  public var timeConvention: TimeConvention?
  /// With `latentBias`, x = z * scale + bias for a latent z, as REPA's code has it. 0.18215 is the Stable Diffusion VAE's.
  public var latentScale: Double
  public var latentBias: Double
  /// Which latent of a VAE's posterior.
  public var posterior: Posterior
  public var noise: NoiseSource
  /// Which class the network is told.
  public var condition: Condition
  public var pooling: Pooling
  /// `.float32`, or `.float16` for half the size.
  public var elementType: ElementType
  public var samples: SampleSelection
  /// Samples in a shard; nil for as many as fit 256 MiB, 512 at most.
  public var shardSize: Int?

  /// The seed of the noise where none is given.
  public static let defaultSeed: UInt64 = 20_241_009

  public init(model: String, timesteps: [Double], taps: [Tap]) {
    self.model = model
    self.timesteps = timesteps
    self.taps = taps
    latentScale = 0.18215
    latentBias = 0
    posterior = .mean
    noise = .seed(Self.defaultSeed)
    condition = .nullLabel
    pooling = .mean
    elementType = .float32
    samples = .all
  }

  /// Which point of a VAE's posterior, N(mean, std).
  public enum Posterior: String, Sendable, Hashable, CaseIterable {
    case mean
    /// A draw, the same for every time step and checkpoint.
    case sample
  }

  /// Where noise comes from.
  public enum NoiseSource: Sendable, Hashable {
    /// The counter-based generator, see ``LatentNoise``.
    case seed(UInt64)
    /// A tensor file [N, C, H, W], `PATH` or `PATH#NAME`, N being the number of latents.
    case file(String)
  }

  /// What the network is told about the class.
  public enum Condition: String, Sendable, Hashable, CaseIterable {
    case nullLabel = "null"
    case labels
  }
}
