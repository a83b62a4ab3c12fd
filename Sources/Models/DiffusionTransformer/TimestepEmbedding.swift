import CKernels
import LinearAlgebra
import Glibc

/// A time step as a vector: cosines and sines of it at falling frequencies, then linear, SiLU, linear.
struct TimestepEmbedding: Sendable {
  let first: Linear
  let second: Linear
  /// What is taken off the number of frequencies in the exponent: 0 officially, 1 in diffusers.
  let frequencyShift: Int

  func apply(_ timestep: Double) -> [Float] {
    var hidden = first.apply(sinusoid(Float(timestep)))
    hidden.withUnsafeMutableBufferPointer { Activation.silu.apply($0) }
    return second.apply(hidden)
  }

  /// [cos | sin] of timestep * 10000^(-i / (half - shift)).
  ///
  /// Rounded to Float32 where the official code does: at time step 999 the rounding of the angle shows.
  private func sinusoid(_ timestep: Float) -> [Float] {
    let half = first.inputs / 2
    let angles = (0..<half).map { index in
      let exponent = -Float(log(10000.0)) * Float(index) / Float(half - frequencyShift)
      return timestep * Float(exp(Double(exponent)))
    }
    return angles.map { Float(cos(Double($0))) } + angles.map { Float(sin(Double($0))) }
  }
}

/// What a modulated layer is told: the time step's vector plus the label's.
struct ConditionEmbedding: Sendable {
  let timestep: TimestepEmbedding
  /// One row a label, the null label last where there is one.
  let labels: Matrix

  func apply(timestep: Double, label: Int) -> [Float] {
    zip(self.timestep.apply(timestep), embedding(of: label)).map { $0 + $1 }
  }

  func embedding(of label: Int) -> [Float] {
    labels[rows: label..<label + 1].withUnsafeBufferPointer { Array($0) }
  }
}
