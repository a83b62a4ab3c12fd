/// Centered kernel nearest-neighbor alignment.
///
/// CKA restricted to pairs of samples that are neighbors in both representations. Three definitions go by this name
/// and differ by far more than rounding; each is a metric of its own here. None is bounded by 1: with anisotropic
/// features and k near N values above 1 occur, and nothing is clamped.
///
/// K and L are the inner-product Gram matrices of the normalised rows, not centred.
public enum CKNNA {
  /// `cknna`: the Platonic Representation code's estimator, the one people run.
  ///
  /// The mask M(i,j) says that j is among the k nearest of i in K and in L, i itself excluded. With A = M∘K, B = M∘L
  ///
  ///     HSIC = [sum A(i,j) B(j,i) + sum(A) sum(B) / ((N-1)(N-2)) - 2/(N-2) sum(A B)] / (N (N-3))
  ///
  /// and CKNNA = HSIC(K,L) / (sqrt(HSIC(K,K) HSIC(L,L)) + epsilon), epsilon being 1e-6 there, where (K,K) and (L,L) use their own masks. At
  /// k = N-1 it is unbiased CKA. Exchanging the sides changes it in the third digit or so: the masked matrices are not
  /// symmetric, and sum(A B) is not sum(B A).
  ///
  /// - Complexity: O(N k) on two neighbor graphs.
  /// - SeeAlso: Huh et al., arXiv 2405.07987, `AlignmentMetrics.cknna` of its code, `unbiased=True`.
  public static func unbiased(_ x: NeighborGraph, _ y: NeighborGraph) -> AlignmentRatio {
    AlignmentRatio(unbiasedHSIC(x, y), unbiasedHSIC(x, x), unbiasedHSIC(y, y))
  }

  /// `cknna-biased`: the same code's biased estimator.
  ///
  /// A sample may be its own neighbor, and HSIC = trace(A H B H) with H = I - 1/N.
  ///
  /// - Complexity: O(N k).
  /// - SeeAlso: as for `unbiased`, `unbiased=False`.
  public static func biased(_ x: NeighborGraph, _ y: NeighborGraph) -> AlignmentRatio {
    let (x, y) = (x.allowingSelf(), y.allowingSelf())
    return AlignmentRatio(biasedHSIC(x, y), biasedHSIC(x, x), biasedHSIC(y, y))
  }

  /// `cknna-centred`: the REPA paper's equations 22 to 24.
  ///
  /// Align(K,L) = sum over i, j of α(i,j) (K(i,j) - E_l K(i,l)) (L(i,j) - E_l L(i,l)), where α(i,j) says that j is
  /// among the k nearest of i in both and j is not i; CKNNA = Align(K,L) / sqrt(Align(K,K) Align(L,L)),
  /// with no epsilon.
  ///
  /// - Parameters:
  ///   - x: One side's neighbors.
  ///   - xMeans: E_l K(i,l) for every sample i.
  ///   - y: The other side's neighbors.
  ///   - yMeans: E_l L(i,l) for every sample i.
  /// - Complexity: O(N k).
  /// - SeeAlso: Yu et al., arXiv 2410.06940, appendix C.1.
  public static func centred(
    _ x: NeighborGraph, rowMeans xMeans: [Double], _ y: NeighborGraph, rowMeans yMeans: [Double]
  ) -> AlignmentRatio {
    AlignmentRatio(
      centredSum(x, xMeans, y, yMeans), centredSum(x, xMeans, x, xMeans), centredSum(y, yMeans, y, yMeans))
  }

  private static func centredSum(
    _ x: NeighborGraph, _ xMeans: [Double], _ y: NeighborGraph, _ yMeans: [Double]
  ) -> Double {
    MaskedGram(x, y).sumOfProducts(offsets: xMeans, yMeans)
  }

  private static func unbiasedHSIC(_ x: NeighborGraph, _ y: NeighborGraph) -> Double {
    unbiasedHSIC(MaskedGram(x, y).sums(), samples: x.samples)
  }

  private static func unbiasedHSIC(_ sums: MaskedGram.Sums, samples: Int) -> Double {
    let n = Double(samples)
    return
      (sums.trace + sums.first * sums.second / ((n - 1) * (n - 2)) - 2 / (n - 2) * sums.firstTimesSecond)
      / (n * (n - 3))
  }

  private static func biasedHSIC(_ x: NeighborGraph, _ y: NeighborGraph) -> Double {
    biasedHSIC(MaskedGram(x, y).sums(), samples: x.samples)
  }

