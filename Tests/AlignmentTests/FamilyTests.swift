import LinearAlgebra
import TensorFiles
import Testing

@testable import Alignment

/// What the property tests, which take well-behaved features, do not reach.
@Suite struct FamilyTests {
  typealias Direct = DirectLinearAlgebra

  static func value(_ metric: Metric, _ x: Matrix, _ y: Matrix) throws -> Double {
    try MetricPropertyTests.value(metric, x, y, AlignmentSettings(normalization: .none))
  }

  static func direct(_ metric: Metric, _ x: Matrix, _ y: Matrix) throws -> Double {
    try #require(
      DirectDefinitions.value(
        metric.name, DirectDefinitions(x, .none), DirectDefinitions(y, .none), AlignmentSettings()))
  }

  /// x with column c times factors[c]; features whose singular values go down in steps.
  static func scaled(_ x: Matrix, by factors: [Float]) -> Matrix {
    var result = x
    for row in 0..<x.rows { for column in 0..<x.columns { result[row, column] *= factors[column] } }
    return result
  }

  @Test(
    "Ill-conditioned features: singular values down to 1e-8 of the largest count, zeros do not",
    arguments: [Metric.cca, .ccaSquared, .pwcca, .procrustes],
    [
      [Float(1), 1, 1, 0.3, 0.1], [1, 1e-2, 1e-3, 1e-4, 1e-1], [1, 1e-3, 1e-6, 1e-7, 1e-8],
      [1, 1, 0, 0, 0.5], [1, 1e-7, 0, 3e-7, 1],
    ])
  func illConditioned(metric: Metric, factors: [Float]) throws {
    let (x, y) = TestFeatures.related(60, (5, 9), seed: 31)
    let bad = Self.scaled(x, by: factors)
    for (a, b) in [(bad, y), (y, bad), (bad, bad)] {
      #expect(abs(try Self.value(metric, a, b) - Self.direct(metric, a, b)) < 1e-8)
    }
  }

  @Test(
    "Features that are linearly dependent, as normalised layers are, but for Float32's rounding",
    arguments: [Metric.cca, .ccaSquared, .pwcca, .svcca, .procrustes])
  func dependent(metric: Metric) throws {
    let (x, y) = TestFeatures.related(70, (12, 15), seed: 32)
    var layer = x
    for row in 0..<70 {
      let mean = (0..<12).reduce(Float(0)) { $0 + x[row, $1] } / 12
      for column in 0..<12 { layer[row, column] = x[row, column] - mean }
    }
    #expect(abs(try Self.value(metric, layer, y) - Self.direct(metric, layer, y)) < 1e-8)
    #expect(abs(try Self.value(metric, y, layer) - Self.direct(metric, y, layer)) < 1e-8)
  }

  @Test("CCA sees through any invertible linear map, SVCCA and Procrustes do not")
  func linearMap() throws {
    let x = TestFeatures.normal(90, 6, seed: 33)
    var mapped = x
    for row in 0..<90 {
      for column in 1..<6 { mapped[row, column] = x[row, column] + 3 * mapped[row, column - 1] }
    }
    #expect(abs(try Self.value(.cca, x, mapped) - 1) < 1e-10)
    #expect(try Self.value(.procrustes, x, mapped) < 0.9)
  }

  @Test("Singular values of a matrix that has lost most of its rank", arguments: [(40, 30), (30, 40)])
  func singularValues(shape: (Int, Int)) throws {
    var matrix = DoubleMatrix(TestFeatures.normal(shape.0, shape.1, seed: 34))
    for row in 0..<shape.0 {
      for column in 0..<shape.1 { matrix[row, column] *= exponential(-Double(column) * 1.1) }
    }
    let found = try matrix.singularValues(threads: .all)
    let (_, expected, _) = try LAPACK.singularValues(matrix, vectors: false)
    #expect(found.count == 30)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12 * expected[0]) }
  }

  @Test("Duplicates have equal dissimilarities, and share their rank")
  func tiedRanks() throws {
    let file = try TensorFile.open("\(GoldenTests.folder)/features_ties.safetensors")
    let (x, y) = (try GoldenTests.matrix(file, "X"), try GoldenTests.matrix(file, "Y"))
    let rounded = { (m: Matrix) in
      DirectDefinitions.ranks(
        DirectDefinitions(m, .none).dissimilarities.map { ($0 * 1e12).rounded() / 1e12 })
    }
    let expected = Direct.correlation(rounded(x), rounded(y))
    #expect(abs(try Self.value(.rsaSpearman, x, y) - expected) < 1e-7)
  }

  @Test("Ranks across the borders of tiles, and of values that are nearly all alike", arguments: [2, 400])
  func manyRanks(distinct: Int) throws {
    let base = TestFeatures.normal(distinct, 8, seed: 35)
    let features = base.gathering(rows: (0..<420).map { $0 % distinct })
    let rows = try DoubleRows.standardised(Representation(features), threads: .all)
    let ranks = try RepresentationalSimilarity.Ranks(of: rows, threads: .all)
    let count = 420 * 419 / 2
    #expect(ranks.doubled.count == count)
    // Whatever the ties, ranks add up to what they do without.
    #expect(ranks.doubled.reduce(0) { $0 + Int($1) } == count * (count + 1))
    #expect(Set(ranks.doubled).count == (distinct == 2 ? 2 : distinct * (distinct - 1) / 2 + 1))
  }

  @Test(
    "The median heuristic is the definition's",
    arguments: [KernelWidth.median(fraction: 1), .median(fraction: 0.4)],
    [33, 34])
  func medianWidth(width: KernelWidth, samples: Int) throws {
    let (x, y) = TestFeatures.related(samples, (6, 9), seed: 36)
    for metric in [Metric.ckaRBF, .ckaRBFUnbiased] {
      let settings = AlignmentSettings(sigma: width, normalization: .none)
      let found = try MetricPropertyTests.value(metric, x, y, settings)
      let expected = try #require(
        DirectDefinitions.value(
          metric.name, DirectDefinitions(x, .none), DirectDefinitions(y, .none), settings))
      #expect(abs(found - expected) < 1e-11)
      #expect(metric.parameters(settings) == "normalize=none;sigma=\(width.text)")
    }
  }

  /// The distances of all pairs, ascending, as the tiles have them.
  private func sortedDistances(_ representation: Representation) throws -> [Double] {
    var all: [Double] = []
    try EuclideanTiles(representation, threads: Threads(1)).forEach { tile, _ in
      for (place, row) in tile.rows.enumerated() {
        all += (0..<tile.pairs(of: row)).map { tile.values[place * tile.columns.count + $0] }
      }
    }
    return all.sorted()
  }

  @Test("The median is exact however few distances a pass may sort")
  func median() throws {
    let representation = try Representation(TestFeatures.normal(60, 3, seed: 37), normalization: .none)
    let tiles = try EuclideanTiles(representation, threads: Threads(3))
    let all = try sortedDistances(representation)
    #expect(all.count == 1770)
    for (rank, count) in [(0, 1), (884, 2), (885, 2), (1769, 1), (1768, 2)] {
      for (pieces, fewEnough) in [(2, 0), (64, 3), (1 << 12, 100)] {
        #expect(
          try tiles.orderStatistics(from: rank, count: count, pieces: pieces, fewEnough: fewEnough)
            == Array(all[rank..<rank + count]))
      }
    }
  }

  @Test("Pieces that do not divide a range of numbers evenly cover it all the same", arguments: [3, 5, 1000])
  func unevenPieces(pieces: Int) throws {
    // Nothing is sorted, so every range is parted until one number is left, the shortest ranges included.
    let representation = try Representation(TestFeatures.tied(40, 2, seed: 40), normalization: .none)
    let tiles = try EuclideanTiles(representation, threads: Threads(2))
    let all = try sortedDistances(representation)
    for rank in [0, 389, 390, 779] {
      #expect(try tiles.orderStatistics(from: rank, count: 1, pieces: pieces, fewEnough: 0) == [all[rank]])
    }
  }

  @Test("The median is exact where most distances are the same number", arguments: [1, 2, 5])
  func tiedMedian(distinct: Int) throws {
    let features = TestFeatures.normal(distinct, 3, seed: 39).gathering(rows: (0..<40).map { $0 % distinct })
    let representation = try Representation(features, normalization: .none)
    let sorted = DirectDefinitions(features, .none).squaredDistances.joined().sorted()
    let expected = (sorted[799] + sorted[800]) / 2
    #expect(abs(try MedianDistance.squared(of: representation, threads: .all) - expected) < 1e-12)
  }

  @Test("Samples too few for the ranks are warned of, features that cannot be compared refused")
  func warningsAndErrors() throws {
    let (x, y) = TestFeatures.related(30, (20, 16), seed: 38)
    let metrics: [Metric] = [.cca, .pwcca]
    var warnings: [String] = []
    _ = try Metric.measure(
      metrics, PreparedRepresentation(x, for: metrics), PreparedRepresentation(y, for: metrics),
      warnings: &warnings)
    #expect(warnings.count == 2 && warnings[0].contains("7 of 16 canonical correlations are 1"))
    #expect(warnings[1].contains("pwcca only to two digits"))
    let constant = Matrix(rows: 30, columns: 4, elements: [Float](repeating: 1, count: 120))
    for metric in [Metric.cca, .svcca, .pwcca, .procrustes, .rsa, .rsaSpearman] {
      #expect {
        try MetricPropertyTests.value(metric, constant, x, AlignmentSettings())
      } throws: { ($0 as? AlignmentError)?.code == .undefined }
    }
    #expect {
      try MetricPropertyTests.value(.ckaRBF, constant, x, AlignmentSettings(sigma: .median(fraction: 1)))
    } throws: { ($0 as? AlignmentError)?.description.contains("median distance of two samples is 0") == true }
    // What rounding of the mean leaves of rows that are the same is no variance.
    let same = Matrix(
      rows: 30, columns: 4, elements: (0..<120).map { [0.1, 0.7, -0.3, 0.9][$0 % 4] })
    for metric in [Metric.cca, .svcca, .pwcca, .procrustes] {
      #expect {
        try MetricPropertyTests.value(metric, same, x, AlignmentSettings())
      } throws: { ($0 as? AlignmentError)?.description.contains("all samples are alike") == true }
    }
    for settings in [
      AlignmentSettings(sigma: .median(fraction: 0)), AlignmentSettings(sigma: .fixed(-.infinity)),
      AlignmentSettings(components: 0),
    ] {
      #expect {
        try MetricPropertyTests.value(settings.components == 0 ? .svcca : .ckaRBF, x, y, settings)
      } throws: { ($0 as? AlignmentError)?.code == .invalidSetting }
    }
  }

  @Test("Layers whose samples are nearly alike are said to be, whatever is measured", arguments: Metric.all)
  func nearlyAlike(metric: Metric) throws {
    guard !metric.isPatchWise else { return }
    let noise = TestFeatures.normal(30, 4, seed: 41)
    let features = Matrix(rows: 30, columns: 4, elements: (0..<120).map { 1 + 1e-4 * noise[$0 / 4, $0 % 4] })
    let alike = try PreparedRepresentation(features, for: [metric])
    #expect(try alike.oddities().contains { $0.hasPrefix("all samples are nearly alike") })
    #expect(try PreparedRepresentation(noise, for: [metric]).oddities().isEmpty)
  }

  @Test(
    "A kernel however wide tells what it can: in the limit, linear CKA of the features",
    arguments: [1e3, 1e5, 1e7])
  func wideKernel(sigma: Double) throws {
    let (x, y) = TestFeatures.related(40, (5, 7), seed: 42)
    let settings = AlignmentSettings(sigma: .fixed(sigma), normalization: .none, epsilon: 0)
    let linear = AlignmentSettings(normalization: .none, epsilon: 0)
    for (gaussian, limit) in [(Metric.ckaRBF, Metric.cka), (.ckaRBFUnbiased, .ckaUnbiased)] {
      let found = try MetricPropertyTests.value(gaussian, x, y, settings)
      let expected = try MetricPropertyTests.value(limit, x, y, linear)
      // 1 - exp(-d²) is d² up to d⁴ / 2; products of linear CKA are Float32.
      #expect(abs(found - expected) < 1e-6 + 1e3 / (sigma * sigma), "\(gaussian.name), \(found), \(expected)")
    }
  }

  @Test("Widths read back from their text", arguments: ["0.5", "median", "median:0.25", "1e-3"])
  func widthText(text: String) throws {
    let width = try #require(KernelWidth(text: text))
    #expect(KernelWidth(text: width.text) == width && width.isValid)
    for bad in ["", "wide", "median:", "median:x", "median 2"] { #expect(KernelWidth(text: bad) == nil) }
  }
}
