import LinearAlgebra
import Testing

@testable import Probing

@Suite struct LogisticRegressionTests {
  @Test(
    "Loss and accuracy are scikit-learn's", arguments: [0.01, 0.1, 1, 10], [false, true])
  func goldens(c: Double, standardize: Bool) throws {
    let name = "C\(c)_\(standardize ? "standardised" : "raw")"
    let expected = try #require(try Goldens.expected("logistic")[name])
    let objective = try #require(expected["objective"] as? Double)
    let settings = LogisticRegression(cs: [c], standardize: standardize)
    let fit = try settings.fit(Goldens.set("train")).best
    print(name, fit.iterations, fit.evaluations, (fit.objective - objective) / objective)
    #expect(fit.isConverged)
    #expect(abs(fit.objective - objective) <= 1e-6 * objective, "\(fit.objective), not \(objective)")
    let test = try fit.classifier.test(Goldens.set("test")).report
    let (train, accuracy) = (
      try #require(expected["train_accuracy"] as? Double), try #require(expected["test_accuracy"] as? Double)
    )
    #expect(abs(test.accuracy - accuracy) <= 0.0021)
    #expect(abs(fit.trainingAccuracy - train) <= 1.0 / 900 + 1e-4)
  }
}
