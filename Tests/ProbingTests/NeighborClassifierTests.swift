import LinearAlgebra
import Testing

@testable import Probing

@Suite struct NeighborClassifierTests {
  @Test(
    "Accuracies are DINO's", arguments: [(1, 0.07), (5, 0.07), (10, 0.07), (20, 0.07), (50, 0.07), (20, 1)])
  func goldens(k: Int, temperature: Double) throws {
    let expected = try #require(try Goldens.expected("knn")["k\(k)_T\(temperature)"])
    let (first, five) = (expected["top1_percent"] as! Double, expected["top5_percent"] as! Double)
    let classifier = NeighborClassifier(k: k, temperature: temperature)
    let report = try classifier.test(Goldens.set("test"), among: Goldens.set("train"))
    #expect(abs(100 * report.accuracy - first) <= 1e-9, "\(100 * report.accuracy), not \(first)")
    #expect(abs(100 * report.topFiveAccuracy - five) <= 1e-9, "\(100 * report.topFiveAccuracy), not \(five)")
  }

  @Test("Neither threads nor training features read in pieces change a bit")
  func sameBits() throws {
    let (train, test) = (try Goldens.set("train"), try Goldens.set("test").selecting(Array(0..<100)))
    let reports = try [(1, Int.max), (3, Int.max), (3, 0)].map { threads, memory in
      try NeighborClassifier(k: 10).test(test, among: train, memory: memory, threads: Threads(threads))
    }
    #expect(reports.dropFirst().allSatisfy { $0 == reports[0] })
  }

  @Test("Votes are sums of exponentials, however small the temperature")
  func votes() throws {
    // Two middling neighbors of class 1 against one close neighbor of class 0.
    let train = try ProbeSet(
      FeatureRows(Matrix(rows: 3, columns: 2, elements: [1, 0.1, 1, 0.6, 1, 0.61])), labels: [0, 1, 1],
      classes: 3)
    let test = try ProbeSet(
      FeatureRows(Matrix(rows: 1, columns: 2, elements: [1, 0])), labels: [1], classes: 3)
    for (temperature, correct) in [(1.0, 1), (0.01, 0), (1e-6, 0)] {
      let report = try NeighborClassifier(k: 3, temperature: temperature).test(test, among: train)
      #expect(report.correct == correct)
      #expect(report.correctInTopFive == 1)
    }
  }
}
