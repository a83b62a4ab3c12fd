import Alignment
import LinearAlgebra
import Testing

@testable import Fidelity

@Suite struct PropertyTests {
  private static let shapes = [(40, 6), (9, 20), (70, 33)]

  @Test(arguments: shapes)
  func aSetIsAtNoDistanceFromItself(samples: Int, dimensions: Int) throws {
    let x = TestFeatures.normal(samples, dimensions, seed: 1, shift: 3)
    let moments = try GaussianMoments(of: x)
    #expect(abs(try FrechetDistance.value(moments, moments)) <= 1e-12 * moments.trace)
  }

  @Test(arguments: shapes)
  func aShiftIsItsSquare(samples: Int, dimensions: Int) throws {
    let x = TestFeatures.grid(samples, dimensions, seed: 2, below: 50)
    let shift = (0..<dimensions).map { Float($0 % 5) }
    var y = x
    for row in 0..<samples { for column in 0..<dimensions { y[row, column] += shift[column] } }
    let square = shift.reduce(0) { $0 + Double($1 * $1) }
    let found = try FrechetDistance.value(GaussianMoments(of: x), GaussianMoments(of: y))
    #expect(abs(found / square - 1) < 1e-9)
  }

  @Test(arguments: shapes)
  func aTurnChangesNothing(samples: Int, dimensions: Int) throws {
    let (x, y) = (
      TestFeatures.normal(samples, dimensions, seed: 3), TestFeatures.normal(samples + 5, dimensions, seed: 4)
    )
    func reversed(_ matrix: Matrix) -> Matrix {
      var result = matrix
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns { result[row, column] = -matrix[row, matrix.columns - 1 - column] }
      }
      return result
    }
    func distance(_ x: Matrix, _ y: Matrix) throws -> Double {
      try FrechetDistance.value(GaussianMoments(of: x), GaussianMoments(of: y))
    }
    #expect(abs(try distance(reversed(x), reversed(y)) / distance(x, y) - 1) < 1e-11)
  }

  @Test func momentsAreTheFeaturesWhateverPathTheyCome() throws {
    // 25 samples of 24 dimensions go by the covariance; one less go by the samples themselves.
    for samples in [24, 25] {
      let x = TestFeatures.normal(samples, 24, seed: 5)
      let mean = try Covariance.mean(of: x, threads: .all)
      var covariance = DoubleMatrix(rows: 24, columns: 24)
      for i in 0..<24 {
        for j in 0..<24 {
          covariance[i, j] =
            (0..<samples).reduce(0) { sum, row in
              sum + (Double(x[row, i]) - mean[i]) * (Double(x[row, j]) - mean[j])
            } / Double(samples - 1)
        }
      }
      let (direct, own) = (
        try GaussianMoments(mean: mean, covariance: covariance), try GaussianMoments(of: x)
      )
      #expect(abs(direct.trace / own.trace - 1) < 1e-13)
      #expect(abs(try FrechetDistance.value(direct, own)) < 1e-11 * own.trace)
    }
  }

  @Test(arguments: [(50, 40, 4, 1), (80, 90, 12, 3), (30, 60, 3, 5)])
  func manifoldsAreTheirDefinitions(x: Int, y: Int, dimensions: Int, k: Int) throws {
    for seed in 10..<14 as Range<UInt64> {
      let pairs = [
        (TestFeatures.normal(x, dimensions, seed: seed), TestFeatures.normal(y, dimensions, seed: seed + 50)),
        (TestFeatures.grid(x, dimensions, seed: seed), TestFeatures.grid(y, dimensions, seed: seed + 50)),
        (
          TestFeatures.normal(x, dimensions, seed: seed, shift: 3000),
          TestFeatures.normal(y, dimensions, seed: seed + 50, shift: 3000)
        ),
      ]
      for (a, b) in pairs {
        let direct = Direct.manifolds(a, b, k: k, coverageK: k + 1)
        let found = try SampleManifolds.values(a, b, recallK: k, coverageK: k + 1)
        #expect(found.precision == direct.precision)
        #expect(found.recall == direct.recall)
        #expect(abs(try #require(found.density) - direct.density) < 1e-14)
        #expect(found.coverage == direct.coverage)
      }
    }
  }

  @Test func radiiAreExactWhereSamplesAreClose() throws {
    // Tight clusters far from each other: in Float32 all distances within one look alike.
    let centers = TestFeatures.normal(6, 10, seed: 20, shift: 100)
    var x = TestFeatures.normal(120, 10, seed: 21)
    for row in 0..<120 {
      for column in 0..<10 { x[row, column] = centers[row % 6, column] * 100 + x[row, column] * 0.01 }
    }
    let (features, _) = try CentredFeatures.pair(x, x, threads: .all)
    let radii = try NeighborRadii.squared(features, k: [1, 3, 7], threads: .all)
    for (found, k) in zip(radii, [1, 3, 7]) {
      let direct = Direct.squaredRadii(x, k: k)
      #expect(zip(found, direct).allSatisfy { abs($0 - $1) <= 1e-14 * $1 })
    }
    // One sample far away makes the bound of all others useless; the result is the same.
    var outlier = x
    for column in 0..<10 { outlier[7, column] = 1e9 }
    let (far, _) = try CentredFeatures.pair(outlier, outlier, threads: .all)
    let found = try NeighborRadii.squared(far, k: [2], threads: .all)[0]
    #expect(zip(found, Direct.squaredRadii(outlier, k: 2)).allSatisfy { abs($0 - $1) <= 1e-14 * $1 })
  }

  @Test func copiesAndConstants() throws {
    let x = TestFeatures.grid(60, 2, seed: 30, below: 2)
    let same = try SampleManifolds.values(x, x)
    #expect(same.precision == 1 && same.recall == 1)
    // More than five copies of each: all radii are 0, and no ball below 0 holds anything.
    #expect(same.density == 0 && same.coverage == 0)
    let constant = Matrix(rows: 12, columns: 3, elements: [Float](repeating: 2, count: 36))
    let moments = try GaussianMoments(of: constant)
    #expect(moments.trace == 0)
    #expect(try FrechetDistance.value(moments, moments) == 0)
    #expect(try SampleManifolds.values(constant, constant).precision == 1)
    #expect(try KernelDistance.value(constant, constant) == 0)
  }

  @Test(arguments: [1e-30, 1e-12, 1e12, 1e17])
  func manifoldsDoNotDependOnScale(scale: Double) throws {
    let (x, y) = (TestFeatures.normal(50, 5, seed: 31), TestFeatures.normal(45, 5, seed: 32))
    // A power of two changes no digit.
    let factor = Double(sign: .plus, exponent: scale.exponent, significand: 1)
    func scaled(_ matrix: Matrix) throws -> Matrix {
      try matrix.scalingRows(by: [Double](repeating: factor, count: matrix.rows), threads: .all)
    }
    #expect(try SampleManifolds.values(scaled(x), scaled(y)) == SampleManifolds.values(x, y))
  }

  @Test func theKernelDistanceOfOneDistributionIsAboutZero() throws {
    let (x, y) = (TestFeatures.normal(300, 4, seed: 40), TestFeatures.normal(280, 4, seed: 41))
    let near = try KernelDistance.estimate(x, y, subsets: 10, size: 60)
    #expect(abs(near.mean) < near.deviation)
    let far = try KernelDistance.estimate(
      x, TestFeatures.normal(280, 4, seed: 41, shift: 1), subsets: 10, size: 60)
    #expect(far.mean > 10 * near.deviation)
    #expect(try KernelDistance.estimate(x, y, subsets: 10, size: 60) == near)
    #expect(try KernelDistance.estimate(x, y, subsets: 10, size: 60, seed: 1) != near)
    // All samples as the one subset: nothing is left to chance but the order.
    let whole = try KernelDistance.estimate(
      x[rows: 0..<280], y, subsets: 1, size: 280)
    #expect(abs(whole.mean - (try KernelDistance.value(x[rows: 0..<280], y))) < 1e-13)
  }

  @Test func theInceptionScoreHasItsEnds() throws {
    let sure = Matrix(rows: 40, columns: 4, elements: (0..<160).map { $0 / 4 % 4 == $0 % 4 ? 1 : 0 })
    #expect(abs(try InceptionScore.value(sure).mean - 4) < 1e-12)
    let unsure = Matrix(rows: 40, columns: 4, elements: [Float](repeating: 0.25, count: 160))
    #expect(abs(try InceptionScore.value(unsure).mean - 1) < 1e-12)
    // As logits they are a constant, which is unsure too.
    #expect(abs(try InceptionScore.value(unsure, scores: .logits).mean - 1) < 1e-12)
    var large = sure
    for row in 0..<40 { for column in 0..<4 { large[row, column] *= 3000 } }
    #expect(abs(try InceptionScore.value(large).mean - 4) < 1e-12)
  }

  @Test func threadsChangeNoBit() throws {
    let (x, y) = (TestFeatures.normal(900, 24, seed: 50), TestFeatures.normal(830, 24, seed: 51, shift: 0.2))
    let settings = FidelitySettings(subsets: 7, subsetSize: 100)
    let metrics = FidelityMetric.all.filter { $0.input != .scores }
    let values = try [1, 3].map { count in
      try FidelityMetric.measure(
        metrics, FidelitySide(features: x), FidelitySide(features: y), settings: settings,
        threads: Threads(count))
    }
    #expect(values[0] == values[1])
    let scores = try [1, 3].map { try InceptionScore.value(x, threads: Threads($0)) }
    #expect(scores[0] == scores[1])
  }

  @Test func theRegistryTellsTheTruth() throws {
    let (x, y) = (TestFeatures.normal(60, 5, seed: 60), TestFeatures.normal(70, 5, seed: 61, shift: 0.5))
    let settings = FidelitySettings(subsets: 3, subsetSize: 20, splits: 2)
    for metric in FidelityMetric.all {
      func value(_ x: Matrix, _ y: Matrix) throws -> Double {
        try FidelityMetric.measure(
          [metric], FidelitySide(features: x), FidelitySide(features: y), settings: settings)[0].value
      }
      let (there, back) = (try value(x, y), try value(y, x))
      if let lower = metric.range.lower { #expect(min(there, back) >= lower, "\(metric.name)") }
      if let upper = metric.range.upper { #expect(max(there, back) <= upper, "\(metric.name)") }
      if metric.isSymmetric { #expect(abs(there - back) <= 1e-10 * abs(there), "\(metric.name)") }
      if metric.isDistance { #expect(try value(x, x[rows: 0..<59]) < there, "\(metric.name)") }
    }
    #expect(Set(FidelityMetric.all.map(\.name)).count == FidelityMetric.all.count)
  }
}
