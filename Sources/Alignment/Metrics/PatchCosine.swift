import CKernels
import LinearAlgebra

/// The cosine similarity of patch tokens at the same place.
public enum PatchCosine {
  /// `repa-cosine`: the mean over samples and tokens of cos(x(n,t), y(n,t)).
  ///
  /// Minus REPA's projection loss. Between -1 and 1; a token of zeros counts as 0.
  ///
  /// - Complexity: O(N T D), in Double.
  /// - SeeAlso: Yu et al., arXiv 2410.06940, equation 8.
  public static func value(_ x: PatchTokens, _ y: PatchTokens, threads: Threads = .all) throws -> Double {
    precondition(x.hasShape(of: y) && x.count > 0, "no tokens, or tokens of different shapes")
    let (dimensions, perSample) = (x.dimensions, x.perSample)
    let sums = try x.tokens.withUnsafeBufferPointer { a in
      try y.tokens.withUnsafeBufferPointer { b in
        let (a, b) = (a.baseAddress!, b.baseAddress!)
        return try parallelMap(x.samples, threads: threads) { sample in
          var sum = 0.0
          for token in sample * perSample..<(sample + 1) * perSample {
            let product = repscope_dot(a + token * dimensions, b + token * dimensions, dimensions)
            sum += product * x.factors[token] * y.factors[token]
          }
          return sum
        }
      }
    }
    return sums.reduce(0, +) / Double(x.count)
  }
}
