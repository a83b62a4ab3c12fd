/// The choices that alignment metrics leave open.
public struct AlignmentSettings: Sendable, Hashable {
  /// How many neighbors a sample has, for the metrics that look at neighbors.
  public var k: Int
  /// The width of the Gaussian kernel: a number, or the median distance.
  public var sigma: KernelWidth
  public var normalization: Normalization
  public var clamp: OutlierClamp
  /// Added to the denominator of CKNNA and CKA. The Platonic Representation code adds 1e-6, and so do the goldens; it
  /// lowers the value where HSIC is small, as it is for L2-normalised rows that are much alike.
  public var epsilon: Double

  public static let defaultEpsilon = 1e-6
  /// The temperature of `nt-xent`.
  public var tau: Double
  /// Among which tokens `nt-xent` looks for a token's partner.
  public var candidates: TokenCandidates
  /// How many singular vectors of either side `svcca` keeps; the Platonic Representation code keeps 10.
  public var components: Int
  /// At which distances patch-structure metrics look, and where patch tokens lie.
  public var patchDistances: PatchDistances
  /// Which patch tokens are foreground, for `srss`: of the samples that are measured, in their order.
  public var masks: PatchMasks?
  /// The share of the largest ratios that `intrinsic-dimension` leaves out.
  public var discard: Double

  /// REPA's choices: k = 10 (arXiv 2410.06940, appendix C.1), rows L2-normalised, no clamp. It names no temperature for
  /// NT-Xent; 0.1 is what SimCLR found best (arXiv 2002.05709, table 5).
  public init(
    k: Int = 10, sigma: KernelWidth = 1, normalization: Normalization = .l2, clamp: OutlierClamp = .none,
    epsilon: Double = defaultEpsilon, tau: Double = 0.1, candidates: TokenCandidates = .batchTokens,
    components: Int = 10, patchDistances: PatchDistances = PatchDistances(), masks: PatchMasks? = nil,
    discard: Double = 0.1
  ) {
    self.k = k
    self.sigma = sigma
    self.normalization = normalization
    self.clamp = clamp
    self.epsilon = epsilon
    self.tau = tau
    self.candidates = candidates
    self.components = components
    self.patchDistances = patchDistances
    self.masks = masks
    self.discard = discard
  }
}
