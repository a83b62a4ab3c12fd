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

  /// REPA's choices: k = 10 (arXiv 2410.06940, appendix C.1), rows L2-normalised, no clamp.
  public init(
    k: Int = 10, sigma: Double = 1, normalization: Normalization = .l2, clamp: OutlierClamp = .none,
    epsilon: Double = defaultEpsilon
  ) {
    self.k = k
    self.sigma = sigma
    self.normalization = normalization
    self.clamp = clamp
    self.epsilon = epsilon
  }
}
