/// Centered kernel alignment of whole Gram matrices.
extension Metric {
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
}
