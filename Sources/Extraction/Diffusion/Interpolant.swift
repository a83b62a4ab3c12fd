import Glibc

/// How data x and noise e mix at a time step t in [0, 1]: x_t = alpha(t) x + sigma(t) e, with t = 0 for clean data.
public enum Interpolant: String, Sendable, Hashable, CaseIterable {
  /// (1 - t) x + t e, as SiT and REPA train.
  case linear
  /// cos(pi t / 2) x + sin(pi t / 2) e.
  case cosine
  /// sqrt(abar) x + sqrt(1 - abar) e with DiT's schedule: 1000 steps, beta rising linearly from 1e-4 to 0.02.
  ///
  /// The step is round(t * 999), so that t = 0 has the schedule's first, smallest noise, not none.
  case ddpm

  /// The share of the data at a time step.
  public func alpha(_ t: Double) -> Double {
    switch self {
    case .linear: 1 - t
    case .cosine: cos(Double.pi / 2 * t)
    case .ddpm: Self.remainingSignal(Self.step(t)).squareRoot()
    }
  }

  /// The share of the noise at a time step.
  public func sigma(_ t: Double) -> Double {
    switch self {
    case .linear: t
    case .cosine: sin(Double.pi / 2 * t)
    case .ddpm: (1 - Self.remainingSignal(Self.step(t))).squareRoot()
    }
  }

  /// The integer step of a time step, 0...999, halves away from zero.
  ///
  /// - Precondition: `t` lies in [0, 1].
  public static func step(_ t: Double) -> Int { Int((t * 999).rounded()) }

  /// The product of 1 - beta over the steps up to and with this one.
  ///
  /// - SeeAlso: Ho, Jain, Abbeel: Denoising diffusion probabilistic models, arXiv 2006.11239, section 2.
  static func remainingSignal(_ step: Int) -> Double {
    var product = 1.0
    for step in 0...step {
      let beta = 1e-4 + (0.02 - 1e-4) * Double(step) / 999
      product *= 1 - beta
    }
    return product
  }
}
