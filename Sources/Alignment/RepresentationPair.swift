import LinearAlgebra

/// Two prepared representations of the same samples, and what several metrics of the pair have in common.
///
/// Not for use by two threads at once.
final class RepresentationPair {
  let x: PreparedRepresentation
  let y: PreparedRepresentation
  let settings: AlignmentSettings
  let threads: Threads

  init(
    _ x: PreparedRepresentation, _ y: PreparedRepresentation, _ settings: AlignmentSettings,
    _ threads: Threads
  ) {
    self.x = x
    self.y = y
    self.settings = settings
    self.threads = threads
  }

  private var linear: LinearCKA?
  private var gaussian: GaussianCKA?

  /// The patch tokens of both sides, which are of the same places in the same space.
  func tokens() throws -> (x: PatchTokens, y: PatchTokens) {
    let (x, y) = (try x.prepared(\.tokens), try y.prepared(\.tokens))
    guard x.perSample == y.perSample, x.dimensions == y.dimensions else {
      throw AlignmentError(
        .tokensDiffer,
        "one side keeps \(x.perSample) tokens of \(x.dimensions) dimensions, the other \(y.perSample) of \(y.dimensions); "
          + "tokens are compared patch by patch, as a projector's output with its encoder's patch tokens, the class token left out"
      )
    }
    return (x, y)
  }

  func linearCKA() throws -> LinearCKA {
    let value = try linear ?? LinearCKA(x.prepared(\.moments), y.prepared(\.moments), threads: threads)
    linear = value
    return value
  }

  func gaussianCKA() throws -> GaussianCKA {
    let value =
      try gaussian
      ?? GaussianCKA(x.representation, y.representation, sigma: settings.sigma, threads: threads)
    gaussian = value
    return value
  }
}
