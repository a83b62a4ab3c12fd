import LinearAlgebra
import Testing

@testable import Alignment

/// What the registry says of a metric, held against the metric.
@Suite struct MetricPropertyTests {
  static let settings = AlignmentSettings(k: 7, sigma: 0.8)

  /// Linear CKA multiplies in Float32; the others are exact but for Double's rounding.
  static func rounding(_ metric: Metric) -> Double {
    ["cka", "cka-unbiased"].contains(metric.name) ? 2e-7 : 1e-11
  }

  static func value(
    _ metric: Metric, _ x: Matrix, _ y: Matrix, _ settings: AlignmentSettings = settings,
    threads: Threads = .all
  ) throws -> Double {
    let tokens = metric.isPatchWise ? TestFeatures.tokens : nil
    let (x, y) = (
      try PreparedRepresentation(x, tokens: tokens, for: [metric], settings: settings, threads: threads),
      try PreparedRepresentation(y, tokens: tokens, for: [metric], settings: settings, threads: threads)
    )
    return try Metric.measure([metric], x, y, settings: settings, threads: threads)[0]
  }

  @Test("Every metric is its definition, computed directly", arguments: Metric.all, Normalization.allCases)
  func agreesWithDefinition(metric: Metric, normalization: Normalization) throws {
    for (samples, dimensions) in [(33, (12, 9)), (40, (5, 30)), (20, (28, 25))] {
      let (x, y) = TestFeatures.related(samples, dimensions, seed: UInt64(samples), for: metric)
      let tokens = metric.isPatchWise ? TestFeatures.tokens : 1
      var settings = AlignmentSettings(k: 7, sigma: normalization == .l2 ? 0.8 : 8, components: 4)
      settings.normalization = normalization
      let expected = try #require(
        DirectDefinitions.value(
          metric.name, DirectDefinitions(x, normalization, tokens: tokens),
          DirectDefinitions(y, normalization, tokens: tokens), settings),
        "\(metric.name) has no direct definition in the tests")
      let found = try Self.value(metric, x, y, settings)
      #expect(abs(found - expected) <= Self.rounding(metric))
    }
  }

  @Test("Symmetric metrics are symmetric", arguments: Metric.all.filter(\.isSymmetric))
  func symmetry(metric: Metric) throws {
    let (x, y) = TestFeatures.related(80, (10, 14), seed: 2, for: metric)
    #expect(abs(try Self.value(metric, x, y) - Self.value(metric, y, x)) <= Self.rounding(metric))
  }

  @Test("Values stay within the range that the registry gives", arguments: Metric.all)
  func range(metric: Metric) throws {
    for seed in 0..<8 as Range<UInt64> {
      let (x, y) = TestFeatures.related(30, (8, 6), seed: seed, for: metric)
      for pair in [
        (x, y), (x, x), (x, TestFeatures.normal(30, metric.isPatchWise ? y.columns : 4, seed: 99 + seed)),
      ] {
        let value = try Self.value(metric, pair.0, pair.1)
        if let lower = metric.range.lower { #expect(value >= lower - 1e-9) }
        if let upper = metric.range.upper { #expect(value <= upper + 1e-9) }
      }
    }
  }

  /// What a metric is of a representation with itself, where that is not 1.
  static func ofItself(_ metric: Metric, _ settings: AlignmentSettings) -> Double {
    metric.name == "lcs-knn" ? Double(settings.k) : 1
  }

  // Of a sample whose neighbors do not have it among theirs, no cycle returns.
  @Test(
    "A representation is aligned with itself",
    arguments: Metric.all.filter { !$0.isLoss && $0.name != "cycle-knn" })
  func selfAlignment(metric: Metric) throws {
    let (_, x) = TestFeatures.related(120, (4, 20), seed: 7, for: metric)
    let raw = AlignmentSettings(k: 10, sigma: 15, normalization: .none)
    // The 1e-6 in the denominator keeps the value a little below 1.
    #expect(abs(try Self.value(metric, x, x, raw) - Self.ofItself(metric, raw)) < 1e-4)
  }

  @Test(
    "The loss of a representation with itself is lower than with another",
    arguments: Metric.all.filter(\.isLoss))
  func selfLoss(metric: Metric) throws {
    let (x, y) = TestFeatures.related(60, (6, 6), seed: 8, for: metric)
    let unrelated = TestFeatures.normal(60, x.columns, seed: 80)
    #expect(try Self.value(metric, x, x) < Self.value(metric, x, y))
    #expect(try Self.value(metric, y, y) < Self.value(metric, y, unrelated))
  }

  @Test(
    "A rotation of one side changes nothing",
    arguments: Metric.all.filter { $0.invariances.contains(.rotation) })
  func rotation(metric: Metric) throws {
    let (x, y) = TestFeatures.related(70, (8, 12), seed: 21, for: metric)
    // The Householder reflection I - 2 v vᵀ / |v|².
    let v: [Double] = [0.3, -1.2, 0.7, 0.1, 2, -0.4, 0.9, -0.6]
    let square = v.reduce(0) { $0 + $1 * $1 }
    var rotated = x
    for row in 0..<70 {
      let product = (0..<8).reduce(0.0) { $0 + Double(x[row, $1]) * v[$1] }
      for column in 0..<8 {
        rotated[row, column] = Float(Double(x[row, column]) - 2 * product / square * v[column])
      }
    }
    #expect(abs(try Self.value(metric, x, y) - Self.value(metric, rotated, y)) < 2e-6)
  }

  @Test(
    "A new scale of one side changes nothing",
    arguments: Metric.all.filter { $0.invariances.contains(.scaling) })
  func scaling(metric: Metric) throws {
    let (x, y) = TestFeatures.related(70, (8, 12), seed: 22, for: metric)
    let scaled = Matrix(
      rows: 70, columns: x.columns, elements: x.withUnsafeBufferPointer { $0.map { $0 * 8 } })
    let raw = AlignmentSettings(k: 7, normalization: .none)
    #expect(abs(try Self.value(metric, x, y, raw) - Self.value(metric, scaled, y, raw)) < 1e-9)
  }

  @Test(
    "A shift of one side changes nothing",
    arguments: Metric.all.filter { $0.invariances.contains(.translation) })
  func translation(metric: Metric) throws {
    let (x, y) = TestFeatures.related(70, (8, 12), seed: 23, for: metric)
    let shifted = Matrix(
      rows: 70, columns: x.columns, elements: x.withUnsafeBufferPointer { $0.map { $0 + 4 } })
    let raw = AlignmentSettings(k: 7, sigma: 4, normalization: .none)
    #expect(abs(try Self.value(metric, x, y, raw) - Self.value(metric, shifted, y, raw)) < 2e-6)
  }

  @Test("The same order of samples on both sides does not matter", arguments: Metric.all)
  func jointPermutation(metric: Metric) throws {
    let (x, y) = TestFeatures.related(70, (8, 12), seed: 24, for: metric)
    let order = CounterRandom(seed: 1).permutation(of: 70)
    let permuted = { (m: Matrix) in
      Matrix(
        rows: m.rows, columns: m.columns,
        elements: order.flatMap { row in (0..<m.columns).map { m[row, $0] } })
    }
    #expect(abs(try Self.value(metric, x, y) - Self.value(metric, permuted(x), permuted(y))) < 1e-6)
  }

  @Test("Any number of threads gives the same value, bit for bit", arguments: Metric.all)
  func threads(metric: Metric) throws {
    let (x, y) = TestFeatures.related(600, (12, 16), seed: 25, for: metric)
    let one = try Self.value(metric, x, y, threads: Threads(1))
    #expect(try Self.value(metric, x, y, threads: Threads(2)) == one)
    #expect(try Self.value(metric, x, y, threads: Threads(5)) == one)
  }

  @Test("At k = N - 1 CKNNA is unbiased CKA")
  func fullNeighborhood() throws {
    let (x, y) = TestFeatures.related(60, (8, 12), seed: 26)
    let settings = AlignmentSettings(k: 59)
    #expect(abs(try Self.value(.cknna, x, y, settings) - Self.value(.ckaUnbiased, x, y, settings)) < 1e-6)
  }

  @Test("CKNNA is not clamped to 1")
  func cknnaAboveOne() throws {
    // One common direction and k near N: the masked diagonal terms outgrow the common ones.
    var largest = 0.0
    for seed in 0..<10 as Range<UInt64> {
      let features = (0..<2 as Range<UInt64>).map { side -> Matrix in
        var x = TestFeatures.normal(60, 6, seed: seed &* 7 &+ side)
        x.withUnsafeMutableBufferPointer { values in
          for i in values.indices { values[i] = 1 + 0.2 * values[i] }
        }
        return x
      }
      largest = max(largest, try Self.value(.cknna, features[0], features[1], AlignmentSettings(k: 57)))
    }
    #expect(largest > 1)
  }

  @Test("Too few samples is an error that names the metric", arguments: Metric.all)
  func tooFew(metric: Metric) throws {
    let x = TestFeatures.normal(metric.minimumSamples - 1, 3, seed: 1)
    #expect {
      try Self.value(metric, x, x, AlignmentSettings(k: 1))
    } throws: { error in
      (error as? AlignmentError)?.description.contains(metric.name) == true
    }
  }
}

