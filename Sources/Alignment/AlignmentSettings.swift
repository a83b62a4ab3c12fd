/// The choices that alignment metrics leave open.
public struct AlignmentSettings: Sendable, Hashable {
  /// How many neighbors a sample has, for the metrics that look at neighbors.
  public var k: Int
  /// The width of the Gaussian kernel.
  public var sigma: Double
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

  /// REPA's choices: k = 10 (arXiv 2410.06940, appendix C.1), rows L2-normalised, no clamp. It names no temperature for
  /// NT-Xent; 0.1 is what SimCLR found best (arXiv 2002.05709, table 5).
  public init(
    k: Int = 10, sigma: Double = 1, normalization: Normalization = .l2, clamp: OutlierClamp = .none,
    epsilon: Double = defaultEpsilon, tau: Double = 0.1, candidates: TokenCandidates = .batchTokens
  ) {
    self.k = k
    self.sigma = sigma
    self.normalization = normalization
    self.clamp = clamp
    self.epsilon = epsilon
    self.tau = tau
    self.candidates = candidates
  }
}
