import Files
import LinearAlgebra
import TensorFiles

/// The noise of every sample: a function of seed and sample alone, the same for every time step and checkpoint.
///
/// Sample i of a full list of latents with m elements has the normal numbers of `CounterRandom` for the counters from
/// m i on; where m is odd from (m + 1) i on, as a Box-Muller pair begins at an even counter and no two samples may share
/// one. Batch, order, shard, threads and the choice of samples do not enter.
public struct LatentNoise: Sendable {
  private enum Source: Sendable {
    case random(CounterRandom)
    case tensor(Tensor)
  }

  private let source: Source
  private let elements: Int

  /// The generator with this seed.
  public init(seed: UInt64, elements: Int) {
    source = .random(CounterRandom(seed: seed))
    self.elements = elements
  }

  /// The generator for draws from a VAE's posterior: the seed's own last number is its seed, so that the two kinds of
  /// noise are independent.
  static func posterior(seed: UInt64, elements: Int) -> LatentNoise {
    LatentNoise(seed: CounterRandom(seed: seed).bits(at: .max), elements: elements)
  }

  /// Exact noise from a file: a tensor [N, C, H, W] for N latents of that shape.
  init(file specification: String, count: Int, shape: InputShape) throws {
    let (file, tensor) = try TensorChoice.open(specification, what: "noise")
    let expected = [count, shape.channels, shape.height, shape.width]
    guard tensor.shape == expected else {
      throw ExtractionError(
        .badInput, path: file.path,
        "the noise \(tensor.name) is \(tensor.shape), expected \(expected): one for every latent of the full list"
      )
    }
    source = .tensor(tensor)
    elements = shape.elements
  }

  /// Writes the noise of a sample, by its place in the full list.
  public func fill(_ values: UnsafeMutableBufferPointer<Float>, sample: Int) throws {
    switch source {
    case .random(let random):
      let stride = UInt64(elements + elements % 2)
      random.fillNormal(values, from: UInt64(sample) &* stride)
    case .tensor(let tensor): try tensor.copyFloats(rows: sample..<sample + 1, into: values)
    }
  }

  /// Identifies noise from a file; nil where the seed does.
  func digest() throws -> String? {
    guard case .tensor(let tensor) = source else { return nil }
    var digest = ContentDigest()
    digest.update("\(tensor.shape)")
    try digest.update(sampling: tensor.rowCount, elements: elements) { try fill($1, sample: $0) }
    return digest.text
  }
}

extension ContentDigest {
  /// Takes in 16 of `count` arrays, evenly spaced, the first and the last among them: cheap, whatever the count.
  mutating func update(
    sampling count: Int, elements: Int, _ fill: (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    var values = [Float](repeating: 0, count: elements)
    let looked = min(count, 16)
    for place in 0..<looked {
      try values.withUnsafeMutableBufferPointer {
        try fill(looked < 2 ? 0 : place * (count - 1) / (looked - 1), $0)
      }
      values.withUnsafeBytes { update($0) }
    }
  }
}
