import LinearAlgebra

/// A diffusion transformer, as far as extraction has to know it.
///
/// An image runs by itself on the calling thread, so that no result depends on the size of a batch or the number of
/// threads.
public protocol DiffusionModel: Sendable {
  /// Everything that depends on time step and label only.
  associatedtype Conditioning: Sendable
  /// Memory for one image at a time.
  associatedtype Workspace

  var network: NetworkDescription { get }

  /// - Parameters:
  ///   - timestep: What the network is told, in its own convention.
  ///   - label: A class, or the null label.
  ///   - threads: How many threads may be used; values do not depend on it.
  func conditioning(timestep: Double, label: Int, threads: Threads) throws -> Conditioning

  func makeWorkspace() -> Workspace

  /// Runs a latent, [C, H, W], and hands every tap's values to `body`: tokens row-major [T, D], the output [C, H, W].
  func run(
    _ latent: UnsafeBufferPointer<Float>, _ conditioning: Conditioning, taps: Set<Tap>, workspace: Workspace,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void) throws
}

/// The sizes of a network, its identity, and how it was trained to see noise.
public struct NetworkDescription: Sendable, Hashable {
  /// The architecture, for the archive: "repa", "sit", "dit".
  public var family: String
  /// Identifies the weights.
  public var digest: String
  /// The checkpoint's training step, where it is known.
  public var trainingStep: Int?
  /// The input's shape.
  public var input: InputShape
  /// The output's shape.
  public var output: InputShape
  /// Tokens of a hidden state.
  public var tokens: Int
  /// Dimensions of a token.
  public var width: Int
  /// Blocks.
  public var depth: Int
  /// Classes, not counting the null label.
  public var classes: Int
  /// The label that stands for "no class", where the network has one.
  public var nullLabel: Int?
  public var projectors: [Projector]
  public var timeConvention: TimeConvention
  public var interpolant: Interpolant

  /// A projector of REPA: the layer it is attached to, and the dimensions of its output.
  public struct Projector: Sendable, Hashable {
    public var layer: Int
    public var dimensions: Int

    public init(layer: Int, dimensions: Int) {
      self.layer = layer
      self.dimensions = dimensions
    }
  }

  public init(
    family: String, digest: String, trainingStep: Int? = nil, input: InputShape, output: InputShape,
    tokens: Int,
    width: Int, depth: Int, classes: Int, nullLabel: Int?, projectors: [Projector] = [],
    timeConvention: TimeConvention = .repa, interpolant: Interpolant = .linear
  ) {
    self.family = family
    self.digest = digest
    self.trainingStep = trainingStep
    self.input = input
    self.output = output
    self.tokens = tokens
    self.width = width
    self.depth = depth
    self.classes = classes
    self.nullLabel = nullLabel
    self.projectors = projectors
    self.timeConvention = timeConvention
    self.interpolant = interpolant
  }

  /// The shape of what a tap gives: [T, D] or [C, H, W]; nil where the network has no such tap.
  public func shape(of tap: Tap) -> [Int]? {
    switch tap {
    case .layer(let layer): (0...depth).contains(layer) ? [tokens, width] : nil
    case .projector(let layer, let index):
      projectors.indices.contains(index) && projectors[index].layer == layer
        ? [tokens, projectors[index].dimensions] : nil
    case .output: [output.channels, output.height, output.width]
    }
  }
}
