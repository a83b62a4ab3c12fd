import Foundation
import Testing

@testable import LinearAlgebra

@Suite struct ResamplingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let weights: ResamplingWeights
  }

  static let cases: [Case] = [
    (1, 1), (1, 5), (2, 7), (5, 1), (7, 7), (16, 9), (9, 16), (50, 3), (3, 50), (255, 1024), (1024, 255),
  ].flatMap { (from: Int, to: Int) in
    ResamplingFilter.allCases.flatMap { filter in
      let pillow = Case(
        testDescription: "Pillow's \(filter), \(from) to \(to)",
        weights: .pillow(from: from, to: to, filter: filter))
      return [pillow]
        + [true, false].filter { _ in filter != .box }.map { antialias in
          Case(
            testDescription: "\(filter)\(antialias ? ", antialiased" : ""), \(from) to \(to)",
            weights: ResamplingWeights(from: from, to: to, filter: filter, antialias: antialias))
        }
    }
  }

  @Test(arguments: cases) func rowsAreWithinTheInputAndSumToOne(test: Case) {
    let weights = test.weights
    #expect(weights.first.count == weights.outputCount)
    #expect(weights.weights.count == weights.outputCount * weights.width)
    for output in 0..<weights.outputCount {
      #expect(weights.first[output] >= 0 && Int(weights.first[output]) + weights.width <= weights.inputCount)
      let sum = weights.weights[output * weights.width..<(output + 1) * weights.width].reduce(0, +)
      #expect(abs(sum - 1) < 1e-12)
    }
    #expect(weights.isIdentity == (weights.inputCount == weights.outputCount))
  }

  /// Away from the borders a linear ramp stays one: all kernels but the box reproduce it where they are not cut off.
  @Test(arguments: [ResamplingFilter.bilinear, .bicubic], [true, false])
  func aRampStaysARamp(filter: ResamplingFilter, antialias: Bool) {
    let weights = ResamplingWeights(from: 20, to: 40, filter: filter, antialias: antialias)
    for output in 8..<32 {
      let value = (0..<weights.width).reduce(0.0) {
        $0 + weights.weights[output * weights.width + $1] * Double(Int(weights.first[output]) + $1)
      }
      // a = -0.75 does not reproduce lines exactly.
      let tolerance = filter == .bicubic && !antialias ? 0.05 : 1e-9
      #expect(abs(value - ((Double(output) + 0.5) / 2 - 0.5)) < tolerance)
    }
  }

  @Test func aBoxIsAMean() {
    let weights = ResamplingWeights.pillow(from: 12, to: 4, filter: .box)
    for output in 0..<4 {
      for tap in 0..<weights.width {
        let isInside = (3 * output..<3 * output + 3).contains(Int(weights.first[output]) + tap)
        #expect(abs(weights.weights[output * weights.width + tap] - (isInside ? 1.0 / 3 : 0)) < 1e-15)
      }
    }
  }

  @Test(arguments: [1, 3, 17]) func gridsAreResampledAsTheDefinitionSays(channels: Int) {
    let resampling = GridResampling(from: (7, 5), to: (4, 11), filter: .bicubic, antialias: true)
    let grid = (0..<7 * 5 * channels).map { Float(($0 * 7919) % 101) / 101 - 0.5 }
    let found = resampling(grid, channels: channels)
    #expect(found.count == 4 * 11 * channels)
    let (rows, columns) = (resampling.rows, resampling.columns)
    for y in 0..<4 {
      for x in 0..<11 {
        for channel in 0..<channels {
          var expected = 0.0
          for i in 0..<rows.width {
            for j in 0..<columns.width {
              let value = grid[
                ((Int(rows.first[y]) + i) * 5 + Int(columns.first[x]) + j) * channels + channel]
              expected +=
                rows.weights[y * rows.width + i] * columns.weights[x * columns.width + j] * Double(value)
            }
          }
          #expect(abs(Double(found[(y * 11 + x) * channels + channel]) - expected) < 1e-6)
        }
      }
    }
  }

  @Test func partsHaveTheSameWeights() {
    let whole = ResamplingWeights(from: 30, to: 20, filter: .bicubic, antialias: true)
    let part = whole[5..<9]
    #expect(part.outputCount == 4 && part.first == Array(whole.first[5..<9]))
    #expect(part.weights == Array(whole.weights[5 * whole.width..<9 * whole.width]))
  }

  /// PyTorch differs from Pillow by the rounding of coordinates alone.
  @Test(arguments: [(256, 224), (224, 256), (1000, 37)])
  func pyTorchIsPillowInSinglePrecision(from: Int, to: Int) {
    let single = ResamplingWeights(from: from, to: to, filter: .bicubic, antialias: true)
    let double = ResamplingWeights.pillow(from: from, to: to, filter: .bicubic)
    #expect(single.first == double.first && single.width == double.width)
    #expect(zip(single.weights, double.weights).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func antialiasingLeavesAGridOfTheSameSizeAsItIs() {
    let same = ResamplingWeights(from: 37, to: 37, filter: .bicubic, antialias: true, scaleFactor: 37.1 / 37)
    #expect(same.isIdentity)
    let moved = ResamplingWeights(
      from: 37, to: 37, filter: .bicubic, antialias: false, scaleFactor: 37.1 / 37)
    #expect(!moved.isIdentity)
  }

  /// A scale factor that points beyond the grid still gives sound weights.
  @Test(arguments: [0.01, 0.3, 3, 1000.0], [true, false])
  func anyScaleFactorGivesSoundWeights(scaleFactor: Double, antialias: Bool) {
    let weights = ResamplingWeights(
      from: 6, to: 9, filter: .bicubic, antialias: antialias, scaleFactor: scaleFactor)
    for output in 0..<9 {
      #expect(weights.first[output] >= 0 && Int(weights.first[output]) + weights.width <= 6)
      let sum = weights.weights[output * weights.width..<(output + 1) * weights.width].reduce(0, +)
      #expect(abs(sum - 1) < 1e-12)
    }
  }
}

extension ResamplingWeights {
  /// Whether every output sample is the input sample of the same number.
  fileprivate var isIdentity: Bool {
    inputCount == outputCount
      && (0..<outputCount).allSatisfy { output in
        (0..<width).allSatisfy { tap in
          weights[output * width + tap] == (Int(first[output]) + tap == output ? 1 : 0)
        }
      }
  }
}
