extension RepresentationProperty {
  /// Every property there is, in the order in which helps and documentation list them.
  public static let all: [RepresentationProperty] = [
    .effectiveRank, .participationRatio, .anisotropy, .intrinsicDimension, .lds, .cds, .srss, .rmsc,
  ]

  /// The property of that name.
  public static func named(_ name: String) -> RepresentationProperty? {
    all.first { $0.name == name }
  }

  public static let effectiveRank = RepresentationProperty(
    name: "effective-rank", title: "Effective rank",
    summary:
      "of one representation: how many directions its centred features fill, by the entropy of singular values",
    definition: "exp(-sum p_i log p_i), p_i = the singular values of the centred rows divided by their sum",
    source: "Roy and Vetterli, EUSIPCO 2007",
    range: (1, nil), invariances: [.rotation, .scaling, .translation],
    cost: "O(N D²) and O(D³) in Double; for N <= D O(N² D)", minimumSamples: 2, dependencies: [],
    needs: .singularValues
  ) { Geometry.effectiveRank(singularValues: try $0.prepared.prepared(\.singularValues)) }

  public static let participationRatio = RepresentationProperty(
    name: "participation-ratio", title: "Participation ratio",
    summary: "of one representation: how many directions share its variance",
    definition: "(sum λ_i)² / sum λ_i² of the eigenvalues of the covariance",
    source: "Gao et al., bioRxiv 214262 (2017)",
    range: (1, nil), invariances: [.rotation, .scaling, .translation],
    cost: "as effective-rank, which shares its work", minimumSamples: 2, dependencies: [],
    needs: .singularValues
  ) { Geometry.participationRatio(singularValues: try $0.prepared.prepared(\.singularValues)) }

  public static let anisotropy = RepresentationProperty(
    name: "anisotropy", title: "Anisotropy",
    summary: "of one representation: the mean cosine of two different samples",
    definition: "mean over i ≠ j of cos(x_i, x_j), not centred",
    source: "Ethayarajh, arXiv 1909.00512",
    range: (-1, 1), invariances: [.rotation, .scaling], cost: "O(N D)", minimumSamples: 2, dependencies: [],
    needs: []
  ) { try Geometry.anisotropy($0.prepared.representation, threads: $0.threads) }

  public static let intrinsicDimension = RepresentationProperty(
    name: "intrinsic-dimension", title: "Intrinsic dimension",
    summary: "of one representation: TwoNN, from the distances of the two nearest neighbors",
    definition:
      "the slope through the origin of -log(1 - F(mu)) against log(mu), mu = r2 / r1, the largest tenth left out",
    source: "Facco et al., Scientific Reports 7, 12140 (2017)",
    range: (0, nil), invariances: [.rotation, .scaling, .translation],
    cost: "half of O(N² D) in Float32, in tiles; no N x N matrix", minimumSamples: 3, dependencies: .discard,
    needs: []
  ) { try $0.intrinsicDimension() }

  public static let lds = RepresentationProperty(
    name: "lds", title: "Local-distant similarity",
    summary: "of one representation's patch tokens: how much more alike neighbors are than far places",
    definition: "mean cosine of vertical and horizontal neighbors - mean cosine at Manhattan distance >= far",
    source: "Singh et al., arXiv 2512.10794 (iREPA)",
    range: (-2, 2), invariances: .scaling, cost: "O(N T² D) in Double", minimumSamples: 1,
    dependencies: [.far, .grid], needs: .tokens
  ) { try $0.mean(\.lds, looking: "\($0.settings.patchDistances.far) or more apart") }

  public static let cds = RepresentationProperty(
    name: "cds", title: "Correlation decay slope",
    summary: "of one representation's patch tokens: how fast their cosine falls with distance",
    definition: "- least-squares slope of the mean cosine at Manhattan distance d against d = 1 ... decay",
    source: "Singh et al., arXiv 2512.10794 (iREPA)",
    range: (-2, 2), invariances: .scaling, cost: "O(N T² D) in Double", minimumSamples: 1,
    dependencies: [.decay, .grid], needs: .tokens
  ) { try $0.mean(\.cds, looking: "at two distances up to \($0.settings.patchDistances.decay)") }

  public static let srss = RepresentationProperty(
    name: "srss", title: "Semantic-region self-similarity",
    summary:
      "of one representation's patch tokens: how much closer the foreground is to itself than to the background",
    definition:
      "mean over foreground tokens of mean cosine with near foreground - mean cosine with far background",
    source: "Singh et al., arXiv 2512.10794 (iREPA)",
    range: (-2, 2), invariances: .scaling, cost: "O(N T² D) in Double", minimumSamples: 1,
    dependencies: [.near, .background, .grid, .masks], needs: .tokens
  ) { try $0.meanRegionContrast() }

  public static let rmsc = RepresentationProperty(
    name: "rmsc", title: "RMS spatial contrast",
    summary: "of one representation's patch tokens: how much the tokens of an image differ",
    definition: "mean over samples of sqrt(mean_t |u_t - mean u|²), u_t the normalised tokens",
    source: "Singh et al., arXiv 2512.10794 (iREPA)",
    range: (0, 1), invariances: [.rotation, .scaling], cost: "O(N T² D) in Double, with the others",
    minimumSamples: 1, dependencies: .grid, needs: .tokens
  ) {
    let values = try $0.spatialStructure().rmsc
    return values.reduce(0, +) / Double(values.count)
  }
}
