import Files
import TensorFiles

/// What `archive.json` says of a feature archive: which model, which representations, how they were made.
///
/// Two runs that would write the same features have equal descriptions: nothing in it depends on the machine, the clock,
/// the number of threads or the part of the work that a run does.
public struct ArchiveDescription: Sendable, Hashable {
  /// What tables and legends call the model.
  public var model: String
  /// The architecture, such as "repa" or "dit"; nil where nobody told.
  public var family: String?
  /// The checkpoint's training step.
  public var step: Int?
  /// Identifies the weights.
  public var checkpointDigest: String?
  /// The noise levels, in rising order of t; none for a model that has no time steps.
  public var timesteps: [Timestep]
  /// In the order in which every shard holds them.
  public var representations: [Representation]
  /// The number of samples in all shards together.
  public var samples: Int
  /// The samples of every shard but the last, which may have fewer.
  public var shardSize: Int
  /// How the shards hold the numbers.
  public var elementType: ElementType
  /// Everything else that the features depend on, by name.
  public var settings: [String: ArchiveSetting]

  /// One noise level: what was mixed, and what the network was told.
  public struct Timestep: Sendable, Hashable {
    /// In [0, 1]; 0 is clean data.
    public var t: Double
    /// The share of the data in x_t = alpha x + sigma e.
    public var alpha: Double
    /// The share of the noise.
    public var sigma: Double
    /// The number that the network was given, in its own convention.
    public var condition: Double

    public init(t: Double, alpha: Double, sigma: Double, condition: Double) {
      self.t = t
      self.alpha = alpha
      self.sigma = sigma
      self.condition = condition
    }
  }

  /// One tensor of every shard.
  public struct Representation: Sendable, Hashable {
    public var key: FeatureKey
    /// Of one sample: [D] where tokens were pooled, [T, D] where not, [C, H, W] for a model's output.
    public var shape: [Int]

    public init(_ key: FeatureKey, shape: [Int]) {
      self.key = key
      self.shape = shape
    }

    /// The tensor's name in the shards.
    public var name: String { key.tensorName }
    /// The numbers a sample has.
    public var elements: Int { shape.reduce(1, *) }
  }

  public init(
    model: String, family: String? = nil, step: Int? = nil, checkpointDigest: String? = nil,
    timesteps: [Timestep] = [],
    representations: [Representation], samples: Int, shardSize: Int, elementType: ElementType = .float32,
    settings: [String: ArchiveSetting] = [:]
  ) {
    self.model = model
    self.family = family
    self.step = step
    self.checkpointDigest = checkpointDigest
    self.timesteps = timesteps
    self.representations = representations
    self.samples = samples
    self.shardSize = shardSize
    self.elementType = elementType
    self.settings = settings
  }

  /// The number of shards.
  public var shardCount: Int { samples / shardSize + (samples % shardSize == 0 ? 0 : 1) }

  /// The samples that a shard holds.
  public func rows(ofShard shard: Int) -> Range<Int> {
    shard * shardSize..<min(samples, (shard + 1) * shardSize)
  }

  /// What every shard carries, to be known by: a change of anything but the model's name and step changes it.
  package var digest: String {
    var copy = self
    copy.model = ""
    copy.step = nil
    var digest = ContentDigest()
    digest.update(copy.json.fileText)
    return digest.text
  }
}
