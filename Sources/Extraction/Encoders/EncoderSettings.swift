import Models
import TensorFiles

/// What is extracted of a vision encoder: everything that the archive's content depends on beside encoder and inputs.
public struct EncoderSettings: Sendable, Hashable {
  /// What tables call the encoder.
  public var model: String
  /// Where features are taken; by default the protocol's features, which is what a reference is.
  public var taps: [EncoderTap]
  public var pooling: Pooling
  /// `.float32`, or `.float16` for half the size.
  public var elementType: ElementType
  public var samples: SampleSelection
  /// Samples in a shard; nil for as many as fit 256 MiB, 512 at most.
  public var shardSize: Int?

  public init(model: String, taps: [EncoderTap] = [.final]) {
    self.model = model
    self.taps = taps
    pooling = .mean
    elementType = .float32
    samples = .all
  }
}
