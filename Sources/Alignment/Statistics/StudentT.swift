import Glibc

/// Student's t distribution with a whole number of degrees of freedom.
enum StudentT {
  /// The probability of -t ... t.
  ///
  /// - SeeAlso: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
  static func centralProbability(_ t: Double, degrees: Int) -> Double {
    let angle = atan(t / Double(degrees).squareRoot())
    let squaredCosine = cos(angle) * cos(angle)
    let isOdd = degrees % 2 == 1
    // 1 + 1/2 c² + 1·3/(2·4) c⁴ ... for even degrees, c (1 + 2/3 c² + 2·4/(3·5) c⁴ ...) for odd ones.
    var term = isOdd ? cos(angle) : 1
    var sum = degrees == 1 ? 0 : term
    var factor = isOdd ? 2 : 1
    while factor <= degrees - 3 {
      term *= Double(factor) / Double(factor + 1) * squaredCosine
      sum += term
      factor += 2
    }
    return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
  }

  /// The t for which -t ... t has that probability.
  static func quantile(central probability: Double, degrees: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    while centralProbability(high, degrees: degrees) < probability, high < 1e12 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if centralProbability(middle, degrees: degrees) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