  private static func biasedHSIC(_ sums: MaskedGram.Sums, samples: Int) -> Double {
    let n = Double(samples)
    let value =
      sums.trace - (sums.firstTimesSecond + sums.secondTimesFirst) / n + sums.first * sums.second / (n * n)
    return significant(value, ofTermsLike: sums.trace)
  }
}

extension CKNNA {
  /// A side's HSIC with itself by each definition that is asked for: computed once, however many sides it is compared with.
  struct OwnHSIC: Sendable {
    let unbiased: Double?
    /// With the graph in which a sample may be its own neighbor.
    let biased: (graph: NeighborGraph, value: Double)?
    let centred: Double?

    init(_ graph: NeighborGraph?, rowMeans: [Double]?, _ needs: PreparedRepresentation.Needs) {
      let graphWithSelf = needs.contains(.ownBiasedCKNNA) ? graph?.allowingSelf() : nil
      unbiased = needs.contains(.ownCKNNA) ? graph.map { unbiasedHSIC($0, $0) } : nil
      biased = graphWithSelf.map { ($0, biasedHSIC($0, $0)) }
      centred =
        if needs.contains(.ownCentredCKNNA), let graph, let rowMeans {
          centredSum(graph, rowMeans, graph, rowMeans)
        } else { nil }
    }

    private init(unbiased: Double?, biased: (graph: NeighborGraph, value: Double)?, centred: Double?) {
      self.unbiased = unbiased
      self.biased = biased
      self.centred = centred
    }

    /// Of the same samples in another order: what a side has to do with itself does not change.
    func permuted(by order: [Int32]) -> OwnHSIC {
      OwnHSIC(
        unbiased: unbiased, biased: biased.map { ($0.graph.permuted(by: order), $0.value) },
        centred: centred)
    }
  }

  static func unbiased(_ pair: RepresentationPair) throws -> AlignmentRatio {
    AlignmentRatio(
      unbiasedHSIC(try pair.x.prepared(\.graph), try pair.y.prepared(\.graph)),
      try pair.x.prepared(\.ownHSIC.unbiased), try pair.y.prepared(\.ownHSIC.unbiased))
  }

  static func biased(_ pair: RepresentationPair) throws -> AlignmentRatio {
    let (x, y) = (try pair.x.prepared(\.ownHSIC.biased), try pair.y.prepared(\.ownHSIC.biased))
    return AlignmentRatio(biasedHSIC(x.graph, y.graph), x.value, y.value)
  }

  static func centred(_ pair: RepresentationPair) throws -> AlignmentRatio {
    AlignmentRatio(
      centredSum(
        try pair.x.prepared(\.graph), try pair.x.prepared(\.gramRowMeans),
        try pair.y.prepared(\.graph), try pair.y.prepared(\.gramRowMeans)),
      try pair.x.prepared(\.ownHSIC.centred), try pair.y.prepared(\.ownHSIC.centred))
  }
}

// Only HSIC(K,L) changes when samples change places.
extension CKNNA {
  static func permutedUnbiased(_ pair: RepresentationPair) throws -> PermutedValue {
    let (x, y) = (try pair.x.prepared(\.graph), try pair.y.prepared(\.graph))
    return ratio(try unbiased(pair), epsilon: pair.settings.epsilon, PermutedGraphs(x, y)) {
      unbiasedHSIC($0.sums($1), samples: x.samples)
    }
  }

  static func permutedBiased(_ pair: RepresentationPair) throws -> PermutedValue {
    let (x, y) = (try pair.x.prepared(\.ownHSIC.biased).graph, try pair.y.prepared(\.ownHSIC.biased).graph)
    return ratio(try biased(pair), epsilon: pair.settings.epsilon, PermutedGraphs(x, y)) {
      biasedHSIC($0.sums($1), samples: x.samples)
    }
  }

  static func permutedCentred(_ pair: RepresentationPair) throws -> PermutedValue {
    let (x, y) = (try pair.x.prepared(\.graph), try pair.y.prepared(\.graph))
    let (xMeans, yMeans) = (try pair.x.prepared(\.gramRowMeans), try pair.y.prepared(\.gramRowMeans))
    return ratio(try centred(pair), epsilon: 0, PermutedGraphs(x, y)) {
      $0.sumOfProducts($1, offsets: xMeans, yMeans)
    }
  }

  private static func ratio(
    _ observed: AlignmentRatio, epsilon: Double, _ graphs: PermutedGraphs,
    _ xy: @escaping @Sendable (PermutedGraphs, PermutedSamples) -> Double
  ) -> PermutedValue {
    { try observed.value(replacing: xy(graphs, $0), epsilon: epsilon) }
  }
}
