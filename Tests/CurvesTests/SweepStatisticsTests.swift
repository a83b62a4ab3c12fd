import Alignment
import Features
import LinearAlgebra
import Testing

@testable import Curves

@Suite struct SweepStatisticsTests {
  private static func noise(_ samples: Int, _ dimensions: Int, _ seed: UInt64) -> Matrix {
    Matrix(rows: samples, columns: dimensions) { CounterRandom(seed: seed).fillNormal($0, from: 0) }
  }

  /// Three layers, of which the second is near the reference.
  private static func sweep(threads: Int = 1, _ change: (inout Sweep.Statistics) -> Void = { _ in }) -> Sweep
  {
    let reference = noise(40, 5, 1)
    var near = noise(40, 5, 2)
    near.withUnsafeMutableBufferPointer { near in
      reference.withUnsafeBufferPointer { for i in near.indices { near[i] = $0[i] + 0.3 * near[i] } }
    }
    var statistics = Sweep.Statistics()
    statistics.permutations = 59
    statistics.seed = 3
    change(&statistics)
    return Sweep(
      models: [MemoryFeatures([noise(40, 6, 3), near, noise(40, 4, 4)])],
      references: [MemoryFeatures([reference])], metrics: [.cknna, .cka], settings: AlignmentSettings(k: 4),
      statistics: statistics, threads: Threads(threads))
  }

  @Test("Thresholds, p-values and scores are those of the library")
  func calibration() throws {
    let sweep = Self.sweep()
    let rows = try sweep.run().table.filter(metric: "cknna").rows
    #expect(rows.map(\.isInsideNull) == [true, false, true])
    let permutations = Permutations(count: 59, seed: 3)
    let reference = try PreparedRepresentation(
      sweep.references[0].features(sweep.references[0].keys[0]), for: sweep.metrics, settings: sweep.settings)
    for (row, key) in zip(rows, sweep.models[0].keys) {
      let layer = try PreparedRepresentation(
        sweep.models[0].features(key), for: sweep.metrics, settings: sweep.settings)
      let null = try Metric.nullValues(
        [.cknna], layer, reference, permutations: permutations, settings: sweep.settings)[0]
      let calibration = try NullCalibration(.cknna, observed: row.value, null: null)
      #expect(row.nullThreshold == calibration.threshold)
      #expect(row.pValue == calibration.pValue)
      #expect(row.calibrated == calibration.score)
      #expect(row.ciLow == nil && row.qValue == nil)
      #expect(row.parameters == "alpha=0.05;k=4;normalize=l2;permutations=59;seed=3")
    }
  }

  @Test("An aggregate over layers has its own null, of the same permutations")
  func aggregates() throws {
    let sweep = Self.sweep { $0.aggregates = [.max, .mean] }
    let table = try sweep.run().table
    let layers = table.filter { $0.metric == "cknna" && !$0.isAggregate }.rows
    let aggregates = table.filter { $0.metric == "cknna" && $0.isAggregate }.rows
    #expect(aggregates.count == 2)
    for row in aggregates {
      let isMax = row.parameters.hasPrefix("aggregate=max;alpha=0.05;k=4;")
      let values = layers.map(\.value)
      #expect(row.layer == nil && row.referenceLayer == 1 && row.parameters.contains("pairs=3"))
      let mean = values.reduce(0, +) / 3
      #expect(row.value == (isMax ? try #require(values.max()) : mean))
      // The largest of three is large by chance more often than one.
      let thresholds = layers.compactMap(\.nullThreshold)
      let threshold = try #require(row.nullThreshold)
      #expect(isMax ? threshold >= (thresholds.max() ?? 0) : threshold < (thresholds.min() ?? 0))
      #expect(row.pValue == 1.0 / 60)
    }
  }

  @Test("All p-values of the table are one family, and few permutations are said to be few")
  func falseDiscoveries() throws {
    let result = try Self.sweep { $0.falseDiscoveryRate = 0.05 }.run()
    let rows = result.table.rows
    let expected = try FalseDiscovery.qValues(rows.compactMap(\.pValue))
    #expect(rows.compactMap(\.qValue) == expected)
    #expect(rows.count == 6)
    #expect(rows.allSatisfy { $0.parameters.contains("fdr=0.05") })
    #expect(rows.map(\.isInsideNull) == expected.map { $0 > 0.05 })
    #expect(result.warnings.contains { $0.contains("take 120 permutations or more") })
    let more = try Self.sweep {
      $0.falseDiscoveryRate = 0.05
      $0.permutations = 199
    }.run()
    #expect(!more.warnings.contains { $0.contains("permutations") })
  }

