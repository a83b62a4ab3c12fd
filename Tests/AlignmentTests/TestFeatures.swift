import Alignment
import LinearAlgebra
import Glibc

func exponential(_ x: Double) -> Double { exp(x) }
func naturalLogarithm(_ x: Double) -> Double { log(x) }

/// Features with a known seed.
enum TestFeatures {
  static func normal(_ samples: Int, _ dimensions: Int, seed: UInt64) -> Matrix {
    Matrix(rows: samples, columns: dimensions) { CounterRandom(seed: seed).fillNormal($0, from: 0) }
  }

  /// Two sides that share a signal: `dimensions` of y are noisy mixtures of x.
  static func related(_ samples: Int, _ dimensions: (Int, Int), seed: UInt64) -> (Matrix, Matrix) {
    let x = normal(samples, dimensions.0, seed: seed)
    let mixing = normal(dimensions.0, dimensions.1, seed: seed &+ 1)
    let noise = normal(samples, dimensions.1, seed: seed &+ 2)
    var y = Matrix(rows: samples, columns: dimensions.1)
    for row in 0..<samples {
      for column in 0..<dimensions.1 {
        var value = 2 * noise[row, column]
        for inner in 0..<dimensions.0 { value += x[row, inner] * mixing[inner, column] }
        y[row, column] = value
      }
    }
    return (x, y)
  }

  /// How many tokens the samples keep that a patch-wise metric is tested with.
  static let tokens = 3

  /// Two related sides as the metric takes them: one vector a sample, or tokens of `dimensions.0` dimensions on both.
  static func related(_ samples: Int, _ dimensions: (Int, Int), seed: UInt64, for metric: Metric) -> (
    Matrix, Matrix
  ) {
    guard metric.isPatchWise else { return related(samples, dimensions, seed: seed) }
    return related(samples, (tokens * dimensions.0, tokens * dimensions.0), seed: seed)
  }

  /// Whole numbers, many rows twice: ties without any rounding.
  static func tied(_ samples: Int, _ dimensions: Int, seed: UInt64) -> Matrix {
    let random = CounterRandom(seed: seed)
    var values: [Float] = []
    for row in 0..<samples {
      let source = UInt64(row / 3 * dimensions)
      for column in 0..<UInt64(dimensions) {
        values.append(Float(random.integer(below: 5, at: source + column) - 2))
      }
    }
    return Matrix(rows: samples, columns: dimensions, elements: values)
  }
}
