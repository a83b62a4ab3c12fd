import Testing

@testable import LinearAlgebra

@Suite struct CounterRandomTests {
  @Test("The bits are SplitMix64's")
  func reference() {
    // The first outputs for the seed 1234567, from the algorithm's published test values.
    let random = CounterRandom(seed: 1_234_567)
    #expect(random.bits(at: 0) == 6_457_827_717_110_365_317)
    #expect(random.bits(at: 1) == 3_203_168_211_198_807_973)
    #expect(random.bits(at: 2) == 9_817_491_932_198_370_423)
  }

  @Test("Normal numbers do not depend on where the drawing starts")
  func independentOfStart() {
    let random = CounterRandom(seed: 7)
    let whole = Matrix(rows: 1, columns: 101) { random.fillNormal($0, from: 0) }
    let tail = Matrix(rows: 1, columns: 61) { random.fillNormal($0, from: 40) }
    #expect((0..<61).allSatisfy { whole[0, 40 + $0] == tail[0, $0] })
  }

  @Test("Normal numbers have mean 0, variance 1 and normal tails")
  func moments() {
    let count = 200_000
    let sample = Matrix(rows: 1, columns: count) { CounterRandom(seed: 11).fillNormal($0, from: 0) }
    let values = (0..<count).map { Double(sample[0, $0]) }
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(count) - mean * mean
    // Five standard errors of either estimate.
    #expect(abs(mean) < 5 / Double(count).squareRoot())
    #expect(abs(variance - 1) < 5 * (2 / Double(count)).squareRoot())
    let beyondTwo = Double(values.count { abs($0) > 2 }) / Double(count)
    #expect(abs(beyondTwo - 0.0455) < 0.0025)
  }

  @Test("Orders are permutations, and a stream has its own")
  func permutations() {
    let random = CounterRandom(seed: 3)
    let order = random.permutation(of: 500)
    #expect(order.sorted() == Array(0..<500))
    #expect(order == random.permutation(of: 500))
    #expect(order != random.permutation(of: 500, stream: 1))
    #expect(random.permutation(of: 0).isEmpty)
  }
}
