extension FidelityMetric {
  /// Every fidelity metric, in the order in which helps and documentation list them.
  public static let all: [FidelityMetric] = [
    .fid, .sfid, .kid, .kidFull, .inceptionScore, .precision, .recall, .density, .coverage,
  ]

  /// The metric of that name.
  public static func named(_ name: String) -> FidelityMetric? {
    all.first { $0.name == name }
  }

  public static let fid = FidelityMetric(
    name: "fid", title: "FID",
    summary: "the Frechet distance of two sets of features, FID where they are Inception's pooled ones",
    definition: "|m1 - m2|² + tr(S1 + S2 - 2 (S1 S2)^½) for means m and covariances S",
    source: "Heusel et al., arXiv 1706.08500, equation 6",
    range: (0, nil), isSymmetric: true, isDistance: true,
    cost: "O(N D² + D³) in Double; from fewer samples than dimensions O(N² D)", input: .moments,
    settings: { _ in "" }
  ) { try $0.frechet(isSpatial: false) }

  public static let sfid = FidelityMetric(
    name: "sfid", title: "sFID",
    summary: "the same of spatial features, which see where things are",
    definition: "as fid, on Inception's mixed_6 features: 7 channels of 17 x 17, flattened",
    source: "Nash et al., arXiv 2103.03841, section 4; Dhariwal and Nichol's evaluator",
    range: (0, nil), isSymmetric: true, isDistance: true, cost: "as fid", input: .spatialMoments,
    settings: { _ in "" }
  ) { try $0.frechet(isSpatial: true) }

  public static let kid = FidelityMetric(
    name: "kid", title: "KID",
    summary:
      "the kernel distance, mean over random subsets; not scaled, an interval of one standard deviation",
    definition: "mean over subsets of the unbiased MMD² with the kernel (x·y / D + 1)³",
    source: "Binkowski et al., arXiv 1801.01401, section 4",
    range: (nil, nil), isSymmetric: false, isDistance: true,
    cost: "O(subsets size² D) in Double", input: .features,
    settings: { "interval=std;seed=\($0.seed);subset-size=\($0.subsetSize);subsets=\($0.subsets)" }
  ) { pair in
    let (x, y) = try pair.features("kid")
    let estimate = try KernelDistance.estimate(
      x, y, subsets: pair.settings.subsets, size: pair.settings.subsetSize, seed: pair.settings.seed,
      threads: pair.threads)
    return Value(value: estimate.mean, deviation: estimate.deviation)
  }

  public static let kidFull = FidelityMetric(
    name: "kid-full", title: "KID, all samples",
    summary: "the kernel distance from all samples at once, without chance",
    definition: "the unbiased MMD² with the kernel (x·y / D + 1)³",
    source: "Gretton et al., JMLR 13 (2012), equation 3; Binkowski et al., arXiv 1801.01401",
    range: (nil, nil), isSymmetric: true, isDistance: true,
    cost: "O((N1 + N2)² D) in Double, in tiles; no N x N matrix", input: .features,
    settings: { _ in "" }
  ) { pair in
    let (x, y) = try pair.features("kid-full")
    return Value(value: try KernelDistance.value(x, y, threads: pair.threads))
  }

  public static let inceptionScore = FidelityMetric(
    name: "inception-score", title: "Inception score",
    summary: "how sure a classifier is of each image and how varied it finds them all; higher is better",
    definition: "mean over splits of exp(E_x KL(p(y|x) | p(y)))",
    source: "Salimans et al., arXiv 1606.03498, section 4",
    range: (1, nil), isSymmetric: false, isDistance: false, cost: "O(N C) exponentials", input: .scores,
    settings: { "interval=std;splits=\($0.splits)" }
  ) { pair in
    let estimate = try InceptionScore.value(
      pair.x.features(for: "inception-score"), splits: pair.settings.splits, scores: pair.settings.scores,
      threads: pair.threads)
    return Value(value: estimate.mean, deviation: estimate.deviation)
  }

  public static let precision = FidelityMetric(
    name: "precision", title: "Precision",
    summary: "the share of generated samples within reach of a reference sample",
    definition: "the share of x with |x - y| <= the distance of y to its k-th neighbor, for some y",
    source: "Kynkäänniemi et al., arXiv 1904.06991, equations 1 and 2",
    range: (0, 1), isSymmetric: false, isDistance: false,
    cost: "O(N² D) in Float32, in tiles; no N x N matrix", input: .features,
    settings: { "k=\($0.recallK)" }
  ) { Value(value: try $0.manifolds(\.precision, "precision")) }

  public static let recall = FidelityMetric(
    name: "recall", title: "Recall",
    summary: "the share of reference samples within reach of a generated sample",
    definition: "precision with the sides exchanged",
    source: "Kynkäänniemi et al., arXiv 1904.06991, equations 1 and 2",
    range: (0, 1), isSymmetric: false, isDistance: false,
    cost: "O(N² D) in Float32, in tiles; no N x N matrix", input: .features,
    settings: { "k=\($0.recallK)" }
  ) { Value(value: try $0.manifolds(\.recall, "recall")) }

  public static let density = FidelityMetric(
    name: "density", title: "Density",
    summary: "how many reference samples a generated one is within reach of, over k; can exceed 1",
    definition:
      "mean over x of the number of y with |x - y| < the distance of y to its k-th neighbor, over k",
    source: "Naeem et al., arXiv 2002.09797, equation 5",
    range: (0, nil), isSymmetric: false, isDistance: false,
    cost: "O(N² D) in Float32, in tiles; no N x N matrix", input: .features,
    settings: { "k=\($0.coverageK)" }
  ) { Value(value: try $0.manifolds(\.density, "density")) }

  public static let coverage = FidelityMetric(
    name: "coverage", title: "Coverage",
    summary: "the share of reference samples with a generated one within their reach",
    definition: "the share of y with |x - y| < the distance of y to its k-th neighbor, for some x",
    source: "Naeem et al., arXiv 2002.09797, equation 6",
    range: (0, 1), isSymmetric: false, isDistance: false,
    cost: "O(N² D) in Float32, in tiles; no N x N matrix", input: .features,
    settings: { "k=\($0.coverageK)" }
  ) { Value(value: try $0.manifolds(\.coverage, "coverage")) }
}
