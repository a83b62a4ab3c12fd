import LinearAlgebra

/// A representation with everything that is computed once for it, however many pairs it takes part in.
public struct PreparedRepresentation: Sendable {
  public let representation: Representation
  let graph: NeighborGraph?
  let gramRowMeans: [Double]?
  let moments: Moments?

  public var samples: Int { representation.samples }

  /// What a metric needs to have been computed.
  struct Needs: OptionSet, Sendable {
    let rawValue: Int

    static let graph = Needs(rawValue: 1)
    static let gramRowMeans = Needs(rawValue: 2)
    static let moments = Needs(rawValue: 4)
  }

  /// Checks the features and computes what `metrics` need of them.
  ///
  /// - Throws: ``AlignmentError`` for features that cannot be compared, or too few samples for a metric.
  /// - Complexity: O(N² D / 2) products for metrics on neighbors, O(N D² / 2) for linear CKA.
  public init(
    _ features: Matrix, for metrics: [Metric], settings: AlignmentSettings = AlignmentSettings(),
    threads: Threads = .all
  ) throws {
    for metric in metrics where features.rows < metric.minimumSamples {
      throw AlignmentError(
        .tooFewSamples,
        "\(metric.name) needs at least \(metric.minimumSamples) samples, found \(features.rows)")
    }
    let needs = metrics.reduce(into: Needs()) { $0.formUnion($1.needs) }
    representation = try Representation(
      features, normalization: settings.normalization, clamp: settings.clamp, threads: threads)
    graph =
      needs.contains(.graph) ? try NeighborGraph(of: representation, k: settings.k, threads: threads) : nil
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
