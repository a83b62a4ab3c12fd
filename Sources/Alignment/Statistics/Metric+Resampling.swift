import LinearAlgebra

extension Metric {
  /// Whether the bootstrap makes sense of it: a sample drawn twice must not become its own neighbor, nor one of a pair of
  /// different samples that are alike.
  public var allowsBootstrap: Bool { !needs.contains(.graph) && !comparesSamples }

  /// The values of several metrics on every choice of the samples, a list a metric, in the order of `metrics`.
  ///
  /// Neighbor graphs of a choice come from the graphs of all samples, which tell most neighbors; the few samples that have
  /// lost too many are compared with all others again. Values are those of the metric on the chosen samples, exactly. An
  /// outlier clamp keeps the threshold that all samples gave it.
  ///
  /// - Parameters:
  ///   - metrics: What is measured.
  ///   - x: Prepared with ``PreparedRepresentation/init(_:tokens:for:properties:settings:resampling:threads:)`` for this resampling.
  ///   - y: As `x`.
  ///   - resampling: How the choices are made.
  ///   - settings: The choices that the definitions leave open.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``AlignmentError`` for a bootstrap of a metric on neighbors, too few samples in a choice, or a definition that
  ///   has no value on one.
  /// - Complexity: a choice costs O(N k) for metrics on neighbors, and what the metric and its preparation cost for
  ///   all others, with a copy of the rows a thread. The bits do not depend on the number of threads.
  public static func resampledValues(
    _ metrics: [Metric], _ x: PreparedRepresentation, _ y: PreparedRepresentation, resampling: Resampling,
    settings: AlignmentSettings = AlignmentSettings(), threads: Threads = .all
  ) throws -> [[Double]] {
    try checkSampleCounts(x, y)
    try resampling.check(metrics, samples: x.samples, settings: settings)
    let values = Workspace<Double>(metrics.count * resampling.count)
    let target = UncheckedPointer(values.base)
    try parallelLoop(resampling.count, threads: threads) { index, _ in
      let rows = resampling.rows(index, of: x.samples)
      let sides = try [x, y].map {
        try PreparedRepresentation($0, rows: rows, for: metrics, settings: settings)
      }
      let found = try Metric.measure(
        metrics, sides[0], sides[1], settings: settings, threads: Threads(1))
      for (metric, value) in found.enumerated() {
        (target.pointer + metric * resampling.count + index).initialize(to: value)
      }
    }
    return metrics.indices.map { metric in
      (0..<resampling.count).map { values.base[metric * resampling.count + $0] }
    }
  }
}

extension Resampling {
  /// Whether intervals make sense of every metric, however many samples there are.
  ///
  /// - Throws: ``AlignmentError`` for the bootstrap of a metric on neighbors, and for settings outside their limits.
  package func check(_ metrics: [Metric]) throws {
    try check()
    if method == .bootstrap, let metric = metrics.first(where: { !$0.allowsBootstrap }) {
      throw AlignmentError(
        .invalidSetting,
        (metric.needs.contains(.graph)
          ? "\(metric.name) looks at neighbors, and a sample that the bootstrap draws twice is its own nearest neighbor"
          : "\(metric.name) looks at pairs of different samples, and a sample that the bootstrap draws twice makes a pair "
            + "that is alike on both sides") + "; use the jackknife or subsampling")
    }
  }

  /// Whether the choices of so many samples have a value of every metric.
  ///
  /// - Throws: ``AlignmentError`` where they have not.
  public func check(_ metrics: [Metric], samples: Int, settings: AlignmentSettings) throws {
    try check(metrics)
    if method == .jackknife, count > samples {
      throw AlignmentError(
        .tooFewSamples, "\(samples) samples cannot be parted into \(count) groups for the jackknife")
    }
    let least = leastSamples(of: samples)
    for metric in metrics {
      let neighbors = metric.needs.contains(.graph) ? min(settings.k, .max - 1) : 0
      let needed = max(metric.minimumSamples, neighbors + 1)
      guard least < needed else { continue }
      throw AlignmentError(
        .tooFewSamples,
        "\(metric.name) needs \(needed) samples, but the \(method.rawValue)'s choices have \(least) of \(samples)"
      )
    }
  }
}
