import Foundation
import LinearAlgebra
import TensorFiles
import Testing

@testable import Alignment

/// Every value of fixtures/goldens/metrics that the metrics here have, from the official code in Double.
@Suite struct GoldenTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures/goldens/metrics").path
  static let names = ["small", "mid", "large", "wide", "ties", "offset", "ortho"]

  /// How far a value may be from the golden one.
  ///
  /// The goldens' README accepts 1e-8 in Double and 1e-4 where features or products are Float32. Neighbor-based metrics and
  /// the Gaussian kernel are computed in Double; linear CKA multiplies in Float32, and a clamp rounds its threshold to Float32.
  static func tolerance(metric: String, variant: String) -> Double {
    metric.hasPrefix("cka_linear") || variant.hasPrefix("outlier") ? 1e-7 : 1e-8
  }

  static func matrix(_ file: TensorFile, _ name: String) throws -> Matrix {
    let tensor = try #require(file[name])
    return Matrix(rows: tensor.shape[0], columns: tensor.shape[1], elements: try tensor.floats())
  }

  @Test("All goldens of a data set agree", arguments: names)
  func goldens(name: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(Self.folder)/expected.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let expected = try #require(all[name] as? [String: Any])
    let file = try TensorFile.open("\(Self.folder)/features_\(name).safetensors")
    let (x, y) = (try Self.matrix(file, "X"), try Self.matrix(file, "Y"))
    var compared = 0
    for (variant, values) in expected {
      guard let values = values as? [String: Any] else { continue }
      let settings = Self.settings(variant)
      for (metric, value) in values {
        guard Self.isDefined(metric, variant, of: name), let value = value as? Double,
          let (found, kind) = try Self.value(metric, x, y, settings)
        else { continue }
        // The official code takes the means of cycles and of common subsequences in Float32.
        let isRounded = [Metric.cycleKNN.name, Metric.lcsKNN.name].contains(kind.name)
        let difference = abs((isRounded ? Double(Float(found)) : found) - value)
        compared += 1
        #expect(
          difference
            <= (isRounded ? Double(Float(value).ulp) : Self.tolerance(metric: metric, variant: variant)),
          "\(name), \(variant), \(metric): found \(found), expected \(value)")
      }
    }
    #expect(compared >= 52, "only \(compared) values were compared")
  }

  @Test("The clamp's thresholds agree", arguments: names)
  func thresholds(name: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(Self.folder)/expected.json"))
    let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let expected = try #require(all[name] as? [String: Any])
    let file = try TensorFile.open("\(Self.folder)/features_\(name).safetensors")
    for (kind, clamp) in [("mean", OutlierClamp.mean(quantile: 0.95)), ("exact", .exact(quantile: 0.95))] {
      let thresholds = try #require(expected["outlier95_\(kind)_threshold"] as? [String: Double])
      for side in ["X", "Y"] {
        let value = try #require(thresholds[side] ?? thresholds[side.lowercased()])
        let found = try #require(try clamp.threshold(of: Self.matrix(file, side), threads: .all))
        #expect(abs(found - value) < 1e-9)
      }
    }
  }

  /// Of data with ties, neighbors have a defined order only in the variants that say so, and after L2 normalisation that
  /// order is a matter of rounding. So are the ranks of their dissimilarities: the goldens of `raw` and `l2`, which are the
  /// same number by definition, differ in the sixth digit. PWCCA has no one value where samples are too few: with 64
  /// samples of 32 and 48 dimensions 17 correlations are 1, and another basis of what they span gives other weights.
  static func isDefined(_ metric: String, _ variant: String, of name: String) -> Bool {
    if metric.hasPrefix("pwcca") { return name != "small" }
    if metric == "rsa_spearman" { return name != "ties" }
    return name != "ties" || !metric.contains("_k") || variant == "raw__stable_lowest_index_first"
  }

  static func settings(_ variant: String) -> AlignmentSettings {
    let name = variant.replacing("__stable_lowest_index_first", with: "")
    var settings = AlignmentSettings(normalization: name == "raw" ? .none : .l2)
    if name == "outlier95_mean_then_l2" { settings.clamp = .mean(quantile: 0.95) }
    if name == "outlier95_exact_then_l2" { settings.clamp = .exact(quantile: 0.95) }
    return settings
  }

  private static let byName: [String: Metric] = [
    "svcca_deterministic_q10": .svcca, "cca_mean": .cca, "cca_mean_squared": .ccaSquared,
    "pwcca_x_weights": .pwcca, "procrustes_similarity": .procrustes, "rsa_pearson": .rsa,
    "rsa_spearman": .rsaSpearman,
  ]

  /// Our value for a golden's name, nil for metrics that are not here.
  static func value(_ name: String, _ x: Matrix, _ y: Matrix, _ settings: AlignmentSettings) throws
    -> (Double, Metric)?
  {
    var settings = settings
    let metric: Metric
    if let match = name.wholeMatch(of: /cknna_k(\d+)_(unbiased|biased)/) {
      settings.k = try #require(Int(match.output.1))
      metric = match.output.2 == "biased" ? .cknnaBiased : .cknna
    } else if let match = name.wholeMatch(of: /mutual_knn_k(\d+)/) {
      settings.k = try #require(Int(match.output.1))
      metric = .mutualKNN
    } else if let match = name.wholeMatch(of: /cka_rbf_sigma([0-9.]+)_(unbiased|biased)/) {
      settings.sigma = .fixed(try #require(Double(match.output.1)))
      metric = match.output.2 == "biased" ? .ckaRBF : .ckaRBFUnbiased
    } else if let match = name.wholeMatch(of: /(cycle|lcs|edit_distance)_knn_k(\d+)/) {
      settings.k = try #require(Int(match.output.2))
      metric = match.output.1 == "cycle" ? .cycleKNN : match.output.1 == "lcs" ? .lcsKNN : .editKNN
    } else if name == "pwcca_y_weights" {
      return (try MetricPropertyTests.value(.pwcca, y, x, settings), .pwcca)
    } else if let known = byName[name] {
      metric = known
    } else if name == "cka_linear_biased" {
      metric = .cka
    } else if name == "cka_linear_unbiased" {
      metric = .ckaUnbiased
    } else {
      return nil
    }
    return (try MetricPropertyTests.value(metric, x, y, settings), metric)
  }
}
