import CKernels

/// Minimises a smooth function by the limited-memory BFGS method, from function values and gradients.
///
/// The first guess of the inverse Hessian may be any symmetric positive definite operator: a good one saves most of the
/// iterations. The line search looks for a point with the strong Wolfe conditions.
///
/// - SeeAlso: Nocedal and Wright, Numerical Optimization, algorithms 7.4, 7.5, 3.5 and 3.6; the approximate Wolfe
///   condition near the minimum, where rounding hides decreases: Hager and Zhang, SIAM J. Optim. 16 (2005), equation 4.1.
struct LBFGS {
  /// How many earlier steps are remembered.
  var memory = 12
  var maximumIterations = 1000
  /// Stops when the decrease that the quadratic model promises is at most this share of the value.
  var tolerance = 1e-7

  /// How a minimisation ended.
  struct Outcome {
    var value: Double
    var iterations: Int
    var evaluations: Int
    var isConverged: Bool
  }

  /// The function to minimise.
  struct Problem {
    /// The value at a point, and its gradient.
    var evaluate: (_ point: [Double], _ gradient: inout [Double]) throws -> Double
    /// Applies the first guess of the inverse Hessian, in place.
    var precondition: (_ vector: inout [Double]) throws -> Void
    /// Called when the point that was evaluated last is the best so far: what `minimise` ends at, unless it is called again.
    var accept: () -> Void = {}
  }

  private struct Pair {
    var step: [Double]
    var change: [Double]
    /// 1 / (step · change)
    var inverse: Double
  }

  private struct Trial {
    var length: Double
    var value: Double
    var slope: Double
  }

  /// Minimises from `point`, which receives the minimum.
  func minimise(_ point: inout [Double], _ problem: Problem) throws -> Outcome {
    let count = point.count
    var gradient = [Double](repeating: 0, count: count)
    var value = try problem.evaluate(point, &gradient)
    problem.accept()
    var outcome = Outcome(value: value, iterations: 0, evaluations: 1, isConverged: false)
    var pairs: [Pair] = []
    while outcome.iterations < maximumIterations {
      let direction = try direction(gradient, pairs, problem)
      let slope = repscope_double_dot(gradient, direction, count)
      // Half of it is what the quadratic model promises for the whole step.
      if -slope / 2 <= tolerance * abs(value) {
        outcome.isConverged = true
        break
      }
      let start = Trial(length: 0, value: value, slope: slope)
      var newPoint = point
      var newGradient = gradient
      let trial = try search(start) { length in
        newPoint = point
        repscope_double_add(direction, length, &newPoint, count)
        let value = try problem.evaluate(newPoint, &newGradient)
        outcome.evaluations += 1
        return (value, repscope_double_dot(newGradient, direction, count))
      }
      // No point on this line is better by more than rounding: the end, unless old pairs mislead.
      guard let trial else {
        if pairs.isEmpty {
          outcome.isConverged = -slope / 2 <= 1e3 * tolerance * abs(value)
          break
        }
        pairs.removeAll()
        continue
      }
      problem.accept()
      outcome.iterations += 1
      value = trial.value
      var step = newPoint
      repscope_double_add(point, -1, &step, count)
      var change = newGradient
      repscope_double_add(gradient, -1, &change, count)
      let product = repscope_double_dot(step, change, count)
      if product > 1e-12 * repscope_sum_of_squares(change, count).squareRoot()
        * repscope_sum_of_squares(step, count).squareRoot()
      {
        if pairs.count == memory { pairs.removeFirst() }
        pairs.append(Pair(step: step, change: change, inverse: 1 / product))
      }
      point = newPoint
      gradient = newGradient
    }
    outcome.value = value
    return outcome
  }

  /// Minus the approximate inverse Hessian times the gradient, by the two loops over the pairs.
  private func direction(_ gradient: [Double], _ pairs: [Pair], _ problem: Problem) throws -> [Double] {
    let count = gradient.count
    var vector = gradient
    var weights = [Double](repeating: 0, count: pairs.count)
    for (index, pair) in pairs.enumerated().reversed() {
      weights[index] = pair.inverse * repscope_double_dot(pair.step, vector, count)
      repscope_double_add(pair.change, -weights[index], &vector, count)
    }
    try problem.precondition(&vector)
    if let last = pairs.last {
      var preconditioned = last.change
      try problem.precondition(&preconditioned)
      let scale = 1 / (last.inverse * repscope_double_dot(last.change, preconditioned, count))
      for index in vector.indices { vector[index] *= scale }
    }
    for (index, pair) in pairs.enumerated() {
      let correction = pair.inverse * repscope_double_dot(pair.change, vector, count)
      repscope_double_add(pair.step, weights[index] - correction, &vector, count)
    }
    for index in vector.indices { vector[index] = -vector[index] }
    return vector
  }

  /// A step length with the strong Wolfe conditions; nil where rounding leaves none to be found.
  private func search(
    _ start: Trial, _ evaluate: (Double) throws -> (value: Double, slope: Double)
  ) throws -> Trial? {
    let (decrease, flatness) = (1e-4, 0.9)
    // What rounding may add to a value, by Float32 products.
    let noise = 1e-7 * abs(start.value)
    func isLow(_ trial: Trial) -> Bool {
      trial.value <= start.value + decrease * trial.length * start.slope
        || (trial.value <= start.value + noise && trial.slope <= (1 - 2 * decrease) * abs(start.slope))
    }
    var (low, high) = (start, start)
    var isBracketed = false
    var length = 1.0
    for _ in 0..<30 {
      let (value, slope) = try evaluate(length)
      let trial = Trial(length: length, value: value, slope: slope)
      if !value.isFinite || !slope.isFinite || !isLow(trial) || (low.length > 0 && value > low.value + noise)
      {
        high = trial
        isBracketed = true
      } else if abs(slope) <= flatness * abs(start.slope) {
        return trial
      } else {
        if isBracketed ? slope * (high.length - low.length) >= 0 : slope >= 0 {
          high = low
          isBracketed = true
        }
        low = trial
      }
      length = isBracketed ? Self.between(low, high) : length * 4
      if isBracketed, abs(high.length - low.length) <= 1e-10 * max(1, length) { break }
    }
    guard low.length > 0, low.value < start.value else { return nil }
    // The best so far is lower if not flat enough; the caller needs its gradient.
    let (value, slope) = try evaluate(low.length)
    return Trial(length: low.length, value: value, slope: slope)
  }

  /// The minimum of the cubic through two points and their slopes, kept off the ends.
  private static func between(_ low: Trial, _ high: Trial) -> Double {
    let width = high.length - low.length
    var place = 0.5
    if high.value.isFinite, high.slope.isFinite {
      let d1 = low.slope + high.slope - 3 * (low.value - high.value) / (low.length - high.length)
      let square = d1 * d1 - low.slope * high.slope
      if square >= 0 {
        let d2 = (width < 0 ? -1 : 1) * square.squareRoot()
        let cubic = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2)
        if cubic.isFinite { place = cubic }
      }
    }
    return low.length + min(0.9, max(0.1, place)) * width
  }
}
