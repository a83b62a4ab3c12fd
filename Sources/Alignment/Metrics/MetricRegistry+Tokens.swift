/// What compares patch tokens at the same place.
extension Metric {
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
