import LinearAlgebra
import Testing

@testable import Models

/// A picture of random numbers in memory that is never freed: tests are short.
struct Picture {
  let map: FeatureMap

  init(_ height: Int, _ width: Int, _ channels: Int, seed: UInt64) {
    let count = height * width * channels
    let base = Self.memory(count)
    CounterRandom(seed: seed).fillNormal(UnsafeMutableBufferPointer(start: base, count: count), from: 0)
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: 2 * channels)
    sums.initialize(repeating: 0, count: 2 * channels)
    map = FeatureMap(base: base, sums: sums, height: height, width: width, channels: channels)
  }

  init(_ map: FeatureMap) {
    self.map = map
  }

  /// NaN, so that what is not written shows.
  static func memory(_ count: Int) -> UnsafeMutablePointer<Float> {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: count)
    base.initialize(repeating: .nan, count: count)
    return base
  }

  var values: [Float] { Array(UnsafeBufferPointer(start: map.base, count: map.pixels * map.channels)) }

  var matrix: Matrix { Matrix(rows: map.pixels, columns: map.channels, elements: values) }

  func expectEqual(_ exact: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    let values = values
    #expect(values.count == exact.count, sourceLocation: sourceLocation)
    let largest = exact.map(\.magnitude).max()!
    let error = zip(values, exact).map { abs(Double($0) - $1) / largest }.max {
      $0.isNaN ? false : $1.isNaN || $0 < $1
    }
    #expect(error! <= 2e-6, sourceLocation: sourceLocation)
  }

  /// The sums over the channels are those of the values.
  func expectSums(sourceLocation: SourceLocation = #_sourceLocation) {
    let values = values
    for channel in 0..<map.channels {
      var (sum, square) = (0.0, 0.0)
      for index in stride(from: channel, to: values.count, by: map.channels) {
        sum += Double(values[index])
        square += Double(values[index]) * Double(values[index])
      }
      #expect(map.sums[channel] == sum, sourceLocation: sourceLocation)
      #expect(map.sums[map.channels + channel] == square, sourceLocation: sourceLocation)
    }
  }
}

/// A convolution with random weights, and what it means.
struct Layer {
  let plain: Convolution
  let packed: Convolution

  init(_ example: ConvolutionTests.Case, seed: UInt64) {
    let (inputs, outputs, size) = (example.inputs, example.outputs, example.size)
    plain = Convolution(
      inputs: inputs, outputs: outputs, size: size, stride: example.stride,
      weight: Picture(1, outputs, inputs * size * size, seed: 100 + seed).matrix,
      bias: Picture(1, 1, outputs, seed: 200 + seed).matrix)
    var packed = plain
    packed.pack()
    self.packed = packed
  }

  /// The definition, in Double. Where it halves, a kernel begins at the pixel itself; where not, one before.
  func exact(_ input: Picture) -> [Double] {
    let (map, size, stride) = (input.map, plain.size, plain.stride)
    let margin = size == 3 && stride == 1 ? 1 : 0
    var result: [Double] = []
    for y in 0..<map.height / stride {
      for x in 0..<map.width / stride {
        for output in 0..<plain.outputs {
          var sum = Double(plain.bias[0, output])
          for i in 0..<size {
            for j in 0..<size {
              let (row, column) = (y * stride + i - margin, x * stride + j - margin)
              guard (0..<map.height).contains(row), (0..<map.width).contains(column) else { continue }
              for c in 0..<plain.inputs {
                sum +=
                  Double(plain.weight[output, (c * size + i) * size + j])
                  * Double(map.base[(row * map.width + column) * plain.inputs + c])
              }
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }

  func apply(
    _ input: Picture, _ sets: Processor.InstructionSets, preparation: Convolution.Preparation = .none,
    adding residual: Convolution.Residual = .none, to before: Picture? = nil
  ) -> Picture {
    var convolution = packed
    convolution.instructionSets = sets
    let scale = if case .doubled = preparation { 2 } else { 1 }
    let (height, width) = (scale * input.map.height, scale * input.map.width)
    let output = Picture(height / plain.stride, width / plain.stride, plain.outputs, seed: 1)
    if let before { output.map.base.update(from: before.map.base, count: output.map.pixels * plain.outputs) }
    convolution.apply(
      input.map, preparation, adding: residual, into: output.map,
      memory: Picture.memory(
        Convolution.rowElements(width: width, inputs: plain.inputs, stride: plain.stride)))
    return output
  }
}
