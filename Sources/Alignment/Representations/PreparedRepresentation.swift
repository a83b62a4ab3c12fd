import LinearAlgebra

/// A representation with everything that is computed once for it, however many pairs it takes part in.
public struct PreparedRepresentation: Sendable {
  public let representation: Representation
  let graph: NeighborGraph?
  /// More neighbors, from which graphs of some of the samples can be had.
  let wideGraph: NeighborGraph?
  let gramRowMeans: [Double]?
  let moments: Moments?
  /// Its centred Gram matrix, where it is kept for others.
  let centredGram: CentredGram?
  /// Its products with the Gram matrices that others have kept.
  let gramProducts: [GramProduct]
  /// HSIC with itself, for the CKNNA that are asked for.
  let ownHSIC: CKNNA.OwnHSIC
  /// Kept only for the metrics that compare patch by patch.
  let tokens: PatchTokens?
  let decompositions: Decompositions
  /// The width of the Gaussian kernel, where it is asked for.
  let sigma: Double?

  public var samples: Int { representation.samples }

  /// What a metric needs to have been computed.
  struct Needs: OptionSet, Sendable {
    let rawValue: Int

    static let graph = Needs(rawValue: 1)
    static let gramRowMeans = Needs(rawValue: 2)
    static let moments = Needs(rawValue: 4)
    static let tokens = Needs(rawValue: 8)
    static let singularValues = Needs(rawValue: 16)
    static let basis = Needs(rawValue: 32)
    static let leadingDirections = Needs(rawValue: 64)
    static let procrustes = Needs(rawValue: 128)
    static let similarityMoments = Needs(rawValue: 256)
    static let similarityRanks = Needs(rawValue: 512)
    static let sigma = Needs(rawValue: 1024)
    static let ownCKNNA = Needs(rawValue: 2048)
    static let ownBiasedCKNNA = Needs(rawValue: 4096)
    static let ownCentredCKNNA = Needs(rawValue: 8192)

    /// Who needs these and nothing else does not look at features: permutations and choices of samples leave them out.
    static let neighborsAlone: Needs = [.graph, .ownCKNNA, .ownBiasedCKNNA]
  }

  /// Checks the features and computes what `metrics` and `properties` need of them.
  ///
  /// Where samples keep T tokens, patch-wise metrics take the tokens; all others take the mean over them, as REPA does
  /// (arXiv 2410.06940, appendix C.1), summed in Double and rounded once.
  ///
  /// - Parameters:
  ///   - features: One row a sample: D numbers, or the D numbers of each of its tokens one after another.
  ///   - tokenCount: T, where samples keep tokens.
  ///   - metrics: What is measured of it with another.
  ///   - properties: What is measured of it alone.
  ///   - settings: The choices that the definitions leave open.
  ///   - resampling: What confidence intervals are to come from, if any.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``AlignmentError`` for features that cannot be compared, or too few samples for a metric.
  /// - Complexity: O(N² D / 2) products for metrics on neighbors, O(N D² / 2) for linear CKA, O(N T D) for tokens; the
  ///   others' registry entries say theirs.
  public init(
    _ features: Matrix, tokens tokenCount: Int? = nil, for metrics: [Metric],
    properties: [RepresentationProperty] = [], settings: AlignmentSettings = AlignmentSettings(),
    resampling: Resampling? = nil,
    threads: Threads = .all
  ) throws {
    try self.init(
      features, tokens: tokenCount, for: metrics, properties: properties, settings: settings,
      resampling: resampling, gramRole: nil, threads: threads)
  }

  /// - Parameter gramRole: What it does with its Gram matrix for linear CKA's sake, where it does.
  package init(
    _ features: Matrix, tokens tokenCount: Int? = nil, for metrics: [Metric],
    properties: [RepresentationProperty] = [], settings: AlignmentSettings,
    resampling: Resampling? = nil, gramRole: GramRole?, threads: Threads
  ) throws {
    try resampling?.check(metrics, samples: features.rows, settings: settings)
    let descriptions: [any MetricDescription] = metrics + properties
    for metric in descriptions where features.rows < metric.minimumSamples {
      throw AlignmentError(
        .tooFewSamples,
        "\(metric.name) needs at least \(metric.minimumSamples) samples, found \(features.rows)")
    }
    let needs = (metrics.map(\.needs) + properties.map(\.needs)).reduce(into: Needs()) { $0.formUnion($1) }
    let tokens = try tokenCount.map { try PatchTokens(features, perSample: $0, threads: threads) }
    if tokens == nil, let metric = descriptions.first(where: \.isPatchWise) {
      throw AlignmentError(
        .noTokens,
        "\(metric.name) \(metric is Metric ? "compares" : "looks at") patch tokens, and these features are one vector of \(features.columns) dimensions a sample"
      )
    }
    // Settings for rows say nothing about tokens: a mean of zeros is no reason to refuse the tokens themselves.
    let takesRows = descriptions.isEmpty || descriptions.contains { !$0.isPatchWise }
    let representation = try Representation(
      tokens?.means(threads: threads) ?? features, normalization: takesRows ? settings.normalization : .none,
      clamp: takesRows ? settings.clamp : .none, threads: threads)
    let widestK = resampling.map {
      max(settings.k, $0.neighborsNeeded(for: settings.k, of: features.rows))
    }
    let pass = try gramRole.map {
      try GramPass(representation, k: widestK ?? settings.k, role: $0, threads: threads)
    }
    let widest =
      needs.contains(.graph)
      ? try pass?.graph ?? NeighborGraph(of: representation, k: widestK ?? settings.k, threads: threads) : nil
    try self.init(
      representation, tokens: tokens, graph: widest?.nearest(settings.k),
      wideGraph: resampling == nil ? nil : widest, gram: pass, needs: needs, settings: settings,
      threads: threads)
  }

