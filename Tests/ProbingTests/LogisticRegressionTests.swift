import LinearAlgebra
import Testing

@testable import Probing

@Suite struct LogisticRegressionTests {
  @Test("Loss and accuracy are scikit-learn's", arguments: [0.01, 0.1, 1, 10], [false, true])
  func goldens(c: Double, standardize: Bool) throws {
    let name = "C\(c)_\(standardize ? "standardised" : "raw")"
    let expected = try #require(try Goldens.expected("logistic")[name])
    let objective = try #require(expected["objective"] as? Double)
    let settings = LogisticRegression(cs: [c], standardize: standardize)
    let fit = try settings.fit(Goldens.set("train")).best
    #expect(fit.isConverged)
    #expect(abs(fit.objective - objective) <= 1e-6 * objective, "\(fit.objective), not \(objective)")
    let test = try fit.classifier.test(Goldens.set("test")).report
    let (train, accuracy) = (
      try #require(expected["train_accuracy"] as? Double), try #require(expected["test_accuracy"] as? Double)
    )
    #expect(abs(test.accuracy - accuracy) <= 0.0021)
    #expect(abs(fit.trainingAccuracy - train) <= 1.0 / 900 + 1e-4)
  }

  @Test("Neither threads nor reading again in every pass change a bit")
  func sameBits() throws {
    let train = try Goldens.set("train")
    let settings = LogisticRegression(cs: [0.1])
    let fits = try [(1, Int.max), (3, Int.max), (1, 0), (3, 0)].map { threads, memory in
      try settings.fit(train, memory: memory, threads: Threads(threads)).best
    }
    #expect(fits.dropFirst().allSatisfy { $0 == fits[0] })
  }

  @Test("A path starts each C where the last one ended, and reaches the same minima")
  func path() throws {
    let train = try Goldens.set("train")
    let path = try LogisticRegression(cs: [1, 0.01, 0.1], standardize: false).path(train)
    #expect(path.map(\.c) == [0.01, 0.1, 1])
    for fit in path {
      let alone = try LogisticRegression(cs: [fit.c], standardize: false).fit(train).best
      #expect(abs(fit.objective - alone.objective) <= 1e-6 * alone.objective)
    }
  }

  @Test("Of several C the one with the best held-out accuracy is trained on all samples")
  func choice() throws {
    let train = try Goldens.set("train")
    let (best, path) = try LogisticRegression(cs: [1e-6, 0.1], holdout: 0.25, seed: 3).fit(train)
    #expect(path.count == 2)
    #expect(path.allSatisfy { $0.heldOutAccuracy != nil })
    #expect(path[1].heldOutAccuracy! > path[0].heldOutAccuracy!)
    #expect(best.c == 0.1)
    let alone = try LogisticRegression(cs: [0.1]).fit(train).best
    #expect(abs(best.objective - alone.objective) <= 1e-6 * alone.objective)
  }

  @Test("Gradients of the objective vanish at the minimum, by the definition in Double")
  func stationary() throws {
    let set = try ProbeData.blobs(samples: 120, dimensions: 7, classes: 3, seed: 4)
    let c = 0.5
    let fit = try LogisticRegression(cs: [c], standardize: false, tolerance: 1e-10).fit(set).best
    let (loss, gradient) = ProbeData.objective(fit.classifier, set, c: c)
    #expect(abs(loss - fit.objective) <= 1e-6 * loss)
    #expect(gradient.allSatisfy { abs($0) <= 2e-3 }, "\(gradient)")
  }

  @Test("Dimensions of very different sizes, a constant one and a large mean are no obstacle")
  func awkwardFeatures() throws {
    let plain = try ProbeData.blobs(samples: 200, dimensions: 6, classes: 4, seed: 9)
    let matrix = try ProbeData.matrix(plain)
    let scales: [Float] = [1e-4, 1, 1e4, 1, 0, 1]
    let shifts: [Float] = [0, 1000, 0, -3, 7, 0]
    var other = matrix
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        other[row, column] = matrix[row, column] * scales[column] + shifts[column]
      }
    }
    let set = try ProbeSet(FeatureRows(other), labels: plain.labels.map(Int.init), classes: 4)
    let fit = try LogisticRegression(cs: [1], standardize: true).fit(set).best
    var bare = matrix
    for row in 0..<matrix.rows { bare[row, 4] = 0 }
    let expected = try LogisticRegression(cs: [1], standardize: true).fit(
      ProbeSet(FeatureRows(bare), labels: plain.labels.map(Int.init), classes: 4)
    ).best
    #expect(fit.isConverged)
    // A mean of 1000 leaves features of size one four digits.
    #expect(abs(fit.objective - expected.objective) <= 1e-3 * expected.objective)
  }
}
