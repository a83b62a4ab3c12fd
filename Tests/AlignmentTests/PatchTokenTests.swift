import Foundation
import LinearAlgebra
import TensorFiles
import Testing

@testable import Alignment

/// Metrics that compare patch tokens one by one, and what others make of representations that keep them.
@Suite struct PatchTokenTests {
  static let goldens = GoldenTests.folder.replacing("goldens/metrics", with: "goldens/repa_loss")
  static let mnist = GoldenTests.folder.replacing("goldens/metrics", with: "mnist/goldens")

  /// The two sides, and how many tokens their samples keep.
  struct Sides {
    let x: Matrix
    let y: Matrix
    let tokens: Int

    init(_ x: Tensor?, _ y: Tensor?) throws {
      (self.x, self.y) = (try Self.rows(x), try Self.rows(y))
      tokens = try #require(x).shape[1]
    }

    init(x: Matrix, y: Matrix, tokens: Int) {
      (self.x, self.y, self.tokens) = (x, y, tokens)
    }

    func value(_ metric: Metric, _ settings: AlignmentSettings = AlignmentSettings()) throws -> Double {
      let (x, y) = (
        try PreparedRepresentation(x, tokens: tokens, for: [metric], settings: settings),
        try PreparedRepresentation(y, tokens: tokens, for: [metric], settings: settings)
      )
      return try Metric.measure([metric], x, y, settings: settings)[0]
    }

    private static func rows(_ tensor: Tensor?) throws -> Matrix {
      let tensor = try #require(tensor)
      return Matrix(
        rows: tensor.shape[0], columns: tensor.shape[1] * tensor.shape[2], elements: try tensor.floats())
    }
  }

