import LinearAlgebra
import Testing

@testable import Probing

@Suite struct RidgeClassifierTests {
  /// More samples than dimensions, as many, fewer: both factorisations.
  static let shapes = [(60, 5, 3), (40, 40, 4), (24, 50, 3)]

  @Test("Weights solve the normal equations", arguments: shapes, [false, true])
  func normalEquations(shape: (Int, Int, Int), standardize: Bool) throws {
    let set = try ProbeData.blobs(samples: shape.0, dimensions: shape.1, classes: shape.2, seed: 2)
    for fit in try RidgeClassifier(lambdas: [10, 0.5], standardize: standardize).path(set) {
      let direct = try Self.solve(set, lambda: fit.lambda, standardize: standardize, without: nil)
      for label in 0..<shape.2 {
        for column in 0..<shape.1 {
          #expect(abs(fit.classifier.weights[label, column] - direct.weights[label, column]) <= 2e-6)
        }
        #expect(abs(fit.classifier.bias[label] - direct.bias[label]) <= 1e-12)
      }
    }
  }

  @Test("Leave-one-out accuracy is that of training without each sample", arguments: shapes)
  func leaveOneOut(shape: (Int, Int, Int)) throws {
    let set = try ProbeData.blobs(
      samples: shape.0, dimensions: shape.1, classes: shape.2, seed: 3, spread: 2)
    for fit in try RidgeClassifier(lambdas: [0.5, 20]).path(set) {
      let correct = try (0..<set.count).count { sample in
        let own = set.selecting([sample])
        let direct = try Self.solve(set, lambda: fit.lambda, standardize: false, without: sample)
        let logits = try ProbeData.logits(direct, own)[0]
        return logits.firstIndex(of: logits.max()!) == Int(own.labels[0])
      }
      #expect(fit.leaveOneOutAccuracy == Double(correct) / Double(set.count))
    }
  }

  @Test("The best lambda is the one with the best leave-one-out accuracy")
  func choice() throws {
    let (best, path) = try RidgeClassifier().fit(Goldens.set("train"))
    #expect(path.count == 9)
    #expect(path.allSatisfy { $0.leaveOneOutAccuracy <= best.leaveOneOutAccuracy })
    #expect(path.last { $0.leaveOneOutAccuracy == best.leaveOneOutAccuracy } == best)
  }

  @Test(
    "Accuracies are those of scikit-learn 1.9.1's RidgeClassifier",
    arguments: [
      (0.1, 470, [0, 0.13871043, 0.06413191]), (1, 469, [0, 0.07800885, 0.05525758]),
      (10, 472, [0, 0.00794877, 0.01780515]), (1000, 439, [0, -0.0011201, -0.00275461]),
    ])
  func scikitLearn(lambda: Double, correct: Int, weights: [Double]) throws {
    let fit = try RidgeClassifier(lambdas: [lambda]).path(Goldens.set("train"))[0]
    #expect(try fit.classifier.test(Goldens.set("test")).report.correct == correct)
    // Labels of plus and minus one, halved.
    for (column, weight) in weights.enumerated() {
      #expect(abs(fit.classifier.weights[0, column] - weight) <= 1e-6)
    }
  }

  @Test("Neither threads nor reading again in every pass change a bit")
  func sameBits() throws {
    let train = try Goldens.set("train")
    let fits = try [(1, Int.max), (3, Int.max), (3, 0)].map { threads, memory in
      try RidgeClassifier(lambdas: [1, 10]).path(train, memory: memory, threads: Threads(threads))
    }
    #expect(fits.dropFirst().allSatisfy { $0 == fits[0] })
  }

  /// The definition in Double, by Cholesky.
  private static func solve(_ set: ProbeSet, lambda: Double, standardize: Bool, without left: Int?) throws
    -> LinearClassifier
  {
    let rows = (0..<set.count).filter { $0 != left }
    let x = try ProbeData.matrix(set)
    let (n, d) = (Double(rows.count), x.columns)
    let mean = (0..<d).map { column in rows.reduce(0.0) { $0 + Double(x[$1, column]) } / n }
    let deviations = (0..<d).map { column in
      (rows.reduce(0.0) {
        $0 + (Double(x[$1, column]) - mean[column]) * (Double(x[$1, column]) - mean[column])
      } / n)
      .squareRoot()
    }
    let factors = standardize ? deviations.map { 1 / $0 } : nil
    let shares = (0..<set.classes).map { label in Double(rows.count { set.labels[$0] == label }) / n }
    var (moments, sides) = (DoubleMatrix(rows: d, columns: d), DoubleMatrix(rows: set.classes, columns: d))
    for row in rows {
      let values = (0..<d).map { (Double(x[row, $0]) - mean[$0]) * (factors?[$0] ?? 1) }
      for i in 0..<d {
        for j in 0..<d { moments[i, j] += values[i] * values[j] }
        for label in 0..<set.classes {
          sides[label, i] += values[i] * ((set.labels[row] == label ? 1 : 0) - shares[label])
        }
      }
    }
    for i in 0..<d { moments[i, i] += lambda }
    #expect(try LAPACK.choleskyFactor(&moments))
    try LAPACK.choleskySolve(moments, &sides)
    return LinearClassifier(mean: mean, factors: factors, weights: sides, bias: shares)
  }
}