@Suite struct DegenerateFeatureTests {
  @Test("Samples that are all alike are not aligned, and without epsilon that is an error")
  func constantFeatures() throws {
    let x = Matrix(rows: 40, columns: 6, elements: [Float](repeating: 1, count: 240))
    let metrics: [Metric] = [.cknnaBiased, .ckaRBF]
    let prepared = try PreparedRepresentation(x, for: metrics)
    var warnings: [String] = []
    #expect(try Metric.measure(metrics, prepared, prepared, warnings: &warnings) == [0, 0])
    #expect(
      warnings.contains { $0.contains("cknna-biased is 0") }
        && warnings.contains { $0.contains("cka-rbf is 0") })
    #expect {
      try MetricPropertyTests.value(.cknnaCentred, x, x)
    } throws: { error in
      guard let error = error as? AlignmentError else { return false }
      return error.code == .undefined && error.description.contains("cknna-centred has no value here")
    }
  }

  @Test("A side whose squares overflow has no CKA, whatever the other is")
  func overflow() throws {
    var x = TestFeatures.normal(30, 5, seed: 3)
    for row in 0..<30 { x[row, 4] *= 1e20 }
    let y = TestFeatures.normal(30, 4, seed: 4)
    for (a, b) in [(x, y), (y, x)] {
      #expect {
        try MetricPropertyTests.value(.cka, a, b, AlignmentSettings(normalization: .none))
      } throws: { ($0 as? AlignmentError)?.description.contains("overflow") == true }
    }
  }

  @Test("Exact duplicates are told behind samples that point the same way")
  func duplicates() throws {
    var x = TestFeatures.normal(40, 6, seed: 5)
    for column in 0..<6 {
      x[20, column] = x[30, column]
      x[3, column] = 2 * x[30, column]
    }
    let prepared = try PreparedRepresentation(x, for: [.mutualKNN])
    #expect(try prepared.oddities() == ["2 samples have an exact duplicate among the others"])
    let unscaled = try PreparedRepresentation(
      x, for: [.mutualKNN], settings: AlignmentSettings(normalization: .none))
    #expect(try unscaled.oddities().isEmpty)
  }

  @Test("What is too little for a choice of samples, a clamp or a spectrum is an error, never a trap")
  func nothing() throws {
    let x = TestFeatures.normal(20, 4, seed: 6)
    for count in [0, .max] {
      #expect(throws: AlignmentError.self) {
        try PreparedRepresentation(x, for: [.cknna], resampling: Resampling(.jackknife, count: count))
      }
    }
    let empty = Matrix(rows: 0, columns: 4)
    for clamp in [OutlierClamp.mean(quantile: 0.95), .exact(quantile: 0.95)] {
      #expect(throws: AlignmentError.self) { try clamp.threshold(of: empty, threads: .all) }
    }
    #expect(Geometry.participationRatio(singularValues: []) == 0)
    #expect(GramTiling(samples: 0).tiles.isEmpty)
  }

  @Test("Many neighbors are ranked as few are")
  func manyNeighbors() throws {
    let x = TestFeatures.normal(300, 8, seed: 7)
    let graph = try NeighborGraph(of: Representation(x), k: 299)
    #expect(try NeighborGraph(of: Representation(x), k: 20) == graph.nearest(20))
  }

  @Test("A row of next to nothing cannot be L2-normalised")
  func tinyRow() throws {
    var x = TestFeatures.normal(20, 4, seed: 1)
    for column in 0..<4 { x[7, column] = 1e-15 }
    #expect {
      try Representation(x)
    } throws: { error in
      guard let error = error as? AlignmentError else { return false }
      return error.code == .zeroRow && error.row == 7
    }
  }

  @Test(
    "Where epsilon is a good part of the denominator, that is said; without it the value is the formula's")
  func epsilon() throws {
    let (x, y) = TestFeatures.related(60, (5, 6), seed: 4)
    // A large common part: after L2 normalisation all rows are much alike, and HSIC is small.
    let shifted = Matrix(rows: 60, columns: 5, elements: x.withUnsafeBufferPointer { $0.map { $0 + 1000 } })
    var settings = AlignmentSettings()
    let metrics: [Metric] = [.ckaUnbiased]
    let prepared = try [shifted, y].map { try PreparedRepresentation($0, for: metrics, settings: settings) }
    var warnings: [String] = []
    _ = try Metric.measure(metrics, prepared[0], prepared[1], settings: settings, warnings: &warnings)
    #expect(warnings.contains { $0.contains("cka-unbiased") && $0.contains("%") })
    settings.epsilon = 0
    warnings = []
    let value = try Metric.measure(
      metrics, prepared[0], prepared[1], settings: settings, warnings: &warnings)[0]
    #expect(warnings.isEmpty)
    let direct = DirectDefinitions.cka(
      DirectDefinitions(shifted, .l2).gram, DirectDefinitions(y, .l2).gram, DirectDefinitions.unbiasedHSIC)
    #expect(value > 1.5 * direct)
    #expect(Metric.ckaUnbiased.parameters(settings) == "epsilon=0.0;normalize=l2")
  }

  @Test(
    "A kernel that sees nothing or everything is said to be so", arguments: [(1e-3, "narrow"), (1e6, "wide")])
  func sigma(width: Double, word: String) throws {
    let x = TestFeatures.normal(30, 8, seed: 5)
    let settings = AlignmentSettings(sigma: .fixed(width))
    let prepared = try PreparedRepresentation(x, for: [.ckaRBF], settings: settings)
    var warnings: [String] = []
    _ = try? Metric.measure([.ckaRBF], prepared, prepared, settings: settings, warnings: &warnings)
    let pair = RepresentationPair(prepared, prepared, settings, .all)
    _ = try pair.gaussianCKA()
    #expect(pair.warnings.contains { $0.contains("too \(word)") })
  }
}
