/// What looks at neighbors: CKNNA in its three definitions, lists of neighbors that overlap.
extension Metric {
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

  public static let cycleKNN = Metric(
    name: "cycle-knn", title: "Cycle k-NN",
    summary: "the share of samples that are a neighbor on one side of one of their neighbors on the other",
    definition: "mean over i of [i ∈ A_j for some j ∈ B_i], A of x and B of y",
    source: "Huh et al., arXiv 2405.07987, AlignmentMetrics.cycle_knn",
    range: (0, 1), isSymmetric: false, invariances: [.rotation, .scaling],
    cost: "a neighbor graph a side, then O(N k²) a pair", minimumSamples: 2, dependencies: .k, needs: .graph
  ) { try OrderedNeighbors.cycle($0.x.prepared(\.graph), $0.y.prepared(\.graph), threads: $0.threads) }

  public static let lcsKNN = Metric(
    name: "lcs-knn", title: "LCS k-NN",
    summary: "how long a subsequence both sides' ordered neighbors have in common, from 0 to k",
    definition: "mean over i of the length of the longest common subsequence of the lists A_i and B_i",
    source: "Huh et al., arXiv 2405.07987, AlignmentMetrics.lcs_knn",
    range: (0, nil), isSymmetric: true, invariances: [.rotation, .scaling],
    cost: "a neighbor graph a side, then O(N k²) a pair", minimumSamples: 2, dependencies: .k, needs: .graph
  ) {
    try OrderedNeighbors.longestCommonSubsequence(
      $0.x.prepared(\.graph), $0.y.prepared(\.graph), threads: $0.threads)
  }

  public static let editKNN = Metric(
    name: "edit-knn", title: "Edit-distance k-NN",
    summary: "how few edits turn one side's ordered neighbors into the other's",
    definition: "1 - mean over i of the Levenshtein distance of the lists A_i and B_i / k",
    source: "Huh et al., arXiv 2405.07987, AlignmentMetrics.edit_distance_knn",
    range: (0, 1), isSymmetric: true, invariances: [.rotation, .scaling],
    cost: "a neighbor graph a side, then O(N k²) a pair", minimumSamples: 2, dependencies: .k, needs: .graph
  ) {
    try OrderedNeighbors.editSimilarity($0.x.prepared(\.graph), $0.y.prepared(\.graph), threads: $0.threads)
  }
}
