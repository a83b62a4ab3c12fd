import LinearAlgebra

/// Two prepared representations of the same samples, and what several metrics of the pair have in common.
///
/// Not for use by two threads at once.
final class RepresentationPair {
  let x: PreparedRepresentation
  let y: PreparedRepresentation
  let settings: AlignmentSettings
  let threads: Threads

  init(
    _ x: PreparedRepresentation, _ y: PreparedRepresentation, _ settings: AlignmentSettings,
    _ threads: Threads
  ) {
    self.x = x
    self.y = y
    self.settings = settings
    self.threads = threads
  }

  /// The metric that is being evaluated.
  var metric = ""
  /// What may mislead about the values.
  private(set) var warnings: [String] = []

  private var linear: LinearCKA?
  private var gaussian: GaussianCKA?
  private var linearGrams: PermutedGrams?
  private var gaussianGrams: PermutedGrams?
  private var correlation: CanonicalCorrelation?

  /// The patch tokens of both sides, which are of the same places in the same space.
  func tokens() throws -> (x: PatchTokens, y: PatchTokens) {
    let (x, y) = (try x.prepared(\.tokens), try y.prepared(\.tokens))
    guard x.perSample == y.perSample, x.dimensions == y.dimensions else {
      throw AlignmentError(
        .tokensDiffer,
        "one side keeps \(x.perSample) tokens of \(x.dimensions) dimensions, the other \(y.perSample) of \(y.dimensions); "
          + "tokens are compared patch by patch, as a projector's output with its encoder's patch tokens, the class token left out"
      )
    }
    return (x, y)
  }

  func linearCKA() throws -> LinearCKA {
    if let linear { return linear }
    let (xMoments, yMoments) = (try x.prepared(\.moments), try y.prepared(\.moments))
    let value =
      if let sum = x.gramProduct(with: y) {
        LinearCKA(xMoments, yMoments, sumOfProducts: sum)
      } else {
        try LinearCKA(xMoments, yMoments, threads: threads)
      }
    linear = value
    return value
  }

  func gaussianCKA() throws -> GaussianCKA {
    if let gaussian { return gaussian }
    let value = try GaussianCKA(
      x.representation, y.representation, sigmas: (x.prepared(\.sigma), y.prepared(\.sigma)),
      threads: threads)
    let means = [value.meanSimilarities.x, value.meanSimilarities.y]
    for (bound, isWide) in [(1e-4, false), (1 - 1e-4, true)]
    where means.contains(where: { ($0 > bound) == isWide }) {
      warnings.append(
        "sigma = \(settings.sigma.text) is too \(isWide ? "wide" : "narrow") for \(metric): on one side the kernel of two "
          + "different samples is \(isWide ? means.max()! : means.min()!) on average")
    }
    gaussian = value
    return value
  }

  /// The Gram matrices of the centred rows, for permutations; nil where they are too large to keep.
  func permutedLinearGrams() throws -> PermutedGrams? {
    guard x.samples <= GramMatrix.mostSamples else { return nil }
    let grams =
      try linearGrams
      ?? PermutedGrams(
        GramMatrix(x.prepared(\.moments).centred.rows, factors: nil, threads: threads),
        GramMatrix(y.prepared(\.moments).centred.rows, factors: nil, threads: threads))
    linearGrams = grams
    return grams
  }

  /// The Gaussian kernel matrices, for permutations; nil where they are too large to keep.
  func permutedGaussianGrams() throws -> PermutedGrams? {
    guard x.samples <= GramMatrix.mostSamples else { return nil }
    let grams =
      try gaussianGrams
      ?? PermutedGrams(
        GaussianCKA.kernelMatrix(x, threads: threads), GaussianCKA.kernelMatrix(y, threads: threads))
    gaussianGrams = grams
    return grams
  }

  func canonicalCorrelation() throws -> CanonicalCorrelation {
    let (a, b) = (try x.prepared(\.basis), try y.prepared(\.basis))
    let (count, certain) = (min(a.rank, b.rank), min(a.rank + b.rank - (x.samples - 1), a.rank, b.rank))
    let note =
      metric == Metric.pwcca.name && certain > 1 && certain < count
      ? "; their weights are not determined, and pwcca only to two digits or so" : ""
    // Once for all that share the correlations, and once more where there is more to say.
    if certain > 0, correlation == nil || !note.isEmpty {
      warnings.append(
        "\(certain) of \(count) canonical correlations are 1 whatever the features are: \(x.samples) samples are too few "
          + "for ranks of \(a.rank) and \(b.rank)" + note)
    }
    if let correlation { return correlation }
    let value = try CanonicalCorrelation(a, b, threads: threads)
    correlation = value
    return value
  }

  /// The ratio's value; an error where it has none, a warning where epsilon is a good part of it.
  func value(_ ratio: AlignmentRatio, epsilon: Double? = nil) throws -> Double {
    let epsilon = epsilon ?? settings.epsilon
    guard let value = ratio.value(epsilon: epsilon) else {
      throw AlignmentError(.undefined, "\(metric) has no value here: \(ratio.whyUndefined)")
    }
    let loss = ratio.loss(epsilon: epsilon)
    if loss == 1 {
      warnings.append(
        "\(metric) is 0 here because a side has no variance that could be told from rounding: all its samples are alike, "
          + "or the kernel sees none of them as alike")
    } else if loss > 0.05 {
      warnings.append(
        "the \(epsilon) that the official code adds to the denominator takes \(Int((loss * 100).rounded())) % off "
          + "\(metric): its HSIC is small here, as it is when samples are much alike. Without it: epsilon 0")
    }
    return value
  }
}
