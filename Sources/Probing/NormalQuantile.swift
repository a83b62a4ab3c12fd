import Glibc

/// The number that a standard normal variable stays below with the given probability.
///
/// By bisection on the complementary error function: exact to the last digits, and seldom asked for.
///
/// - Precondition: 0 < probability < 1.
func normalQuantile(_ probability: Double) -> Double {
  precondition(probability > 0 && probability < 1, "a probability of \(probability)")
  var (low, high) = (-40.0, 40.0)
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
