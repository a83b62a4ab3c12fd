import Extraction
import Testing

@Suite struct InterpolantTests {
  @Test(arguments: Interpolant.allCases)
  func dataGoesOverIntoNoise(interpolant: Interpolant) {
    #expect(abs(interpolant.alpha(0) - 1) < 1e-4)
    #expect(abs(interpolant.sigma(1) - 1) < 1e-4)
    for step in 0..<100 {
      let (t, next) = (Double(step) / 100, Double(step + 1) / 100)
      #expect(interpolant.alpha(t) > interpolant.alpha(next))
      #expect(interpolant.sigma(t) < interpolant.sigma(next))
    }
  }

  @Test func linearAndCosineAreTheirFormulas() {
    #expect(Interpolant.linear.alpha(0.25) == 0.75)
    #expect(Interpolant.linear.sigma(0.25) == 0.25)
    let half = 0.5.squareRoot()
    #expect(abs(Interpolant.cosine.alpha(0.5) - half) < 1e-15)
    #expect(abs(Interpolant.cosine.sigma(0.5) - half) < 1e-15)
    for step in 0...10 {
      let t = Double(step) / 10
      for variance in [Interpolant.cosine, .ddpm].map({
        $0.alpha(t) * $0.alpha(t) + $0.sigma(t) * $0.sigma(t)
      }) {
        #expect(abs(variance - 1) < 1e-14)
      }
    }
  }

  /// The squares of alpha are DDPM's cumulative products: the first is 1 - 1e-4; the last, known from many
  /// implementations of this schedule, is 4.0358e-5.
  @Test func ddpmFollowsItsSchedule() {
    let remaining = { (t: Double) in Interpolant.ddpm.alpha(t) * Interpolant.ddpm.alpha(t) }
    #expect(abs(remaining(0) - 0.9999) < 1e-12)
    #expect(abs(remaining(1.0 / 999) - 0.9999 * (1 - 1e-4 - 0.0199 / 999)) < 1e-12)
    #expect(abs(remaining(1) - 4.0358e-5) < 1e-8)
    #expect(Interpolant.step(0.5) == 500)
    #expect(Interpolant.step(0.1) == 100)
    #expect(Interpolant.step(1) == 999)
  }

  @Test func everyNetworkIsToldItsOwnTime() {
    #expect(TimeConvention.repa.condition(0.3) == 0.3)
    #expect(TimeConvention.sit.condition(0.3) == 0.7)
    #expect(TimeConvention.dit.condition(0.3) == 300)
  }
}
