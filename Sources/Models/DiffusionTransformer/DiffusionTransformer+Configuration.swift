extension DiffusionTransformer {
  /// What a diffusion transformer is, apart from its weights.
  public struct Configuration: Sendable, Hashable {
    /// Whose network it is: they agree in their layers, but differ in time direction, names and small constants.
    public enum Family: String, Sendable, CaseIterable {
      /// Official SiT: told t = 1 for data; learned sigma, of which the `output` tap gives the velocity alone.
      case sit
      /// REPA's SiT: told t = 0 for data.
      case repa
      /// Official DiT: told the step of its noise schedule, 0...999.
      case dit
      /// DiT as diffusers computes it, with slightly other constants.
      case ditDiffusers
    }

    /// A way from a hidden state to an encoder's features.
    public struct Projector: Sendable, Hashable {
      /// The layer it is attached to, from 1.
      public let layer: Int
      /// The length of its output for every token.
      public let dimension: Int
    }

    public var family: Family
    public var inputHeight: Int
    public var inputWidth: Int
    public var inputChannels: Int
    /// The channels the last layer computes, learned sigma included.
    public var outputChannels: Int
    public var patchSize: Int
    public var width: Int
    public var depth: Int
    public var heads: Int
    /// The number of classes, the null label not counted.
    public var classes: Int
    /// The label that stands for no class; nil where the label table has no such row.
    public var nullLabel: Int?
    /// The hidden values of a block's MLP.
    public var mlpWidth: Int
    /// The cosines and sines that a time step is told by.
    public var timestepFrequencies: Int
    /// Whether each head's queries and keys go through a norm.
    public var normalizesQueriesAndKeys: Bool
    /// The layer whose output REPA's projectors take, from 1; nil where nothing tells.
    public var encoderDepth: Int?
    /// The hidden values of a projector.
    public var projectorWidth: Int
    /// The output dimensions of all projectors in the checkpoint.
    public var projectorDimensions: [Int]

    /// The projectors, in the checkpoint's order; none where it is not known which layer they belong to.
    public var projectors: [Projector] {
      guard let encoderDepth else { return [] }
      return projectorDimensions.map { Projector(layer: encoderDepth, dimension: $0) }
    }

    /// The patches of one input.
    public var tokens: Int { (inputHeight / patchSize) * (inputWidth / patchSize) }

    /// The channels that the `output` tap gives: without the variance that official SiT learns beside the velocity.
    public var predictedChannels: Int {
      family == .sit && outputChannels == 2 * inputChannels ? inputChannels : outputChannels
    }

    /// The time steps that the network may be told.
    public var timesteps: ClosedRange<Double> {
      switch family {
      case .sit, .repa: 0...1
      case .dit, .ditDiffusers: 0...999
      }
    }

    /// The labels that the network may be told.
    public var labels: Range<Int> { 0..<classes + (nullLabel == nil ? 0 : 1) }
  }
}

extension DiffusionTransformer.Configuration {
  var patchElements: Int { inputChannels * patchSize * patchSize }
  var outputPatchElements: Int { outputChannels * patchSize * patchSize }

  /// The numbers in the checkpoint's tensors: fixed position embeddings count where they are stored, as PyTorch counts.
  public var parameterCount: Int {
    func linear(_ inputs: Int, _ outputs: Int) -> Int { inputs * outputs + outputs }
    let embedding =
      linear(timestepFrequencies, width) + linear(width, width) + labels.count * width
    let headWidth = width / heads
    let block =
      linear(width, 3 * width) + linear(width, width) + linear(width, mlpWidth) + linear(mlpWidth, width)
      + linear(width, 6 * width) + (normalizesQueriesAndKeys ? 4 * headWidth : 0)
    let projectors = projectorDimensions.reduce(0) { sum, dimension in
      sum + linear(width, projectorWidth) + linear(projectorWidth, projectorWidth)
        + linear(projectorWidth, dimension)
    }
    return linear(patchElements, width) + depth * block + projectors + linear(width, 2 * width)
      + linear(width, outputPatchElements)
      + (family == .ditDiffusers ? depth * embedding : embedding + tokens * width)
  }

  /// The floating-point operations of one image, a multiplication and an addition counted as two, up to a layer's
  /// output; 0 is the patch embedding. Matrix products only, without what depends on time step and label alone.
  public func floatingPointOperations(upTo layer: Int) -> Int {
    let products = 2 * tokens * width * (4 * width + 2 * mlpWidth)
    let attention = 4 * tokens * tokens * width
    return 2 * tokens * patchElements * width + min(max(layer, 0), depth) * (products + attention)
  }

  /// The floating-point operations of one image, up to the output.
  public var floatingPointOperations: Int {
    floatingPointOperations(upTo: depth) + 2 * tokens * width * outputPatchElements
  }
}
