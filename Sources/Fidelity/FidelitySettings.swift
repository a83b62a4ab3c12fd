/// Settings of the fidelity metrics; the usual ones where nothing is said.
public struct FidelitySettings: Sendable, Hashable {
  /// The neighbor whose distance is the radius, in precision and recall.
  public var recallK: Int
  /// The same in density and coverage.
  public var coverageK: Int
  /// How many random subsets the kernel distance is averaged over.
  public var subsets: Int
  /// Samples of a subset.
  public var subsetSize: Int
  /// What the subsets are drawn by.
  public var seed: UInt64
  /// Consecutive parts of the Inception score.
  public var splits: Int
  /// What the rows of the Inception score are.
  public var scores: InceptionScore.Scores

  /// Settings.
  public init(
    recallK: Int = 3, coverageK: Int = 5, subsets: Int = 100, subsetSize: Int = 1000, seed: UInt64 = 0,
    splits: Int = 10, scores: InceptionScore.Scores = .automatic
  ) {
    self.recallK = recallK
    self.coverageK = coverageK
    self.subsets = subsets
    self.subsetSize = subsetSize
    self.seed = seed
    self.splits = splits
    self.scores = scores
  }
}
