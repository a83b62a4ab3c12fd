import LinearAlgebra
import Testing

@testable import Alignment

@Suite struct ResamplingTests {
  private static let methods = Resampling.Method.allCases

  @Test("Student's t has the tables' quantiles")
  func student() {
    // Abramowitz and Stegun, table 26.10, two-sided 0.95.
    for (degrees, value) in [(1, 12.706), (2, 4.303), (3, 3.182), (10, 2.228), (19, 2.093), (120, 1.980)] {
      #expect(abs(StudentT.quantile(central: 0.95, degrees: degrees) - value) < 6e-4, "\(degrees)")
    }
    #expect(abs(StudentT.quantile(central: 0.99, degrees: 4) - 4.604) < 6e-4)
  }

  @Test("Leaving out one of N is the mean's textbook interval")
  func jackknifeOfTheMean() throws {
    let values = (0..<12).map { CounterRandom(seed: 3).uniform(at: $0) }
    let mean = values.reduce(0, +) / 12
    let resampling = Resampling(.jackknife, count: 12)
    let left = (0..<12).map { index in
      resampling.rows(index, of: 12).map { values[$0] }.reduce(0, +) / 11
    }
    let interval = try resampling.interval(for: mean, values: left, samples: 12)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 11
    let half = StudentT.quantile(central: 0.95, degrees: 11) * (variance / 12).squareRoot()
    #expect(abs(interval.lowerBound - (mean - half)) < 1e-12)
    #expect(abs(interval.upperBound - (mean + half)) < 1e-12)
  }

  /// The mean of 30 normal numbers; binomial bounds of 3.3 deviations around the share each method can have.
  @Test("The intervals hold the true mean as often as they say", arguments: methods)
  func coverage(method: Resampling.Method) throws {
    let runs = 300
    var held = 0
    for run in 0..<runs {
      var sample = [Float](repeating: 0, count: 30)
      sample.withUnsafeMutableBufferPointer {
        CounterRandom(seed: UInt64(1000 + run)).fillNormal($0, from: 0)
      }
      func mean(_ rows: [Int]) -> Double { rows.reduce(0) { $0 + Double(sample[$1]) } / Double(rows.count) }
      let resampling = Resampling(
        method, count: method == .jackknife ? 10 : 100, confidence: 0.9, seed: UInt64(run))
      let values = (0..<resampling.count).map { mean(resampling.rows($0, of: 30)) }
      held +=
        try resampling.interval(for: mean(Array(0..<30)), values: values, samples: 30).contains(0) ? 1 : 0
    }
    // Quantiles without Student's correction, of 100 choices of 30 samples, hold two or three in a hundred fewer.
    let share = method == .jackknife ? 0.9 : 0.875
    let bound = 3.3 * (share * (1 - share) * Double(runs)).squareRoot()
    #expect(abs(Double(held) - share * Double(runs)) <= bound, "\(held) of \(runs)")
  }

  /// Linear CKA of two numbers a sample has the limit rho⁴... of correlation: cov² / (var var), which is rho².
  @Test("The jackknife's interval of unbiased CKA holds the value of the distribution")
  func coverageOfCKA() throws {
    let (runs, samples) = (120, 60)
    let settings = AlignmentSettings(normalization: .none, epsilon: 0)
    let resampling = Resampling(.jackknife, count: 20, confidence: 0.9)
    var held = 0
    for run in 0..<runs {
      let normal = TestFeatures.normal(samples, 2, seed: UInt64(5000 + run))
      // y = 0.8 x + 0.6 e: the correlation is 0.8, CKA of the distribution 0.64.
      let sides = [
        Matrix(rows: samples, columns: 1, elements: (0..<samples).map { normal[$0, 0] }),
        Matrix(
          rows: samples, columns: 1, elements: (0..<samples).map { 0.8 * normal[$0, 0] + 0.6 * normal[$0, 1] }
        ),
      ]
      let prepared = try sides.map {
        try PreparedRepresentation($0, for: [.ckaUnbiased], settings: settings, resampling: resampling)
      }
      let value = try Metric.measure([.ckaUnbiased], prepared[0], prepared[1], settings: settings)[0]
      let values = try Metric.resampledValues(
        [.ckaUnbiased], prepared[0], prepared[1], resampling: resampling, settings: settings,
        threads: Threads(1))[0]
      held += try resampling.interval(for: value, values: values, samples: samples).contains(0.64) ? 1 : 0
    }
    let bound = 3.3 * (0.9 * 0.1 * Double(runs)).squareRoot()
    #expect(abs(Double(held) - 0.9 * Double(runs)) <= bound, "\(held) of \(runs)")
  }

