import LinearAlgebra

/// Centered kernel alignment with the Gaussian (RBF) kernel, K(i,j) = exp(-|x_i - x_j|² / (2 sigma²)).
///
/// CKA = HSIC(K,L) / (sqrt(HSIC(K,K) HSIC(L,L)) + epsilon) with either estimator. Distances come from products in Double:
/// in Float32 the difference of nearly equal norms would lose the small distances, which the kernel looks at.
public struct GaussianCKA: Sendable {
  /// `cka-rbf`: by the biased estimator, HSIC = trace(K H L H); between 0 and 1.
  public let biased: AlignmentRatio
  /// `cka-rbf-unbiased`: by the unbiased estimator; between -1 and 1.
  public let unbiased: AlignmentRatio

  /// The mean kernel value of two different samples on either side: near 0 the kernel is too narrow to see any two as
  /// alike, near 1 too wide to tell them apart.
  let meanSimilarities: (x: Double, y: Double)

  /// Both estimates from one pass over the pairs of samples, in tiles.
  ///
  /// - Throws: ``AlignmentError`` unless sigma is positive.
  /// - Complexity: O(N² (D1 + D2) / 2) products in Double and N² exponentials; memory of a few tiles a thread.
  /// - SeeAlso: Kornblith et al., arXiv 1905.00414, section 3; Song et al., JMLR 13 (2012), equation 5.
  public init(_ x: Representation, _ y: Representation, sigma: KernelWidth, threads: Threads = .all) throws {
    let sigmas = (try sigma.sigma(of: x, threads: threads), try sigma.sigma(of: y, threads: threads))
    try self.init(x, y, sigmas: sigmas, threads: threads)
  }

  /// The same with a sigma for either side.
  init(_ x: Representation, _ y: Representation, sigmas: (x: Double, y: Double), threads: Threads) throws {
    precondition(x.samples == y.samples, "Gaussian CKA of \(x.samples) and \(y.samples) samples")
    let sums = try GaussianKernelSums(
      x, y,
      kernels: (
        GaussianKernel(of: x, sigma: sigmas.x, threads: threads),
        GaussianKernel(of: y, sigma: sigmas.y, threads: threads)
      ), threads: threads)
    biased = AlignmentRatio(
      sums.biased(\.xy, \.x, \.y), sums.biased(\.xx, \.x, \.x), sums.biased(\.yy, \.y, \.y))
    unbiased = AlignmentRatio(
      sums.unbiased(\.xy, \.x, \.y), sums.unbiased(\.xx, \.x, \.x), sums.unbiased(\.yy, \.y, \.y))
    meanSimilarities = (sums.x.meanSimilarity, sums.y.meanSimilarity)
  }
}

extension GaussianCKA {
  /// trace(K H L H).
  ///
  /// - Parameters:
  ///   - products: The sum of K∘L, diagonals included.
  ///   - rows: The inner product of the row sums, diagonals included, and `totals` the product of their sums.
  static func biasedHSIC(
    _ products: Double, rows: Double, totals: Double, samples: Int
  ) -> Double {
    let n = Double(samples)
    return significant(products - 2 / n * rows + totals / (n * n), ofTermsLike: products)
  }

  /// The unbiased estimator; nothing in it has the diagonals.
  static func unbiasedHSIC(
    _ products: Double, rows: Double, totals: Double, samples: Int
  ) -> Double {
    let n = Double(samples)
    let sum = products + totals / ((n - 1) * (n - 2)) - 2 / (n - 2) * rows
    return significant(sum, ofTermsLike: products) / (n * (n - 3))
  }

  static func permutedBiased(_ pair: RepresentationPair) throws -> PermutedValue? {
    try permuted(pair, \.biased, hasDiagonal: true, biasedHSIC)
  }

  static func permutedUnbiased(_ pair: RepresentationPair) throws -> PermutedValue? {
    try permuted(pair, \.unbiased, hasDiagonal: false, unbiasedHSIC)
  }

  /// The value from both kernel matrices, of which a permutation gives the second's samples other names; nil where they
  /// are too large to keep.
  private static func permuted(
    _ pair: RepresentationPair, _ estimate: KeyPath<GaussianCKA, AlignmentRatio>, hasDiagonal: Bool,
    _ hsic: @escaping @Sendable (Double, _ rows: Double, _ totals: Double, _ samples: Int) -> Double
  ) throws -> PermutedValue? {
    guard let grams = try pair.permutedGaussianGrams() else { return nil }
    let (observed, epsilon) = (try pair.gaussianCKA()[keyPath: estimate], pair.settings.epsilon)
    let diagonals = try [pair.x, pair.y].map { side in
      try hasDiagonal ? GaussianKernel(of: side, threads: pair.threads).diagonal : 0
    }
    let (a, b) = (grams.x.rowSums.map { $0 + diagonals[0] }, grams.y.rowSums.map { $0 + diagonals[1] })
    let totals = a.reduce(0, +) * b.reduce(0, +)
    let ofDiagonals = Double(a.count) * diagonals[0] * diagonals[1]
    return { samples in
      let rows = PermutedGrams.dot(a, b, samples)
      let xy = hsic(grams.sumOfProducts(samples) + ofDiagonals, rows, totals, a.count)
      return try observed.value(replacing: xy, epsilon: epsilon)
    }
  }

  /// The kernel of all pairs, with zeros on the diagonal.
  static func kernelMatrix(_ x: PreparedRepresentation, threads: Threads) throws -> GramMatrix {
    let (representation, squares) = (x.representation, x.representation.selfSimilarities)
    let kernel = try GaussianKernel(of: x, threads: threads)
    return try GramMatrix(representation.features, factors: representation.rowFactors, threads: threads) {
      row, sample, columns in
      squares.withUnsafeBufferPointer {
        kernel.apply(to: row, columns.count, $0[sample], $0.baseAddress! + columns.lowerBound)
      }
      if columns.contains(sample) { row[sample - columns.lowerBound] = 0 }
    }
  }
}
