import CKernels
import LinearAlgebra
import Glibc

/// (1 + cos(pi x)) / 2
func halfCosine(_ x: Double) -> Double { 0.5 * (1 + cos(Double.pi * x)) }

/// What a gradient probe learns; gradients have the same shape.
struct ProbeParameters {
  let classes: Int
  let dimensions: Int
  /// Classes x dimensions.
  var weights: [Double]
  var bias: [Double]
  /// Of the batch norm: 1 and 0 unless it has parameters.
  var factor: [Double]
  var shift: [Double]

  /// Normal weights, all else at its start.
  init(classes: Int, dimensions: Int, deviation: Double, random: CounterRandom) {
    self.classes = classes
    self.dimensions = dimensions
    var normal = [Float](repeating: 0, count: classes * dimensions)
    normal.withUnsafeMutableBufferPointer { CounterRandom(seed: random.bits(at: 0)).fillNormal($0, from: 0) }
    weights = normal.map { deviation * Double($0) }
    bias = [Double](repeating: 0, count: classes)
    factor = [Double](repeating: 1, count: dimensions)
    shift = [Double](repeating: 0, count: dimensions)
  }

  /// The mean loss's gradient, from the sums of a pass over features that were not normalised.
  func gradient(
    _ pass: SoftmaxPass, means: [Double], scales: [Double], count: Int, learnsNorm: Bool
  ) -> ProbeParameters {
    var result = self
    let share = 1 / Double(count)
    if learnsNorm {
      for column in 0..<dimensions { (result.factor[column], result.shift[column]) = (0, 0) }
    }
    pass.weightGradient.withUnsafeBufferPointer { sums in
      for label in 0..<classes {
        let residual = pass.biasGradient[label] * share
        result.bias[label] = residual
        let row = label * dimensions
        for column in 0..<dimensions {
          // By the normalised feature, before factor and shift.
          let inner = scales[column] * (sums[row + column] * share - means[column] * residual)
          result.weights[row + column] = factor[column] * inner + shift[column] * residual
          if learnsNorm {
            result.factor[column] += weights[row + column] * inner
            result.shift[column] += weights[row + column] * residual
          }
        }
      }
    }
    return result
  }
}

/// Momentum and the like, for each group of parameters.
struct ProbeOptimizer {
  private let settings: GradientProbe
  private var first: ProbeParameters
  private var second: ProbeParameters

  init(_ settings: GradientProbe, _ parameters: ProbeParameters) {
    self.settings = settings
    var zeros = parameters
    for group in Self.groups {
      for index in zeros[keyPath: group].indices { zeros[keyPath: group][index] = 0 }
    }
    first = zeros
    second = zeros
  }

  private static var groups: [WritableKeyPath<ProbeParameters, [Double]>] {
    [\.weights, \.bias, \.factor, \.shift]
  }

  /// - Parameter step: From 1.
  mutating func apply(
    _ gradient: ProbeParameters, to parameters: inout ProbeParameters, rate: Double, step: Int
  ) {
    for (place, group) in Self.groups.enumerated() {
      // Factor and shift stay where the norm has none to learn.
      if place >= 2, !settings.hasAffineNorm { continue }
      var slope = gradient[keyPath: group]
      if place == 0, settings.weightDecay > 0 {
        repscope_double_add(parameters.weights, settings.weightDecay, &slope, slope.count)
      }
      switch settings.optimizer {
      case .adam: adam(slope, &parameters[keyPath: group], group, rate: rate, step: step)
      case .sgd: momentum(slope, &parameters[keyPath: group], group, rate: rate)
      case .lars:
        if place == 0 { trust(&slope, parameters.weights) }
        momentum(slope, &parameters[keyPath: group], group, rate: rate)
      }
    }
  }

  private mutating func adam(
    _ slope: [Double], _ values: inout [Double], _ group: WritableKeyPath<ProbeParameters, [Double]>,
    rate: Double,
    step: Int
  ) {
    let (decay1, decay2, epsilon) = (0.9, 0.999, 1e-8)
    let correction1 = 1 - pow(decay1, Double(step))
    let correction2 = (1 - pow(decay2, Double(step))).squareRoot()
    Self.update(&first[keyPath: group], &second[keyPath: group], &values) { mean, square, value, place in
      mean += (1 - decay1) * (slope[place] - mean)
      square += (1 - decay2) * (slope[place] * slope[place] - square)
      value -= rate / correction1 * mean / (square.squareRoot() / correction2 + epsilon)
    }
  }

  private mutating func momentum(
    _ slope: [Double], _ values: inout [Double], _ group: WritableKeyPath<ProbeParameters, [Double]>,
    rate: Double
  ) {
    let share = settings.momentum
    Self.update(&first[keyPath: group], &second[keyPath: group], &values) { velocity, _, value, place in
      velocity = share * velocity + slope[place]
      value -= rate * velocity
    }
  }

  private func trust(_ slope: inout [Double], _ values: [Double]) {
    let length = repscope_sum_of_squares(values, values.count).squareRoot()
    let steepness = repscope_sum_of_squares(slope, slope.count).squareRoot()
    guard length > 0, steepness > 0 else { return }
    for place in slope.indices { slope[place] *= 0.001 * length / steepness }
  }

  @inline(__always)
  private static func update(
    _ first: inout [Double], _ second: inout [Double], _ values: inout [Double],
    _ body: (inout Double, inout Double, inout Double, Int) -> Void
  ) {
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        values.withUnsafeMutableBufferPointer { values in
          for place in values.indices { body(&first[place], &second[place], &values[place], place) }
        }
      }
    }
  }
}