  @Test("Intervals hold their values and stay in the metric's range", arguments: [1, 3])
  func intervals(threads: Int) throws {
    let sweep = Self.sweep(threads: threads) {
      $0.permutations = nil
      $0.intervals = .jackknife
      $0.resamples = 8
    }
    let rows = try sweep.run().table.rows
    for row in rows {
      let (low, high) = (try #require(row.ciLow), try #require(row.ciHigh))
      #expect(low < row.value && row.value < high)
      #expect(row.metric != "cka" || (low >= 0 && high <= 1))
      #expect(row.pValue == nil)
    }
    #expect(
      rows[0].parameters
        == "confidence=0.95;intervals=jackknife;k=4;normalize=l2;resamples=8;seed=3")
  }

  @Test("Any number of threads gives the same table")
  func threads() throws {
    let tables = try [1, 3].map { threads in
      try Self.sweep(threads: threads) {
        $0.aggregates = [.max]
        $0.falseDiscoveryRate = 0.1
        $0.intervals = .subsample
        $0.resamples = 10
        $0.sampleSizes = [20, 40]
      }.run().table
    }
    #expect(tables[0] == tables[1])
    #expect(tables[0].rows.count == 16)
  }

  @Test("Every sample size is a curve of its own; all samples give the values of no sample size")
  func sampleSizes() throws {
    let sized = try Self.sweep { $0.sampleSizes = [30, 40, 15] }.run().table
    #expect(distinct(sized.rows.map(\.samples)) == [15, 30, 40])
    let plain = try Self.sweep().run().table
    #expect(sized.filter { $0.samples == 40 }.rows.map(\.value) == plain.rows.map(\.value))
    let curves = sized.filter(metric: "cka").curves(against: .samples)
    #expect(curves.count == 3)
    #expect(curves.allSatisfy { $0.rows.map(\.samples) == [15, 30, 40] })
    #expect(curves.map(\.key.layer) == [1, 2, 3])
  }

  @Test("Settings without a result are errors that say what to do")
  func errors() throws {
    let cases: [(String, (inout Sweep.Statistics) -> Void)] = [
      ("it takes 19 for", { $0.permutations = 18 }),
      ("alpha is 0.0", { $0.alpha = 0 }),
      ("alpha is 1e-300; the 100000000 permutations", { $0.alpha = 1e-300 }),
      ("resamples needs intervals", { $0.resamples = 9 }),
      (
        "aggregate needs permutations",
        {
          $0.permutations = nil
          $0.aggregates = [.max]
        }
      ),
      ("fdr is 1.0", { $0.falseDiscoveryRate = 1 }),
      ("there are 40 samples, and values on 41", { $0.sampleSizes = [41] }),
      ("sample-sizes has 0", { $0.sampleSizes = [0] }),
      ("its own nearest neighbor", { $0.intervals = .bootstrap }),
      (
        "cknna needs 5 samples, but the subsample's choices have 4 of 8",
        {
          $0.intervals = .subsample
          $0.sampleSizes = [8]
        }
      ),
    ]
    for (text, change) in cases {
      #expect {
        try Self.sweep(change).run()
      } throws: { "\($0)".contains(text) }
    }
  }

  @Test("What is not significant follows q, then p, then the threshold, which a loss has above")
  func significance() {
    var row = Measurement(
      metric: "cknna", parameters: "alpha=0.1", samples: 5, value: 0.2, nullThreshold: 0.3)
    #expect(row.isInsideNull)
    row.pValue = 0.08
    #expect(!row.isInsideNull)
    row.parameters = "alpha=0.1;fdr=0.01"
    row.qValue = 0.02
    #expect(row.isInsideNull)
    let loss = Measurement(metric: "nt-xent", samples: 5, value: 0.2, nullThreshold: 0.3)
    #expect(!loss.isInsideNull)
  }
}

extension Measurement {
  fileprivate init(
    metric: String, parameters: String = "", samples: Int, value: Double, nullThreshold: Double
  ) {
    self.init(
      model: "", metric: metric, parameters: parameters, samples: samples, value: value,
      nullThreshold: nullThreshold)
  }
}
