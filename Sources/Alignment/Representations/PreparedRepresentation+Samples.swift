import LinearAlgebra

extension PreparedRepresentation {
  /// The same samples in another order: row i is row `order[i]` of the other.
  ///
  /// Where all metrics look at the neighbor graph alone, the features are left out.
  ///
  /// - Complexity: O(N k) for metrics on neighbors alone; a copy of the rows, and of their moments' rows, for others;
  ///   factorisations are made anew.
  // Every stored property is set here by name, so that a new one cannot be forgotten.
  init(
    permuting other: PreparedRepresentation, by order: [Int32], for metrics: [Metric],
    settings: AlignmentSettings
  ) throws {
    let rows = order.map(Int.init)
    let looksAtFeatures = metrics.contains { !$0.needs.isSubset(of: .neighborsAlone) }
    representation =
      looksAtFeatures
      ? other.representation.gathering(rows: rows) : other.representation.withoutFeatures(samples: rows.count)
    graph = other.graph?.permuted(by: order)
    wideGraph = nil
    gramRowMeans = other.gramRowMeans.map { means in rows.map { means[$0] } }
    moments = looksAtFeatures ? other.moments?.gathering(rows: rows) : nil
    centredGram = nil
    gramProducts = []
    ownHSIC = other.ownHSIC.permuted(by: order)
    tokens = looksAtFeatures ? other.tokens?.gathering(samples: rows) : nil
    sigma = other.sigma
    decompositions = try Decompositions(
      representation, metrics.reduce(into: Needs()) { $0.formUnion($1.needs) }, settings, Threads(1))
  }

  /// Some of the samples, by themselves, prepared for metrics.
  ///
  /// - Parameter rows: In ascending order; a sample may come twice for metrics that do not look at neighbors.
  init(
    _ other: PreparedRepresentation, rows: [Int], for metrics: [Metric], settings: AlignmentSettings
  ) throws {
    let looksAtFeatures = metrics.contains { !$0.needs.isSubset(of: .neighborsAlone) }
    let wide = try metrics.contains { $0.needs.contains(.graph) } ? other.prepared(\.wideGraph) : nil
    try self.init(
      looksAtFeatures
        ? other.representation.gathering(rows: rows)
        : other.representation.withoutFeatures(samples: rows.count),
      tokens: looksAtFeatures ? other.tokens?.gathering(samples: rows) : nil,
      graph: wide?.restricted(to: rows, count: settings.k, of: other.representation), wideGraph: nil,
      gram: nil, needs: metrics.reduce(into: Needs()) { $0.formUnion($1.needs) }, settings: settings,
      threads: Threads(1))
  }
}

extension Representation {
  /// The samples alone, for metrics that look at the neighbor graph and at nothing else: features of no dimensions.
  fileprivate func withoutFeatures(samples: Int) -> Representation {
    Representation(
      checked: Matrix(rows: samples, columns: 0), rowFactors: nil,
      squaredNorms: [Double](repeating: 0, count: samples))
  }

  /// Some of the rows, which have been checked.
  fileprivate func gathering(rows: [Int]) -> Representation {
    Representation(
      checked: features.gathering(rows: rows),
      rowFactors: rowFactors.map { factors in rows.map { factors[$0] } },
      squaredNorms: rows.map { squaredNorms[$0] })
  }
}
