import CKernels
import LinearAlgebra

/// Every group of channels of a picture less its mean, over its standard deviation; then scaled and shifted.
///
/// Means and variances are made in Double from sums that the layer before has gathered while its results were at hand.
///
/// - SeeAlso: Wu and He, arXiv 1803.08494.
struct GroupNorm: Sendable {
  let groups: Int
  let epsilon: Double
  /// One row, one element a channel.
  private(set) var weight: Matrix
  private(set) var bias: Matrix

  var channels: Int { weight.columns }

  init(groups: Int, epsilon: Double, weight: Matrix, bias: Matrix) {
    self.groups = groups
    self.epsilon = epsilon
    self.weight = weight
    self.bias = bias
  }

  /// What a picture's values are to be normalised with.
  struct Coefficients {
    let means: UnsafePointer<Float>
    let scales: UnsafePointer<Float>
    let shifts: UnsafePointer<Float>

    /// out = (x - mean) * scale + shift, then SiLU where asked for.
    func apply(
      _ x: UnsafePointer<Float>, pixels: Int, channels: Int, silu: Bool, into out: UnsafeMutablePointer<Float>
    ) {
      repscope_normalize_pixels(x, pixels, channels, means, scales, shifts, silu, out)
    }
  }

  /// - Parameter memory: Three elements a channel.
  func coefficients(of map: FeatureMap, memory: UnsafeMutablePointer<Float>) -> Coefficients {
    let width = channels / groups
    let count = Double(map.pixels * width)
    let (means, scales, shifts) = (memory, memory + channels, memory + 2 * channels)
    weight.withUnsafeBufferPointer { weight in
      bias.withUnsafeBufferPointer { bias in
        for group in 0..<groups {
          let range = group * width..<(group + 1) * width
          let mean = range.reduce(0) { $0 + map.sums[$1] } / count
          let square = range.reduce(0) { $0 + map.sums[channels + $1] } / count
          let deviation = (max(square - mean * mean, 0) + epsilon).squareRoot()
          for channel in range {
            means[channel] = Float(mean)
            scales[channel] = Float(Double(weight[channel]) / deviation)
            // What rounding the mean to Float32 leaves out.
            let rest = (Double(means[channel]) - mean) * Double(scales[channel])
            shifts[channel] = Float(Double(bias[channel]) + rest)
          }
        }
      }
    }
    return Coefficients(means: means, scales: scales, shifts: shifts)
  }

  mutating func own() {
    weight = weight.copied()
    bias = bias.copied()
  }
}

extension Matrix {
  /// The elements in memory of their own.
  func copied() -> Matrix {
    withUnsafeBufferPointer { elements in
      Matrix(rows: rows, columns: columns) { copy in _ = copy.initialize(from: elements) }
    }
  }
}
