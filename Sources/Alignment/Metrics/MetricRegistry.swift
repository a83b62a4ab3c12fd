extension Metric {
  /// Every metric there is, in the order in which helps and documentation list them.
  public static let all: [Metric] = [
    .cknna, .cknnaBiased, .cknnaCentred, .mutualKNN, .cycleKNN, .lcsKNN, .editKNN,
    .cka, .ckaUnbiased, .ckaRBF, .ckaRBFUnbiased, .svcca, .cca, .ccaSquared, .pwcca, .procrustes, .rsa,
    .rsaSpearman,
    .repaCosine, .ntXent,
  ]

  /// The metric of that name.
  public static func named(_ name: String) -> Metric? {
    all.first { $0.name == name }
  }

  public static let cknna = Metric(
    name: "cknna", title: "CKNNA",
    summary: "CKA over mutual neighbors, unbiased; the Platonic Representation code's, the one people run",
    definition:
      "HSIC(M∘K, M∘L) / (sqrt(HSIC(K,K) HSIC(L,L)) + epsilon), M(i,j) = j among the k nearest of i in both",
    source: "Huh et al., arXiv 2405.07987, AlignmentMetrics.cknna(unbiased=True)",
    // The masked matrices are not symmetric, and the estimator's last term is sum(AB), which is not sum(BA).
    range: (nil, nil), isSymmetric: false, invariances: [.rotation],
    cost: "a neighbor graph a side, then O(N k) a pair", minimumSamples: 4, dependencies: [.k, .epsilon],
    needs: [.graph, .ownCKNNA], permuted: { try CKNNA.permutedUnbiased($0) }
  ) { try $0.value(CKNNA.unbiased($0)) }

  public static let cknnaBiased = Metric(
    name: "cknna-biased", title: "CKNNA, biased",
    summary: "the same code's biased estimator; a sample may be its own neighbor",
    definition: "as cknna with HSIC = trace(A H B H), the diagonal among the candidates",
    source: "Huh et al., arXiv 2405.07987, AlignmentMetrics.cknna(unbiased=False)",
    range: (nil, nil), isSymmetric: true, invariances: [.rotation],
    cost: "a neighbor graph a side, then O(N k) a pair", minimumSamples: 2, dependencies: [.k, .epsilon],
    needs: [.graph, .ownBiasedCKNNA], permuted: { try CKNNA.permutedBiased($0) }
  ) { try $0.value(CKNNA.biased($0)) }

  public static let cknnaCentred = Metric(
    name: "cknna-centred", title: "CKNNA, centred",
    summary: "the REPA paper's equations: rows of the kernel centred, then masked",
    definition:
      "sum α(i,j) (K(i,j) - E_l K(i,l)) (L(i,j) - E_l L(i,l)), divided by the root of the same for (K,K), (L,L)",
    source: "Yu et al., arXiv 2410.06940, equations 22 to 24",
    range: (nil, nil), isSymmetric: true, invariances: [.rotation, .scaling],
    cost: "a neighbor graph a side, then O(N k) a pair", minimumSamples: 2, dependencies: .k,
    needs: [.graph, .gramRowMeans, .ownCentredCKNNA], permuted: { try CKNNA.permutedCentred($0) }
  ) { try $0.value(CKNNA.centred($0), epsilon: 0) }

  public static let mutualKNN = Metric(
    name: "mutual-knn", title: "Mutual k-NN",
    summary: "the share of the k nearest neighbors that both sides have in common",
    definition: "mean over i of |A_i ∩ B_i| / k",
    source: "Huh et al., arXiv 2405.07987, AlignmentMetrics.mutual_knn",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .scaling],
    cost: "a neighbor graph a side, then O(N k) a pair", minimumSamples: 2, dependencies: .k, needs: .graph,
    permuted: { try MutualKNN.permuted($0) }
  ) { MutualKNN.value(try $0.x.prepared(\.graph), try $0.y.prepared(\.graph)) }

  public static let cka = Metric(
    name: "cka", title: "CKA",
    summary: "linear CKA, biased: reads high when N is not well above D",
    definition: "|XᵀY|² / (|XᵀX| |YᵀY| + epsilon) for centred rows X, Y and the Frobenius norm",
    source: "Kornblith et al., arXiv 1905.00414",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .translation],
    cost: "O(N D²) a side, then O(N D1 D2) a pair; O(N²) beside a neighbor graph", minimumSamples: 2,
    dependencies: .epsilon,
    needs: .moments, permuted: { try LinearCKA.permutedBiased($0) }
  ) { try $0.value($0.linearCKA().biased) }

  public static let ckaUnbiased = Metric(
    name: "cka-unbiased", title: "Unbiased CKA",
    summary: "linear CKA with the unbiased estimator of HSIC: zero is expected of unrelated features",
    definition: "HSIC₁(K,L) / (sqrt(HSIC₁(K,K) HSIC₁(L,L)) + epsilon)",
    source: "Song et al., JMLR 13 (2012); Nguyen et al., arXiv 2010.15327",
    range: (-1, 1), isSymmetric: true, invariances: [.rotation, .translation],
    cost: "O(N D²) a side, then O(N D1 D2) a pair; O(N²) beside a neighbor graph", minimumSamples: 4,
    dependencies: .epsilon,
    comparesSamples: true, needs: .moments, permuted: { try LinearCKA.permutedUnbiased($0) }
  ) { try $0.value($0.linearCKA().unbiased) }

  public static let ckaRBF = Metric(
    name: "cka-rbf", title: "CKA, RBF kernel",
    summary: "CKA with a Gaussian kernel of width sigma, biased",
    definition: "CKA with K(i,j) = exp(-|x_i - x_j|² / (2 sigma²))",
    source: "Kornblith et al., arXiv 1905.00414, section 3",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .translation],
    cost: "O(N² (D1 + D2)) in Double a pair, in tiles; no N x N matrix", minimumSamples: 2,
    dependencies: [.sigma, .epsilon],
    needs: .sigma, permuted: { try GaussianCKA.permutedBiased($0) }
  ) { try $0.value($0.gaussianCKA().biased) }

  public static let ckaRBFUnbiased = Metric(
    name: "cka-rbf-unbiased", title: "Unbiased CKA, RBF kernel",
    summary: "CKA with a Gaussian kernel of width sigma and the unbiased estimator",
    definition: "cka-unbiased with K(i,j) = exp(-|x_i - x_j|² / (2 sigma²))",
    source: "Kornblith et al., arXiv 1905.00414, section 3; Song et al., JMLR 13 (2012)",
    range: (-1, 1), isSymmetric: true, invariances: [.rotation, .translation],
    cost: "O(N² (D1 + D2)) in Double a pair, in tiles; no N x N matrix", minimumSamples: 4,
    dependencies: [.sigma, .epsilon],
    comparesSamples: true, needs: .sigma, permuted: { try GaussianCKA.permutedUnbiased($0) }
  ) { try $0.value($0.gaussianCKA().unbiased) }

  public static let repaCosine = Metric(
    name: "repa-cosine", title: "Patch-wise cosine",
    summary: "the mean cosine of patch tokens at the same place: minus REPA's projection loss",
    definition: "mean over samples n and tokens t of cos(x(n,t), y(n,t)); a token of zeros gives 0",
    source: "Yu et al., arXiv 2410.06940, equation 8",
    range: (-1, 1), isSymmetric: true, invariances: .scaling,
    cost: "O(N T D) in Double a pair", minimumSamples: 1, dependencies: [], needs: .tokens
  ) {
    let (x, y) = try $0.tokens()
    return try PatchCosine.value(x, y, threads: $0.threads)
  }

  public static let ntXent = Metric(
    name: "nt-xent", title: "NT-Xent loss",
    summary:
      "how hard a patch token finds its partner on the other side among the candidates; lower is closer",
    definition: "mean over tokens i of -log softmax_j(cos(x_i, y_j) / tau) at j = i, j among the candidates",
    source:
      "Sohn, NIPS 2016; Chen et al., arXiv 2002.05709; as an alignment loss Yu et al., arXiv 2410.06940",
    // The rows of the logits are x's tokens: each looks among y's.
    range: (0, nil), isSymmetric: false, invariances: .scaling,
    cost: "O((N T)² D) in Double a pair, in tiles; within-image O(N T² D), pooled-across-images O(N² D)",
    minimumSamples: 1, dependencies: [.tau, .candidates], isLoss: true, comparesSamples: true, needs: .tokens
  ) {
    let (x, y) = try $0.tokens()
    return try NTXent.value(
      x, y, tau: $0.settings.tau, candidates: $0.settings.candidates, threads: $0.threads)
  }
}
