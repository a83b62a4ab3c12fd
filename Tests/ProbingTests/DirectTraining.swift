import LinearAlgebra

@testable import Probing
import Glibc

/// A gradient probe as its definition reads: whole batches, batch norm written out, everything in Double.
struct DirectTraining {
  let probe: GradientProbe
  let x: [[Double]]
  let labels: [Int]
  let classes: Int

  init(_ probe: GradientProbe, _ set: ProbeSet) throws {
    self.probe = probe
    let matrix = try ProbeData.matrix(set)
    x = (0..<matrix.rows).map { row in (0..<matrix.columns).map { Double(matrix[row, $0]) } }
    labels = set.labels.map(Int.init)
    classes = set.classes
  }

  func run() -> LinearClassifier {
    let (n, d) = (x.count, x[0].count)
    let start = ProbeParameters(
      classes: classes, dimensions: d, deviation: probe.initialDeviation,
      random: CounterRandom(seed: probe.seed))
    // One vector: weights, biases, factors, shifts.
    var values = start.weights + start.bias + start.factor + start.shift
    let (biases, factors, shifts) = (classes * d, classes * d + classes, classes * d + classes + d)
    var (first, second) = (values.map { _ in 0.0 }, values.map { _ in 0.0 })
    let mean = (0..<d).map { c in x.reduce(0) { $0 + $1[c] } / Double(n) }
    let variance = (0..<d).map { c in x.reduce(0) { $0 + ($1[c] - mean[c]) * ($1[c] - mean[c]) } / Double(n) }
    var (runningMean, runningVariance) = ([Double](repeating: 0, count: d), [Double](repeating: 1, count: d))
    for epoch in 0..<probe.epochs {
      for c in 0..<d {
        runningMean[c] = 0.9 * runningMean[c] + 0.1 * mean[c]
        runningVariance[c] = 0.9 * runningVariance[c] + 0.1 * variance[c] * Double(n) / Double(n - 1)
      }
      var gradient = values.map { _ in 0.0 }
      for (row, label) in zip(x, labels) {
        let bare = (0..<d).map { (row[$0] - mean[$0]) / (variance[$0] + probe.normEpsilon).squareRoot() }
        let normed = (0..<d).map { bare[$0] * values[factors + $0] + values[shifts + $0] }
        let logits = (0..<classes).map { k in
          (0..<d).reduce(values[biases + k]) { $0 + values[k * d + $1] * normed[$1] }
        }
        let p = ProbeData.probabilities(logits)
        for k in 0..<classes {
          let residual = (p[k] - (k == label ? 1 : 0)) / Double(n)
          gradient[biases + k] += residual
          for c in 0..<d {
            gradient[k * d + c] += residual * normed[c]
            gradient[factors + c] += residual * values[k * d + c] * bare[c]
            gradient[shifts + c] += residual * values[k * d + c]
          }
        }
      }
      step(&values, gradient, &first, &second, epoch: epoch, weightCount: biases, normStart: factors)
    }
    let weights = (0..<classes * d).map { values[$0] * values[factors + $0 % d] }
    let bias = (0..<classes).map { k in
      (0..<d).reduce(values[biases + k]) { $0 + values[k * d + $1] * values[shifts + $1] }
    }
    return LinearClassifier(
      mean: runningMean, factors: runningVariance.map { 1 / ($0 + probe.normEpsilon).squareRoot() },
      weights: DoubleMatrix(rows: classes, columns: d, elements: weights), bias: bias)
  }

  private func step(
    _ values: inout [Double], _ gradient: [Double], _ first: inout [Double], _ second: inout [Double],
    epoch: Int,
    weightCount: Int, normStart: Int
  ) {
    let rate = probe.rate(at: Double(epoch), batch: x.count)
    var gradient = gradient
    for i in 0..<weightCount { gradient[i] += probe.weightDecay * values[i] }
    if probe.optimizer == .lars {
      let length = values[..<weightCount].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let steepness = gradient[..<weightCount].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in 0..<weightCount { gradient[i] *= 0.001 * length / steepness }
    }
    for i in values.indices where i < normStart || probe.hasAffineNorm {
      if probe.optimizer == .adam {
        first[i] = 0.9 * first[i] + 0.1 * gradient[i]
        second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i]
        let mean = first[i] / (1 - pow(0.9, Double(epoch + 1)))
        let square = second[i] / (1 - pow(0.999, Double(epoch + 1)))
        values[i] -= rate * mean / (square.squareRoot() + 1e-8)
      } else {
        first[i] = probe.momentum * first[i] + gradient[i]
        values[i] -= rate * first[i]
      }
    }
  }
}
