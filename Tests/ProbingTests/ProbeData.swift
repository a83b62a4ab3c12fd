import LinearAlgebra

@testable import Probing
import Glibc

/// Features with a known seed, and definitions in Double.
enum ProbeData {
  /// Normal clouds around random centres; labels go around.
  static func blobs(samples: Int, dimensions: Int, classes: Int, seed: UInt64, spread: Float = 1) throws
    -> ProbeSet
  {
    let noise = normal(samples * dimensions, seed: seed)
    // The same centres for any number of samples.
    let centres = normal(classes * dimensions, seed: 1234)
    let matrix = Matrix(rows: samples, columns: dimensions) { elements in
      for row in 0..<samples {
        for column in 0..<dimensions {
          elements[row * dimensions + column] =
            spread * noise[row * dimensions + column] + centres[row % classes * dimensions + column]
        }
      }
    }
    return try ProbeSet(FeatureRows(matrix), labels: (0..<samples).map { $0 % classes }, classes: classes)
  }

  static func normal(_ count: Int, seed: UInt64) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { CounterRandom(seed: seed).fillNormal($0, from: 0) }
    return values
  }

  static func matrix(_ set: ProbeSet) throws -> Matrix {
    try Matrix(rows: set.count, columns: set.rows.dimensions) {
      try set.rows.copy(0..<set.count, into: $0.baseAddress!)
    }
  }

  /// In Double: rows of logits.
  static func logits(_ classifier: LinearClassifier, _ set: ProbeSet) throws -> [[Double]] {
    let x = try matrix(set)
    return (0..<x.rows).map { row in
      (0..<classifier.classes).map { label in
        (0..<x.columns).reduce(classifier.bias[label]) { sum, column in
          let value = (Double(x[row, column]) - classifier.mean[column]) * (classifier.factors?[column] ?? 1)
          return sum + value * classifier.weights[label, column]
        }
      }
    }
  }

  static func probabilities(_ logits: [Double]) -> [Double] {
    let powers = logits.map { exp($0 - logits.max()!) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  /// C Σ nll + ½ |W|² and its gradient by all weights and biases.
  static func objective(_ classifier: LinearClassifier, _ set: ProbeSet, c: Double) -> (Double, [Double]) {
    let x = try! matrix(set)
    let (classes, dimensions) = (classifier.classes, x.columns)
    var loss = 0.5 * classifier.weights.elements.reduce(0) { $0 + $1 * $1 }
    var gradient = classifier.weights.elements + [Double](repeating: 0, count: classes)
    for (row, logits) in try! logits(classifier, set).enumerated() {
      let p = probabilities(logits)
      loss -= c * log(p[Int(set.labels[row])])
      for label in 0..<classes {
        let residual = c * (p[label] - (label == Int(set.labels[row]) ? 1 : 0))
        for column in 0..<dimensions {
          let value = (Double(x[row, column]) - classifier.mean[column]) * (classifier.factors?[column] ?? 1)
          gradient[label * dimensions + column] += residual * value
        }
        gradient[classes * dimensions + label] += residual
      }
    }
    return (loss, gradient)
  }
}
