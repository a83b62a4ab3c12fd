/// What compares the spaces that rows span, or the dissimilarities of samples.
extension Metric {
  public static let svcca = Metric(
    name: "svcca", title: "SVCCA",
    summary: "the canonical correlations of the leading singular vectors, on average; deterministic",
    definition:
      "mean singular value of UxᵀUy, U the first q left singular vectors of the columns, centred and divided by (std + 1e-8)",
    source: "Raghu et al., arXiv 1706.05806; q = 10 as in Huh et al., arXiv 2405.07987, there randomised",
    range: (0, 1), isSymmetric: true, invariances: .translation,
    cost: "O(N D²) and O(D³) in Double a side (for N <= D O(N² D)), then O(N q²) a pair", minimumSamples: 2,
    dependencies: .components, needs: .leadingDirections
  ) {
    try LeadingDirections.svcca(
      $0.x.prepared(\.leadingDirections), $0.y.prepared(\.leadingDirections), threads: $0.threads)
  }

  public static let cca = Metric(
    name: "cca", title: "CCA",
    summary: "the mean canonical correlation; 1 of any features where N is not above the dimensions",
    definition: "mean of the singular values of QxᵀQy, Q orthonormal bases of the centred columns",
    source: "Raghu et al., arXiv 1706.05806; Kornblith et al., arXiv 1905.00414",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .scaling, .translation],
    cost:
      "O(N D²) and O(D³) in Double a side (for N <= D O(N² D)), then O(N D1 D2) a pair; N D numbers in Double a side where "
      + "features are ill-conditioned", minimumSamples: 2, dependencies: [], needs: .basis
  ) { try $0.canonicalCorrelation().mean() }

  public static let ccaSquared = Metric(
    name: "cca-squared", title: "CCA, squared",
    summary: "the mean squared canonical correlation",
    definition: "|QxᵀQy|² / min(rank), Q as for cca",
    source: "Kornblith et al., arXiv 1905.00414, table 1 (R²_CCA)",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .scaling, .translation], cost: "as cca",
    minimumSamples: 2, dependencies: [], needs: .basis
  ) { try $0.canonicalCorrelation().meanSquared() }

  public static let pwcca = Metric(
    name: "pwcca", title: "PWCCA",
    summary: "canonical correlations weighted with how much of x they account for; not symmetric",
    definition:
      "sum a_i ρ_i / sum a_i, a_i = sum_j |<h_i, x_j>| of x's canonical variables h_i and centred columns x_j",
    source: "Morcos et al., arXiv 1806.05759, section 3",
    // The weights are sums over x's own axes: a rotation of x has others.
    range: (0, 1), isSymmetric: false, invariances: [.scaling, .translation], cost: "as cca",
    minimumSamples: 2, dependencies: [], needs: .basis
  ) { try $0.canonicalCorrelation().projectionWeighted() }

  public static let procrustes = Metric(
    name: "procrustes", title: "Procrustes",
    summary: "how close a rotation brings both sides: 1 - half the squared Procrustes distance",
    definition: "|AᵀB|_* = 1 - d²/2 for the nuclear norm and centred features A, B of Frobenius norm 1",
    source: "Schönemann, Psychometrika 31 (1966); Ding et al., arXiv 2108.01661",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .scaling, .translation],
    cost: "O(N D1 D2) and O(D³) in Double a pair", minimumSamples: 2, dependencies: [], needs: .procrustes
  ) {
    try Procrustes.similarity($0.x.prepared(\.procrustes), $0.y.prepared(\.procrustes), threads: $0.threads)
  }

  public static let rsa = Metric(
    name: "rsa", title: "RSA",
    summary: "Pearson's correlation of both sides' dissimilarities of samples",
    definition: "corr over pairs i < j of 1 - corr(x_i, x_j) and 1 - corr(y_i, y_j)",
    source: "Kriegeskorte et al., Frontiers in Systems Neuroscience 2 (2008)",
    range: (-1, 1), isSymmetric: true, invariances: .scaling,
    cost: "O(N D²) in Double a side, then O(N D1 D2) a pair; no N x N matrix", minimumSamples: 3,
    dependencies: [], comparesSamples: true, needs: .similarityMoments
  ) {
    try RepresentationalSimilarity.pearson(
      $0.x.prepared(\.similarityMoments), $0.y.prepared(\.similarityMoments), threads: $0.threads)
  }

  public static let rsaSpearman = Metric(
    name: "rsa-spearman", title: "RSA, Spearman",
    summary: "the rank correlation of both sides' dissimilarities of samples",
    definition: "as rsa, of the ranks; equal dissimilarities share their mean rank",
    source: "Kriegeskorte et al., Frontiers in Systems Neuroscience 2 (2008)",
    range: (-1, 1), isSymmetric: true, invariances: .scaling,
    cost: "O(N² D) in Double and a sort of N²/2 numbers a side, 2 N² bytes kept and 8 N² while they are made",
    minimumSamples: 3, dependencies: [], comparesSamples: true, needs: .similarityRanks
  ) {
    try RepresentationalSimilarity.spearman(
      $0.x.prepared(\.similarityRanks), $0.y.prepared(\.similarityRanks), threads: $0.threads)
  }
}
