import Testing

@testable import Probing

@Suite struct ReportTests {
  @Test(
    "Wilson's interval",
    arguments: [
      (8, 10, 0.490162, 0.943318), (0, 10, 0, 0.277533), (10, 10, 0.722467, 1),
      (250, 500, 0.456341, 0.543659),
    ])
  func wilson(count: Int, samples: Int, low: Double, high: Double) {
    let interval = WilsonInterval.of(count, among: samples)
    #expect(abs(interval.lowerBound - low) <= 1e-6)
    #expect(abs(interval.upperBound - high) <= 1e-6)
  }

  @Test("Without samples everything is possible")
  func wilsonOfNothing() {
    #expect(WilsonInterval.of(0, among: 0) == 0...1)
  }

  @Test("Normal quantiles", arguments: [(0.975, 1.959963984540054), (0.5, 0), (0.001, -3.090232306167813)])
  func quantiles(probability: Double, expected: Double) {
    #expect(abs(normalQuantile(probability) - expected) <= 1e-13)
  }

  @Test("Counts by class add up")
  func counts() {
    let report = ClassificationReport(
      labels: [0, 0, 1, 2, 2, 2], predictions: [0, 1, 1, 2, 0, 2], ranks: [0, 3, 0, 0, 5, 0], classes: 4)
    #expect(report.correct == 4)
    #expect(report.correctInTopFive == 5)
    #expect(report.confusion == [1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0])
    #expect(report.counts(of: 2) == (3, 2))
    #expect(report.counts(of: 3) == (0, 0))
  }
}