  /// What metrics need besides the neighbor graph.
  init(
    _ representation: Representation, tokens: PatchTokens?, graph: NeighborGraph?, wideGraph: NeighborGraph?,
    gram: GramPass?, needs: Needs, settings: AlignmentSettings, threads: Threads
  ) throws {
    self.representation = representation
    self.tokens = needs.contains(.tokens) ? tokens : nil
    self.graph = graph
    self.wideGraph = wideGraph
    gramRowMeans = needs.contains(.gramRowMeans) ? try representation.gramRowMeans(threads: threads) : nil
    moments =
      needs.contains(.moments)
      ? try gram?.moments ?? Moments(of: representation, threads: threads) : nil
    centredGram = gram?.tiles
    gramProducts = gram?.products ?? []
    ownHSIC = CKNNA.OwnHSIC(graph, rowMeans: gramRowMeans, needs)
    sigma =
      needs.contains(.sigma) ? try settings.sigma.sigma(of: representation, threads: threads) : nil
    decompositions = try Decompositions(representation, needs, settings, threads)
  }
}

extension PreparedRepresentation {
  /// What is computed in Double of the rows.
  struct Decompositions: Sendable {
    let singularValues: [Double]?
    let basis: OrthonormalBasis?
    let leadingDirections: LeadingDirections?
    let procrustes: Procrustes.Side?
    let similarityMoments: RepresentationalSimilarity.Moments?
    let similarityRanks: RepresentationalSimilarity.Ranks?

    init(_ representation: Representation, _ needs: Needs, _ settings: AlignmentSettings, _ threads: Threads)
      throws
    {
      func when<Part>(_ need: Needs, _ part: () throws -> Part) rethrows -> Part? {
        needs.isDisjoint(with: need) ? nil : try part()
      }
      let centred = try when([.singularValues, .basis, .leadingDirections, .procrustes]) {
        try DoubleRows.varied(representation, threads: threads)
      }
      let spectrum = try when([.singularValues, .basis]) {
        try CentredSpectrum(of: centred!, threads: threads)
      }
      singularValues = when(.singularValues) { spectrum!.singularValues }
      basis = try when(.basis) { try spectrum!.basis(threads: threads) }
      leadingDirections = try when(.leadingDirections) {
        try LeadingDirections(of: centred!, count: settings.components, threads: threads)
      }
      procrustes = try when(.procrustes) { try Procrustes.Side(of: centred!, threads: threads) }
      let standardised = try when([.similarityMoments, .similarityRanks]) {
        try DoubleRows.standardised(representation, threads: threads)
      }
      similarityMoments = try when(.similarityMoments) {
        try RepresentationalSimilarity.Moments(of: standardised!, threads: threads)
      }
      similarityRanks = try when(.similarityRanks) {
        try RepresentationalSimilarity.Ranks(of: standardised!, threads: threads)
      }
    }
  }

  var singularValues: [Double]? { decompositions.singularValues }
  var basis: OrthonormalBasis? { decompositions.basis }
  var leadingDirections: LeadingDirections? { decompositions.leadingDirections }
  var procrustes: Procrustes.Side? { decompositions.procrustes }
  var similarityMoments: RepresentationalSimilarity.Moments? { decompositions.similarityMoments }
  var similarityRanks: RepresentationalSimilarity.Ranks? { decompositions.similarityRanks }
}

extension PreparedRepresentation {
  /// The sum of the products of its centred Gram matrix's elements with another's, where it was summed.
  func gramProduct(with other: PreparedRepresentation) -> Double? {
    other.centredGram.flatMap { tiles in gramProducts.first { $0.other === tiles }?.sum }
  }

  /// What was computed for the metrics that the representation was prepared for.
  func prepared<Part>(_ part: KeyPath<PreparedRepresentation, Part?>) throws -> Part {
    guard let value = self[keyPath: part] else {
      throw AlignmentError(
        .invalidSetting,
        "this representation was prepared for other metrics; prepare it for all that are measured")
    }
    return value
  }
}

extension PreparedRepresentation {
  /// What is odd about the features and may mislead, in words: samples that are all but alike, exact duplicates.
  ///
  /// - Complexity: O(N D).
  public func oddities(threads: Threads = .all) throws -> [String] {
    var found: [String] = []
    let total = representation.selfSimilarities.reduce(0, +)
    let spread = try spread(total, threads: threads)
    if spread < 1e-6 * total {
      found.append(
        "all samples are nearly alike (their variance is \(spread / total) of their squared length); what is measured "
          + "may be rounding")
    }
    // By inner products that are not normalised, a duplicate need not be among the nearest.
    if let graph, graph.k > 0, representation.rowFactors != nil {
      let duplicates = (0..<graph.samples).count { sample in
        let own = sample * graph.k..<(sample + 1) * graph.k
        // Others may point the same way, and come first.
        let best = graph.similarities[own.lowerBound] - 1e-12
        return own.prefix { graph.similarities[$0] >= best }.contains {
          representation.isEqual(sample, Int(graph.neighbors[$0]))
        }
      }
      if duplicates > 0 { found.append("\(duplicates) samples have an exact duplicate among the others") }
    }
    return found
  }

  /// The sum of the rows' squared distances from their mean, given that of their squared lengths.
  private func spread(_ total: Double, threads: Threads) throws -> Double {
    if let moments { return moments.centred.squaredNorms.reduce(0, +) }
    let sums = try representation.columnSums(threads: threads)
    return max(total - sums.reduce(0) { $0 + $1 * $1 } / Double(samples), 0)
  }
}
