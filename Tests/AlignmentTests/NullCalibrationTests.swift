import Foundation
import LinearAlgebra
import TensorFiles
import Testing

@testable import Alignment

/// Every value of calibration_expected.json, with the permutations stored beside it.
@Suite struct CalibrationGoldenTests {
  private static let folder = GoldenTests.folder

  private struct Case {
    let metric: Metric
    let settings: AlignmentSettings
    let tolerance: Double
  }

  /// Linear CKA multiplies in Float32; the others compute in Double.
  private static func golden(_ name: String) throws -> Case {
    switch name {
    case "cka_linear_biased":
      Case(metric: .cka, settings: AlignmentSettings(normalization: .none), tolerance: 1e-7)
    case "cka_linear_unbiased":
      Case(metric: .ckaUnbiased, settings: AlignmentSettings(normalization: .none), tolerance: 1e-7)
    case "mutual_knn_k10": Case(metric: .mutualKNN, settings: AlignmentSettings(), tolerance: 1e-8)
    default:
      Case(
        metric: .ckaRBF, settings: AlignmentSettings(sigma: .fixed(try #require(sigma(name)))),
        tolerance: 1e-8)
    }
  }

  private static func sigma(_ name: String) -> Double? {
    name == "cka_rbf_sigma2_biased_l2" ? 2 : nil
  }

  private static func expected() throws -> [String: [String: Any]] {
    let data = try Data(contentsOf: URL(filePath: "\(folder)/calibration_expected.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
  }

  private static func permutations(_ file: TensorFile) throws -> Permutations {
    let tensor = try #require(file["perms"])
    let numbers = try tensor.floats().map { Int($0) }
    let samples = tensor.shape[1]
    return Permutations((0..<tensor.shape[0]).map { Array(numbers[$0 * samples..<($0 + 1) * samples]) })
  }

  private static func null(_ golden: Case, _ x: Matrix, _ y: Matrix, _ permutations: Permutations) throws
    -> (observed: Double, null: [Double])
  {
    let sides = try [x, y].map {
      try PreparedRepresentation($0, for: [golden.metric], settings: golden.settings)
    }
    return (
      try Metric.measure([golden.metric], sides[0], sides[1], settings: golden.settings)[0],
      try Metric.nullValues(
        [golden.metric], sides[0], sides[1], permutations: permutations, settings: golden.settings)[0]
    )
  }

  private func expect(_ found: Double, _ values: [String: Any], _ key: String, _ tolerance: Double) throws {
    let value = try #require(values[key] as? Double)
    #expect(abs(found - value) <= tolerance, "\(key): found \(found), expected \(value)")
  }

  @Test("One pair", arguments: ["Y", "Y_null"])
  func pairs(side: String) throws {
    let file = try TensorFile.open("\(Self.folder)/calibration.safetensors")
    let small = try TensorFile.open("\(Self.folder)/features_small.safetensors")
    let x = try GoldenTests.matrix(small, "X")
    let y = try side == "Y" ? GoldenTests.matrix(small, "Y") : GoldenTests.matrix(file, side)
    let permutations = try Self.permutations(file)
    var compared = 0
    for (key, values) in try Self.expected() where key.hasPrefix("small.X_vs_\(side)/") {
      let golden = try Self.golden(String(try #require(key.split(separator: "/").last)))
      let (observed, null) = try Self.null(golden, x, y, permutations)
      let sorted = null.sorted()
      try expect(observed, values, "observed", golden.tolerance)
      try expect(sorted[sorted.count / 2], values, "null_median", golden.tolerance)
      try expect(sorted[sorted.count - 1], values, "null_max", golden.tolerance)
      for (found, value) in zip(null, try #require(values["null_first5"] as? [Double])) {
        #expect(abs(found - value) <= golden.tolerance)
      }
      for alpha in [0.05, 0.01] {
        for best in [nil, 1.0] as [Double?] {
          let name = "alpha\(alpha)_smax\(best.map { "\($0)" } ?? "None")"
          let stored = try #require(values[name] as? [String: Any])
          let calibration = try NullCalibration(observed: observed, null: null, alpha: alpha, best: best)
          try expect(calibration.threshold, stored, "tau", golden.tolerance)
          try expect(calibration.pValue, stored, "p", 1e-15)
          try expect(calibration.score, stored, "score", 4 * golden.tolerance)
          let official = try #require(stored["official_float32"] as? [String: Any])
          try expect(calibration.score, official, "score", 1e-6)
          compared += 1
        }
      }
      let calibration = try NullCalibration(observed: observed, null: null, best: 1)
      try expect(calibration.nullMean, values, "null_mean", golden.tolerance)
      let stored = try #require(values["paper_package_stats_q0.95"] as? [String: Any])
      let deviation = try #require(values["null_std_population"] as? Double)
      try expect(
        calibration.zScore, stored, "z", 4 * golden.tolerance / deviation * max(1, calibration.zScore))
      try expect(try #require(calibration.chanceAdjusted), stored, "ari", 4 * golden.tolerance)
      // The package compares without a tolerance: values that are equal but for rounding are no ties there.
      if golden.metric.name != "mutual-knn" {
        try expect(calibration.tailStrength, stored, "tail_strength", 1e-12)
      }
    }
    #expect(compared == 16)
  }

  @Test("Layers, the same permutation for all", arguments: LayerAggregate.allCases)
  func layers(aggregate: LayerAggregate) throws {
    let file = try TensorFile.open("\(Self.folder)/calibration.safetensors")
    let permutations = try Self.permutations(file)
    let x = try (0..<3).map { try GoldenTests.matrix(file, "X_layer_\($0)") }
    let y = try (0..<2).map { try GoldenTests.matrix(file, "Y_layer_\($0)") }
    for name in ["cka_linear_biased", "mutual_knn_k10"] {
      let values = try #require(try Self.expected()["layers/\(name)/\(aggregate.rawValue)"])
      let golden = try Self.golden(name)
      let pairs = try x.flatMap { x in try y.map { try Self.null(golden, x, $0, permutations) } }
      let matrix = try #require(values["matrix"] as? [[Double]]).flatMap(\.self)
      for (pair, value) in zip(pairs, matrix) { #expect(abs(pair.observed - value) <= golden.tolerance) }
      let calibration = try NullCalibration(golden.metric, aggregating: pairs, by: aggregate)
      try expect(calibration.observed, values, "observed", golden.tolerance)
      try expect(calibration.threshold, values, "tau", golden.tolerance)
      try expect(calibration.pValue, values, "p", 1e-15)
      try expect(calibration.score, values, "score", 4 * golden.tolerance)
    }
  }
}

@Suite struct NullCalibrationTests {
  private static let metrics = Metric.all

  @Test("A permutation of graphs and Gram matrices gives what permuted rows give", arguments: Metric.all)
  func fastAgreesWithRows(metric: Metric) throws {
    for (seed, k) in [(1, 5), (2, 29), (3, 1)] as [(UInt64, Int)] {
      let (x, y) = TestFeatures.related(34, (5, 7), seed: seed, for: metric)
      // The identity has every pair in common, a rotation by one none in particular.
      let orders = [
        Array(0..<34), (0..<34).map { ($0 + 1) % 34 }, CounterRandom(seed: 9).permutation(of: 34),
      ]
      let settings = AlignmentSettings(k: k, epsilon: 0)
      let tokens = metric.isPatchWise ? TestFeatures.tokens : nil
      let prepare = {
        try PreparedRepresentation($0, tokens: tokens, for: [metric], settings: settings)
      }
      let first = try prepare(x)
      let found = try Metric.nullValues(
        [metric], first, try prepare(y), permutations: Permutations(orders), settings: settings)[0]
      for (order, value) in zip(orders, found) {
        let direct = try Metric.measure(
          [metric], first, try prepare(y.gathering(rows: order)), settings: settings)[0]
        #expect(abs(direct - value) < 1e-6 * max(1, abs(direct)), "\(metric.name), k = \(k)")
      }
    }
  }

  @Test("More samples than Gram matrices are kept for: the rows' products say the same")
  func rowsAgreeWithGrams() throws {
    let (x, y) = TestFeatures.related(60, (5, 7), seed: 3)
    let metrics: [Metric] = [.cka, .ckaUnbiased, .ckaRBF]
    let sides = try [x, y].map { try PreparedRepresentation($0, for: metrics) }
    let grams = try Metric.nullValues(metrics, sides[0], sides[1], permutations: Permutations(count: 4))
    for index in 0..<4 {
      let order = try Permutations(count: 4).order(index, of: 60)
      let permuted = try PreparedRepresentation(
        permuting: sides[1], by: order, for: metrics, settings: AlignmentSettings())
      let values = try Metric.measure(metrics, sides[0], permuted)
      for (metric, value) in values.enumerated() { #expect(abs(grams[metric][index] - value) < 1e-7) }
    }
  }

  @Test("Any number of threads gives the same bits")
  func threads() throws {
    let (x, y) = TestFeatures.related(80, (6, 9), seed: 5)
    let metrics: [Metric] = [.cknna, .cknnaBiased, .cknnaCentred, .mutualKNN, .cka, .ckaUnbiased, .ckaRBF]
    let sides = try [x, y].map { try PreparedRepresentation($0, for: metrics) }
    let values = try [1, 3].map {
      try Metric.nullValues(
        metrics, sides[0], sides[1], permutations: Permutations(count: 20, seed: 7), threads: Threads($0))
    }
    #expect(values[0] == values[1])
    #expect(Set(values[0][0]).count == 20)
  }

  /// Counts below 1/1000 of the binomial distribution's probability on either side are 3.3 deviations away.
  @Test(
    "Of independent features one in twenty p-values is below 0.05",
    arguments: [Metric.cknna, .cka, .ckaUnbiased])
  func uniform(metric: Metric) throws {
    let (runs, alpha) = (300, 0.05)
    let settings = AlignmentSettings(k: 4)
    var below = 0
    var below4 = 0
    for run in 0..<runs {
      let sides = try [10, 11].map { side in
        try PreparedRepresentation(
          TestFeatures.normal(20, 4, seed: UInt64(run * 64 + side)), for: [metric], settings: settings,
          threads: Threads(1))
      }
      let null = try Metric.nullValues(
        [metric], sides[0], sides[1], permutations: Permutations(count: 39, seed: UInt64(run)),
        settings: settings, threads: Threads(1))[0]
      let observed = try Metric.measure([metric], sides[0], sides[1], settings: settings)[0]
      let calibration = try NullCalibration(metric, observed: observed, null: null, alpha: alpha)
      below += calibration.pValue <= alpha ? 1 : 0
      below4 += calibration.pValue <= 0.4 ? 1 : 0
      #expect((observed > calibration.threshold) == (calibration.pValue <= alpha))
    }
    func bound(_ p: Double) -> Double { 3.3 * (p * (1 - p) * Double(runs)).squareRoot() }
    #expect(abs(Double(below) - alpha * Double(runs)) <= bound(alpha), "\(below) of \(runs)")
    #expect(abs(Double(below4) - 0.4 * Double(runs)) <= bound(0.4), "\(below4) of \(runs)")
  }

  @Test("A loss is calibrated from below")
  func loss() throws {
    let null = (1...39).map { 2 + Double($0) / 40 }
    let close = try NullCalibration(.ntXent, observed: 1.5, null: null)
    #expect(close.pValue == 1.0 / 40)
    // Two of the 40 values may be below the threshold: it is the third smallest.
    #expect(close.threshold == 2 + 2.0 / 40)
    #expect(abs(close.score - (close.threshold - 1.5) / close.threshold) < 1e-15)
    #expect(close.zScore > 0)
    let far = try NullCalibration(.ntXent, observed: 2.9, null: null)
    #expect(far.score == 0)
    #expect(far.pValue == Double(1 + null.count { $0 <= 2.9 }) / 40)
    let layers = [(observed: 3.0, null: [3.0, 4.0]), (observed: 2.0, null: [5.0, 1.0])]
    let aggregate = try NullCalibration(.ntXent, aggregating: layers, by: .max)
    #expect(aggregate.observed == 2 && aggregate.null == [3, 1])
  }

  @Test("CKNNA has no largest value, and its score none")
  func unbounded() throws {
    let calibration = try NullCalibration(.cknna, observed: 1.5, null: [0.1, 0.2, 0.3])
    #expect(calibration.best == nil && calibration.chanceAdjusted == nil)
    #expect(calibration.score == 1.5 - calibration.threshold)
    #expect(try NullCalibration(.mutualKNN, observed: 0.5, null: [0.1]).best == 1)
  }

  @Test("Ties by rounding are ties, and what has no null is an error")
  func edges() throws {
    let tied = try NullCalibration(observed: 0.3, null: [0.1 + 0.2, 0.3 - 1e-16, 0.2])
    #expect(tied.pValue == 0.75)
    #expect(throws: AlignmentError.self) { try NullCalibration(observed: 1, null: []) }
    #expect(throws: AlignmentError.self) { try NullCalibration(observed: 1, null: [.nan]) }
    #expect(throws: AlignmentError.self) { try NullCalibration(observed: 1, null: [1], alpha: 1) }
    #expect(throws: AlignmentError.self) { try NullCalibration(.cka, aggregating: [], by: .mean) }
    #expect(throws: AlignmentError.self) {
      try NullCalibration(.cka, aggregating: [(0, [1]), (0, [1, 2])], by: .mean)
    }
  }

  @Test("What is no permutation is an error", arguments: [[0, 1, 1], [0, 1], [0, 1, 3], [-1, 0, 1]])
  func noPermutation(order: [Int]) throws {
    let x = TestFeatures.normal(3, 2, seed: 1)
    let side = try PreparedRepresentation(x, for: [.mutualKNN], settings: AlignmentSettings(k: 1))
    #expect {
      try Metric.nullValues([.mutualKNN], side, side, permutations: Permutations([order]))
    } throws: { ($0 as? AlignmentError)?.code == .invalidSetting }
  }
}

@Suite struct FalseDiscoveryTests {
  @Test("The definition, by hand")
  func definition() throws {
    // Benjamini and Hochberg (1995), section 3.1: fifteen p-values of which four are discoveries at 0.05.
    let pValues = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
      0.7590, 1.0,
    ]
    let qValues = try FalseDiscovery.qValues(pValues)
    #expect(qValues.count { $0 <= 0.05 } == 4)
    for (place, value) in qValues.enumerated() {
      let direct = (place..<15).map { pValues[$0] * 15 / Double($0 + 1) }.min() ?? 1
      #expect(abs(value - min(1, direct)) < 1e-15)
    }
    let order = CounterRandom(seed: 1).permutation(of: 15)
    #expect(try FalseDiscovery.qValues(order.map { pValues[$0] }) == order.map { qValues[$0] })
  }

  @Test("Few tests, equal ones, and what is no probability")
  func edges() throws {
    #expect(try FalseDiscovery.qValues([]).isEmpty)
    #expect(try FalseDiscovery.qValues([0.03]) == [0.03])
    #expect(try FalseDiscovery.qValues([0.02, 0.02, 0.02]) == [0.02, 0.02, 0.02])
    for bad in [-0.1, 1.1, .nan] {
      #expect(throws: AlignmentError.self) { try FalseDiscovery.qValues([0.5, bad]) }
    }
  }
}
