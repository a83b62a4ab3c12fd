import LinearAlgebra
import Testing

@testable import Fidelity

@Suite struct RefusalTests {
  private let good = TestFeatures.normal(30, 4, seed: 1)

  private func expect(
    _ code: FidelityError.Code, _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) throws {
    let error = try #require(throws: FidelityError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(error.description.contains(words), "\(error)", sourceLocation: sourceLocation)
  }

  @Test func featuresThatAreNoNumbers() throws {
    for bad in [Float.nan, .infinity] {
      var x = good
      x[3, 2] = bad
      let words = "row 3 has \(bad) in dimension 2"
      try expect(.notFinite, words) { _ = try GaussianMoments(of: x) }
      try expect(.notFinite, words) { _ = try KernelDistance.value(good, x) }
      try expect(.notFinite, words) { _ = try KernelDistance.estimate(x, good, subsets: 1, size: 5) }
      try expect(.notFinite, words) { _ = try SampleManifolds.values(good, x) }
      try expect(.notFinite, words) { _ = try InceptionScore.value(x) }
    }
  }

  @Test func tooFewSamples() throws {
    for count in [0, 1] {
      let few = good[rows: 0..<count]
      try expect(.tooFewSamples, "\(count) samples have no covariance") { _ = try GaussianMoments(of: few) }
      try expect(.tooFewSamples, "fewer than the 2") { _ = try KernelDistance.value(few, good) }
      try expect(.tooFewSamples, "k is 3") { _ = try SampleManifolds.values(few, good) }
    }
    try expect(.tooFewSamples, "fewer than the 1000") { _ = try KernelDistance.estimate(good, good) }
    try expect(.tooFewSamples, "at most 29 neighbors") {
      _ = try SampleManifolds.values(good, good, recallK: 30)
    }
    try expect(.invalidSetting, "1 to 1000000 of at least 2") {
      _ = try KernelDistance.estimate(good, good, subsets: .max, size: 5)
    }
    try expect(.tooFewSamples, "31 splits") { _ = try InceptionScore.value(good, splits: 31) }
  }

  @Test func dimensionsThatDiffer() throws {
    let other = TestFeatures.normal(30, 5, seed: 2)
    let words = "one side has 4 dimensions, the other 5"
    try expect(.dimensionsDiffer, words) { _ = try KernelDistance.value(good, other) }
    try expect(.dimensionsDiffer, words) { _ = try SampleManifolds.values(good, other) }
    try expect(.dimensionsDiffer, words) {
      _ = try FrechetDistance.value(GaussianMoments(of: good), GaussianMoments(of: other))
    }
    try expect(.dimensionsDiffer, "no dimensions") {
      _ = try GaussianMoments(of: Matrix(rows: 3, columns: 0))
    }
  }

  @Test func momentsThatAreNone() throws {
    func moments(_ mean: [Double], _ elements: [Double], columns: Int = 2) throws {
      _ = try GaussianMoments(
        mean: mean,
        covariance: DoubleMatrix(rows: elements.count / columns, columns: columns, elements: elements))
    }
    try moments([0, 0], [1, 0.5, 0.5, 1])
    try expect(.dimensionsDiffer, "the mean has 3 dimensions, the covariance is 2 x 2") {
      try moments([0, 0, 0], [1, 0, 0, 1])
    }
    try expect(.dimensionsDiffer, "is 1 x 4") { try moments([0, 0], [1, 0, 0, 1], columns: 4) }
    try expect(.dimensionsDiffer, "no dimensions") { try moments([], []) }
    try expect(.notACovariance, "not symmetric: found 0.4 in row 1, column 0, and 0.5") {
      try moments([0, 0], [1, 0.5, 0.4, 1])
    }
    try expect(.notACovariance, "eigenvalue -1") { try moments([0, 0], [1, 2, 2, 1]) }
    try expect(.notACovariance, "eigenvalue -2") { try moments([0, 0], [-1, 0, 0, -2]) }
    try expect(.notFinite, "the mean has nan in dimension 1") { try moments([0, .nan], [1, 0, 0, 1]) }
    try expect(.notFinite, "the covariance has inf in row 1, column 0") {
      try moments([0, 0], [1, 0, .infinity, 1])
    }
  }

  @Test func settingsOutsideTheirRange() throws {
    try expect(.invalidSetting, "k is 0") { _ = try SampleManifolds.values(good, good, recallK: 0) }
    try expect(.invalidSetting, "k is -1") { _ = try SampleManifolds.values(good, good, coverageK: -1) }
    try expect(.invalidSetting, "0 subsets") {
      _ = try KernelDistance.estimate(good, good, subsets: 0, size: 5)
    }
    try expect(.invalidSetting, "of 1 samples") {
      _ = try KernelDistance.estimate(good, good, subsets: 1, size: 1)
    }
    try expect(.invalidSetting, "0 splits") { _ = try InceptionScore.value(good, splits: 0) }
  }

  @Test func rowsThatAreNoProbabilities() throws {
    var rows = Matrix(rows: 20, columns: 2, elements: [Float](repeating: 0.5, count: 40))
    rows[7, 0] = -0.5
    try expect(.notProbabilities, "row 7 has -0.5 for class 0") {
      _ = try InceptionScore.value(rows, scores: .probabilities)
    }
    rows[7, 0] = 0.75
    try expect(.notProbabilities, "row 7 adds up to 1.25") {
      _ = try InceptionScore.value(rows, scores: .probabilities)
    }
    #expect(try InceptionScore.value(rows).scores == .logits)
  }

  @Test func whatAMetricNeeds() throws {
    let moments = FidelitySide(moments: try GaussianMoments(of: good))
    let features = FidelitySide(features: good)
    try expect(.missingInput, "kid-full needs the features themselves") {
      _ = try FidelityMetric.measure([.kidFull], moments, features)
    }
    try expect(.missingInput, "no mu_s") { _ = try FidelityMetric.measure([.sfid], features, moments) }
    try expect(.missingInput, "fid compares with a reference") {
      _ = try FidelityMetric.measure([.fid], features, nil)
    }
  }

  @Test func numbersNearTheEndOfTheirRange() throws {
    var x = good
    for row in 0..<30 { for column in 0..<4 { x[row, column] *= 5e37 } }
    #expect(try KernelDistance.value(x, x).isFinite)
    #expect(try FrechetDistance.value(GaussianMoments(of: x), GaussianMoments(of: x)) == 0)
    #expect(try SampleManifolds.values(x, x).precision == 1)
    let huge = try GaussianMoments(
      mean: [1e200], covariance: DoubleMatrix(rows: 1, columns: 1, elements: [1]))
    let zero = try GaussianMoments(mean: [0], covariance: DoubleMatrix(rows: 1, columns: 1, elements: [1]))
    try expect(.undefined, "overflows") { _ = try FrechetDistance.value(huge, zero) }
  }
}