  @Test("REPA's projection loss and NT-Xent are the goldens'", arguments: [0, 1])
  func goldens(encoder: Int) throws {
    let file = try TensorFile.open("\(Self.goldens)/loss_and_paths.safetensors")
    let sides = try Sides(file["z_tilde_\(encoder)"], file["z_\(encoder)"])
    let data = try Data(contentsOf: URL(filePath: "\(Self.goldens)/expected.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let projection = try #require(json["projection_loss_float64"] as? [String: Double])
    let loss = try #require(projection["encoder_\(encoder)"])
    #expect(abs(try sides.value(.repaCosine) + loss) <= 1e-14)
    let all = try #require(json["nt_xent"] as? [String: [String: Double]])
    var compared = 0
    for (name, values) in all {
      guard let match = name.wholeMatch(of: /encoder_(\d)_tau(.+)/), match.output.1 == "\(encoder)" else {
        continue
      }
      for (variant, expected) in values {
        let candidates = try #require(TokenCandidates(rawValue: variant.replacing("_", with: "-")))
        let found = try sides.value(
          .ntXent, AlignmentSettings(tau: #require(Double(match.output.2)), candidates: candidates))
        // Means over tokens are rounded to Float32; all else is in Double.
        let tolerance = candidates == .pooledAcrossImages ? 1e-6 : 1e-13
        #expect(abs(found - expected) <= tolerance * expected, "\(name), \(variant): \(found), \(expected)")
        compared += 1
      }
    }
    #expect(compared == 16)
  }

  @Test(
    "A projector beside the encoder it was trained to follow, and one that was not",
    arguments: [
      ("repa", 0.7338387313391179, 3.204215107978383), ("vanilla", -0.09058386124395192, 5.019767928532823),
    ])
  func realTokens(model: String, cosine: Double, loss: Double) throws {
    let hidden = try TensorFile.open("\(Self.mnist)/sit_hidden.safetensors")
    let encoder = try TensorFile.open("\(Self.mnist)/encoder_hidden.safetensors")
    let sides = try Sides(hidden["\(model)/t0.5/projector"], encoder["dinov2_tiny/features"])
    // Computed from the definitions by another program, in Double.
    #expect(abs(try sides.value(.repaCosine) - cosine) <= 1e-13)
    #expect(abs(try sides.value(.ntXent) - loss) <= 1e-12)
  }

  @Test("NT-Xent is its definition for all candidates", arguments: TokenCandidates.allCases, [0.05, 1])
  func allCandidates(candidates: TokenCandidates, tau: Double) throws {
    try expectDefinition(samples: 9, tokens: 5, AlignmentSettings(tau: tau, candidates: candidates))
  }

  @Test(
    "It is so across the borders of tiles too",
    arguments: [
      (TokenCandidates.batchTokens, 2, 140), (.batchTokensSymmetric, 2, 140), (.withinImage, 2, 260),
      (.pooledAcrossImages, 260, 2),
    ])
  func tiles(candidates: TokenCandidates, samples: Int, tokens: Int) throws {
    try expectDefinition(samples: samples, tokens: tokens, AlignmentSettings(candidates: candidates))
  }

  private func expectDefinition(samples: Int, tokens: Int, _ settings: AlignmentSettings) throws {
    let (x, y) = (
      TestFeatures.normal(samples, tokens * 4, seed: 1), TestFeatures.normal(samples, tokens * 4, seed: 2)
    )
    let expected = DirectDefinitions.ntXent(
      DirectDefinitions(x, .none, tokens: tokens), DirectDefinitions(y, .none, tokens: tokens), settings)
    let found = try Sides(x: x, y: y, tokens: tokens).value(.ntXent, settings)
    // Means over tokens are rounded to Float32.
    let tolerance = settings.candidates == .pooledAcrossImages ? 1e-6 : 1e-11
    #expect(abs(found - expected) <= tolerance)
  }

  @Test("At a temperature near zero the loss is the distance to the best candidate, not infinity")
  func coldLoss() throws {
    let (x, y) = TestFeatures.related(40, (24, 24), seed: 3)
    let sides = Sides(x: x, y: y, tokens: 3)
    let tau = 1e-7
    let unit = { (m: Matrix) in
      DirectDefinitions(m, .none, tokens: 3).tokens.joined().map(DirectDefinitions.normalized)
    }
    let (a, others) = (unit(x), unit(y))
    let cosines = a.map { a in others.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    let gaps = cosines.indices.map { (cosines[$0].max() ?? 0) - cosines[$0][$0] }
    let expected = gaps.reduce(0, +) / Double(gaps.count) / tau
    #expect(abs(try sides.value(.ntXent, AlignmentSettings(tau: tau)) - expected) <= 1e-6 * expected)
    for tau in [0, -1, .nan, .infinity, .leastNonzeroMagnitude] {
      #expect {
        try sides.value(.ntXent, AlignmentSettings(tau: tau))
      } throws: { ($0 as? AlignmentError)?.code == .invalidSetting }
    }
  }

  @Test("A token of zeros counts as 0, and normalisation and clamp are not for tokens")
  func zeroToken() throws {
    let y = Matrix(rows: 1, columns: 4, elements: [3, 4, 1, 0])
    let x = Matrix(rows: 1, columns: 4, elements: [6, 8, 0, 0])
    let sides = Sides(x: x, y: y, tokens: 2)
    #expect(try sides.value(.repaCosine) == 0.5)
    let clamped = AlignmentSettings(normalization: .none, clamp: .exact(quantile: 0.2))
    #expect(try sides.value(.repaCosine, clamped) == 0.5)
    #expect(Metric.repaCosine.parameters(clamped) == "")
    #expect(Metric.ntXent.parameters(clamped) == "candidates=batch-tokens;tau=0.1")
    // Tokens whose mean is a row of zeros are no worse than others, until a metric on rows takes part.
    let opposite = Matrix(rows: 4, columns: 4, elements: [1, 2, -1, -2] + (0..<12).map { Float($0 * $0) })
    #expect(try Sides(x: opposite, y: opposite, tokens: 2).value(.repaCosine) > 0.8)
    #expect {
      try PreparedRepresentation(opposite, tokens: 2, for: [.repaCosine, .cka])
    } throws: { ($0 as? AlignmentError)?.code == .zeroRow }
  }

  @Test("All other metrics take the mean over tokens", arguments: Metric.all.filter { !$0.isPatchWise })
  func pooled(metric: Metric) throws {
    let (x, y) = TestFeatures.related(30, (20, 20), seed: 5)
    let pool = { (m: Matrix) in
      Matrix(
        rows: 30, columns: 5,
        elements: DirectDefinitions(m, .none, tokens: 4).rows.joined().map { Float($0) })
    }
    let settings = AlignmentSettings(k: 5)
    let found = try Sides(x: x, y: y, tokens: 4).value(metric, settings)
    #expect(found == (try MetricPropertyTests.value(metric, pool(x), pool(y), settings)))
    #expect(found != (try MetricPropertyTests.value(metric, x, y, settings)))
  }

  @Test("What cannot be compared patch by patch is said")
  func errors() throws {
    let x = TestFeatures.normal(5, 24, seed: 1)
    expect(.noTokens, saying: "repa-cosine compares patch tokens, and these features are one vector of 24") {
      _ = try PreparedRepresentation(x, for: [.cka, .repaCosine])
    }
    expect(.invalidSetting, saying: "a row of 24 numbers cannot be 7 tokens") {
      _ = try PreparedRepresentation(x, tokens: 7, for: [.cka])
    }
    for tokens in [0, -3, 48] {
      expect(.invalidSetting, saying: "cannot be \(tokens) tokens") {
        _ = try PreparedRepresentation(x, tokens: tokens, for: [.repaCosine])
      }
    }
    var bad = x
    bad[3, 13] = -.infinity
    expect(.notFinite, saying: "row 3 has -inf in dimension 1 of token 2") {
      _ = try PreparedRepresentation(bad, tokens: 4, for: [.cka])
    }
    let metrics: [Metric] = [.repaCosine, .ntXent]
    for (other, tokens, found) in [
      (TestFeatures.normal(5, 24, seed: 2), 3, "3 of 8"), (TestFeatures.normal(5, 28, seed: 2), 4, "4 of 7"),
    ] {
      expect(.tokensDiffer, saying: "one side keeps 4 tokens of 6 dimensions, the other \(found)") {
        _ = try Metric.measure(
          metrics, PreparedRepresentation(x, tokens: 4, for: metrics),
          PreparedRepresentation(other, tokens: tokens, for: metrics))
      }
    }
    expect(.invalidSetting, saying: "prepared for other metrics") {
      let unready = try PreparedRepresentation(x, tokens: 4, for: [.cka])
      _ = try Metric.measure(metrics, unready, unready)
    }
  }

  private func expect(_ code: AlignmentError.Code, saying part: String, _ body: () throws -> Void) {
    #expect {
      try body()
    } throws: { error in
      guard let error = error as? AlignmentError else { return false }
      return error.code == code && error.description.contains(part)
    }
  }
}