  @Test("For metrics on neighbors the jackknife's deviation is not too small, and not twice too large")
  func neighborMetrics() throws {
    let settings = AlignmentSettings(k: 4)
    let resampling = Resampling(.jackknife, count: 8)
    var values: [Double] = []
    var variances: [Double] = []
    for run in 0..<80 as Range<UInt64> {
      let (x, y) = TestFeatures.related(50, (4, 5), seed: 9000 + 3 * run)
      let sides = try [x, y].map {
        try PreparedRepresentation($0, for: [.mutualKNN], settings: settings, resampling: resampling)
      }
      values.append(try Metric.measure([.mutualKNN], sides[0], sides[1], settings: settings)[0])
      let left = try Metric.resampledValues(
        [.mutualKNN], sides[0], sides[1], resampling: resampling, settings: settings, threads: Threads(1))[0]
      let mean = left.reduce(0, +) / 8
      variances.append(left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } * 7 / 8)
    }
    let mean = values.reduce(0, +) / 80
    let own = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 79).squareRoot()
    let estimate = (variances.reduce(0, +) / 80).squareRoot()
    #expect(estimate > 0.95 * own && estimate < 2 * own, "\(estimate) for \(own)")
  }

  @Test("The graph of some samples from that of all is their own graph", arguments: [0, 3, 30])
  func restrictedGraph(spare: Int) throws {
    // Ties, so that the order of equals is tested too.
    for features in [TestFeatures.normal(60, 5, seed: 4), TestFeatures.tied(60, 4, seed: 5)] {
      let representation = try Representation(features, normalization: .none)
      let wide = try NeighborGraph(of: representation, k: 6 + spare)
      let rows = CounterRandom(seed: 8).permutation(of: 60)[..<31].sorted()
      let chosen = try Representation(features.gathering(rows: rows), normalization: .none)
      #expect(
        wide.restricted(to: rows, count: 6, of: representation) == (try NeighborGraph(of: chosen, k: 6)))
      #expect(wide.nearest(4) == (try NeighborGraph(of: representation, k: 4)))
    }
  }

  @Test("Values on a choice are those of its samples alone", arguments: Metric.all)
  func choices(metric: Metric) throws {
    let (x, y) = TestFeatures.related(40, (5, 7), seed: 6, for: metric)
    let settings = AlignmentSettings(k: 4)
    let tokens = metric.isPatchWise ? TestFeatures.tokens : nil
    for method in Self.methods where method != .bootstrap || metric.allowsBootstrap {
      let resampling = Resampling(method, count: 4, seed: 2)
      let sides = try [x, y].map {
        try PreparedRepresentation(
          $0, tokens: tokens, for: [metric], settings: settings, resampling: resampling)
      }
      let values = try [1, 3].map {
        try Metric.resampledValues(
          [metric], sides[0], sides[1], resampling: resampling, settings: settings, threads: Threads($0))[0]
      }
      #expect(values[0] == values[1])
      for (index, value) in values[0].enumerated() {
        let rows = resampling.rows(index, of: 40)
        let chosen = try [x, y].map {
          try PreparedRepresentation(
            $0.gathering(rows: rows), tokens: tokens, for: [metric], settings: settings)
        }
        let direct = try Metric.measure([metric], chosen[0], chosen[1], settings: settings)[0]
        #expect(value == direct, "\(metric.name), \(method)")
      }
    }
  }

  @Test("Every sample is left out once, drawn at most once, or drawn at random")
  func rows() {
    let groups = (0..<7).map { Set(0..<40).subtracting(Resampling(.jackknife, count: 7).rows($0, of: 40)) }
    #expect(groups.allSatisfy { (5...6).contains($0.count) })
    #expect(groups.reduce(into: Set<Int>()) { $0.formUnion($1) }.count == 40)
    let half = Resampling(.subsample).rows(3, of: 40)
    #expect(half.count == 20 && Set(half).count == 20 && half == half.sorted())
    #expect(half != Resampling(.subsample).rows(4, of: 40))
    let drawn = Resampling(.bootstrap).rows(0, of: 40)
    #expect(drawn.count == 40 && (15..<35).contains(Set(drawn).count))
  }

  @Test("What has no interval is an error that says why")
  func errors() throws {
    let x = TestFeatures.normal(12, 3, seed: 1)
    func values(_ metric: Metric, _ resampling: Resampling, k: Int = 3) throws {
      let settings = AlignmentSettings(k: k)
      let side = try PreparedRepresentation(x, for: [metric], settings: settings, resampling: resampling)
      _ = try Metric.resampledValues([metric], side, side, resampling: resampling, settings: settings)
    }
    for (metric, resampling, k, text) in [
      (.cknna, Resampling(.bootstrap), 3, "its own nearest neighbor"),
      (.ckaUnbiased, Resampling(.bootstrap), 3, "pairs of different samples"),
      (.rsa, Resampling(.bootstrap), 3, "pairs of different samples"),
      (.cka, Resampling(.jackknife, count: 13), 3, "13 groups"),
      (.mutualKNN, Resampling(.subsample), 7, "needs 8 samples, but the subsample's choices have 6 of 12"),
      (.cka, Resampling(.subsample, count: 1), 3, "needs 2 at least"),
      (.cka, Resampling(.jackknife, count: 4, confidence: 1), 3, "between 0 and 1"),
    ] as [(Metric, Resampling, Int, String)] {
      #expect {
        try values(metric, resampling, k: k)
      } throws: { ($0 as? AlignmentError)?.description.contains(text) == true }
    }
  }

  @Test("Any number of neighbors is answered, if only with an error")
  func manyNeighbors() throws {
    let settings = AlignmentSettings(k: .max)
    #expect(Resampling(.jackknife).neighborsNeeded(for: .max, of: 40) == .max)
    #expect(throws: AlignmentError.self) {
      try Resampling(.jackknife, count: 4).check([.cknna], samples: 40, settings: settings)
    }
  }

  @Test("A bootstrap that moves the value is said to")
  func bootstrapBias() throws {
    let side = try [31, 32].map {
      try PreparedRepresentation(TestFeatures.normal(30, 40, seed: $0), for: [.cka])
    }
    let resampling = Resampling(.bootstrap, count: 20)
    let value = try Metric.measure([.cka], side[0], side[1])[0]
    let values = try Metric.resampledValues([.cka], side[0], side[1], resampling: resampling)[0]
    #expect(resampling.oddity(of: value, values: values)?.contains("jackknife") == true)
    #expect(Resampling(.jackknife).oddity(of: value, values: values) == nil)
  }
}
