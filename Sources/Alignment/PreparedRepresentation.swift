import LinearAlgebra

/// A representation with everything that is computed once for it, however many pairs it takes part in.
public struct PreparedRepresentation: Sendable {
  public let representation: Representation
  let graph: NeighborGraph?
  /// More neighbors, from which graphs of some of the samples can be had.
  let wideGraph: NeighborGraph?
  let gramRowMeans: [Double]?
  let moments: Moments?
  /// Kept only for the metrics that compare patch by patch.
  let tokens: PatchTokens?

  public var samples: Int { representation.samples }

  /// What a metric needs to have been computed.
  struct Needs: OptionSet, Sendable {
    let rawValue: Int

    /// Who needs this and nothing else looks at nothing else: permutations and choices of samples leave features out.
    static let graph = Needs(rawValue: 1)
    static let gramRowMeans = Needs(rawValue: 2)
    static let moments = Needs(rawValue: 4)
    static let tokens = Needs(rawValue: 8)
  }

  /// Checks the features and computes what `metrics` need of them.
  ///
  /// Where samples keep T tokens, patch-wise metrics take the tokens; all others take the mean over them, as REPA does
  /// (arXiv 2410.06940, appendix C.1), summed in Double and rounded once.
  ///
  /// - Parameters:
  ///   - features: One row a sample: D numbers, or the D numbers of each of its tokens one after another.
  ///   - tokens: T, where samples keep tokens.
  ///   - resampling: What confidence intervals are to come from, if any.
  /// - Throws: ``AlignmentError`` for features that cannot be compared, or too few samples for a metric.
  /// - Complexity: O(N² D / 2) products for metrics on neighbors, O(N D² / 2) for linear CKA, O(N T D) for tokens.
  public init(
    _ features: Matrix, tokens tokenCount: Int? = nil, for metrics: [Metric],
    settings: AlignmentSettings = AlignmentSettings(), resampling: Resampling? = nil,
    threads: Threads = .all
  ) throws {
    for metric in metrics where features.rows < metric.minimumSamples {
      throw AlignmentError(
        .tooFewSamples,
        "\(metric.name) needs at least \(metric.minimumSamples) samples, found \(features.rows)")
    }
    let needs = metrics.reduce(into: Needs()) { $0.formUnion($1.needs) }
    let tokens = try tokenCount.map { try PatchTokens(features, perSample: $0, threads: threads) }
    if tokens == nil, let metric = metrics.first(where: \.isPatchWise) {
      throw AlignmentError(
        .noTokens,
        "\(metric.name) compares patch tokens, and these features are one vector of \(features.columns) dimensions a sample"
      )
    }
    // Settings for rows say nothing about tokens: a mean of zeros is no reason to refuse the tokens themselves.
    let takesRows = metrics.isEmpty || metrics.contains { !$0.isPatchWise }
    let representation = try Representation(
      tokens?.means(threads: threads) ?? features, normalization: takesRows ? settings.normalization : .none,
      clamp: takesRows ? settings.clamp : .none, threads: threads)
    var graph: NeighborGraph?
    var wideGraph: NeighborGraph?
    if needs.contains(.graph) {
      let k = resampling.map { max(settings.k, $0.neighborsNeeded(for: settings.k, of: features.rows)) }
      let widest = try NeighborGraph(of: representation, k: k ?? settings.k, threads: threads)
      graph = widest.nearest(settings.k)
      wideGraph = resampling == nil ? nil : widest
    }
    try self.init(
      representation, tokens: tokens, graph: graph, wideGraph: wideGraph, for: metrics, settings: settings,
      threads: threads)
  }

  /// What metrics need besides the neighbor graph.
  init(
    _ representation: Representation, tokens: PatchTokens?, graph: NeighborGraph?, wideGraph: NeighborGraph?,
    for metrics: [Metric], settings: AlignmentSettings, threads: Threads
  ) throws {
    let needs = metrics.reduce(into: Needs()) { $0.formUnion($1.needs) }
    self.representation = representation
    self.tokens = needs.contains(.tokens) ? tokens : nil
    self.graph = graph
    self.wideGraph = wideGraph
    gramRowMeans = needs.contains(.gramRowMeans) ? try representation.gramRowMeans(threads: threads) : nil
    moments = needs.contains(.moments) ? try Moments(of: representation, threads: threads) : nil
  }
}

extension PreparedRepresentation {
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
  public var oddities: [String] {
    var found: [String] = []
    if let moments {
      let total = representation.selfSimilarities.reduce(0, +)
      let spread = moments.squaredNorms.reduce(0, +)
      if spread < 1e-6 * total {
        found.append(
          "all samples are nearly alike (their variance is \(spread / total) of their squared length); what is measured "
            + "may be rounding")
      }
    }
    if let graph, graph.k > 0 {
      let duplicates = (0..<graph.samples).count { sample in
        let nearest = Int(graph.neighbors[sample * graph.k])
        return representation.isEqual(sample, nearest)
      }
      if duplicates > 0 { found.append("\(duplicates) samples have an exact duplicate among the others") }
    }
    return found
  }
}
