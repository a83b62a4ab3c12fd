/// A picture in working memory, all channels of a pixel side by side: [height, width, channels].
struct FeatureMap {
  let base: UnsafeMutablePointer<Float>
  /// For every channel the sum of its values, then for every channel the sum of their squares: what the next norm asks for.
  let sums: UnsafeMutablePointer<Double>
  let height: Int
  let width: Int
  let channels: Int

  var pixels: Int { height * width }

  /// Some of the rows of pixels, one matrix row a pixel.
  func rows(_ range: Range<Int>) -> MatrixSlice {
    MatrixSlice(base + range.lowerBound * width * channels, rows: range.count * width, columns: channels)
  }

  /// All pixels, one matrix row each.
  var all: MatrixSlice { rows(0..<height) }

  /// From [channels, height, width].
  func fill(fromPlanes planes: UnsafePointer<Float>) {
    for channel in 0..<channels {
      for pixel in 0..<pixels { base[pixel * channels + channel] = planes[channel * pixels + pixel] }
    }
  }

  /// To [channels, height, width].
  func copyPlanes(into planes: UnsafeMutablePointer<Float>) {
    for channel in 0..<channels {
      for pixel in 0..<pixels { planes[channel * pixels + pixel] = base[pixel * channels + channel] }
    }
  }
}
