import CKernels
import LinearAlgebra
import Testing

@testable import Models
import Glibc

/// Convolutions and group norms against their definitions in Double.
@Suite struct ConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let inputs: Int
    let outputs: Int
    let size: Int
    var stride = 1
    let height: Int
    let width: Int

    var testDescription: String { "\(inputs) to \(outputs), \(size), stride \(stride), \(height) x \(width)" }
  }

  /// Channels that fill registers and panels and such that do not; more pixels than a tile has and fewer.
  static let cases = [
    Case(inputs: 1, outputs: 1, size: 3, height: 1, width: 1),
    Case(inputs: 3, outputs: 16, size: 3, height: 5, width: 7),
    Case(inputs: 5, outputs: 3, size: 3, height: 7, width: 13),
    Case(inputs: 4, outputs: 64, size: 3, height: 3, width: 8),
    Case(inputs: 7, outputs: 80, size: 3, height: 4, width: 11),
    Case(inputs: 2, outputs: 137, size: 3, height: 3, width: 5),
    Case(inputs: 8, outputs: 48, size: 1, height: 4, width: 9),
    Case(inputs: 9, outputs: 5, size: 1, height: 2, width: 6),
    Case(inputs: 6, outputs: 32, size: 3, stride: 2, height: 8, width: 12),
    Case(inputs: 3, outputs: 10, size: 3, stride: 2, height: 9, width: 7),
    Case(inputs: 300, outputs: 8, size: 3, height: 2, width: 3),
  ]

  static let instructionSets: [Processor.InstructionSets] = [
    [], Processor.current.instructionSets.subtracting([.avx512, .avx512bf16]),
    Processor.current.instructionSets,
  ]

  @Test("convolutions are what their definition says, on every instruction set", arguments: cases)
  func convolution(_ example: Case) throws {
    let convolution = Layer(example, seed: 1)
    let input = Picture(example.height, example.width, example.inputs, seed: 2)
    let exact = convolution.exact(input)
    for sets in Self.instructionSets {
      let output = convolution.apply(input, sets)
      output.expectEqual(exact)
      output.expectSums()
    }
  }

  @Test("the result is added to what the output holds", arguments: cases.filter { $0.stride == 1 })
  func residual(_ example: Case) {
    let convolution = Layer(example, seed: 3)
    let input = Picture(example.height, example.width, example.inputs, seed: 4)
    let before = Picture(example.height, example.width, example.outputs, seed: 5)
    let exact = zip(convolution.exact(input), before.values).map { $0 + Double($1) }
    for sets in Self.instructionSets {
      let output = convolution.apply(input, sets, adding: .output, to: before)
      output.expectEqual(exact)
      output.expectSums()
    }
  }

  @Test("a shortcut takes another picture, and the result may replace the input")
  func shortcut() {
    let example = Case(inputs: 20, outputs: 20, size: 3, height: 9, width: 6)
    let convolution = Layer(example, seed: 6)
    let way = Layer(Case(inputs: 7, outputs: 20, size: 1, height: 9, width: 6), seed: 7)
    let (input, other) = (Picture(9, 6, 20, seed: 8), Picture(9, 6, 7, seed: 9))
    let exact = zip(convolution.exact(input), way.exact(other)).map(+)
    let map = input.map
    convolution.packed.apply(
      map, adding: .shortcut(way.packed, of: other.map), into: map,
      memory: Picture.memory(Convolution.rowElements(width: 6, inputs: 20, stride: 1)))
    input.expectEqual(exact)
    input.expectSums()
  }

  /// Rows are made ready a few at a time: of so long ones only what a single row of the result needs.
  @Test("in place, row by row, and halving", arguments: [1, 2])
  func inPlace(stride: Int) {
    let (height, width, channels) = (6, 150, 300)
    let convolution = Layer(
      Case(inputs: channels, outputs: 2, size: 3, stride: stride, height: height, width: width), seed: 10)
    let input = Picture(height, width, channels, seed: 11)
    let exact = convolution.exact(input)
    let output = FeatureMap(
      base: input.map.base, sums: input.map.sums, height: height / stride, width: width / stride, channels: 2)
    convolution.packed.apply(
      input.map, into: output,
      memory: Picture.memory(Convolution.rowElements(width: width, inputs: channels, stride: stride)))
    Picture(output).expectEqual(exact)
  }

  @Test("every pixel becomes 2 x 2 before the convolution")
  func doubled() {
    let example = Case(inputs: 5, outputs: 6, size: 3, height: 6, width: 10)
    let convolution = Layer(example, seed: 12)
    let input = Picture(3, 5, 5, seed: 13)
    let enlarged = Picture(6, 10, 5, seed: 14)
    for y in 0..<6 {
      for x in 0..<10 {
        for c in 0..<5 {
          enlarged.map.base[(y * 10 + x) * 5 + c] = input.map.base[(y / 2 * 5 + x / 2) * 5 + c]
        }
      }
    }
    convolution.apply(input, Processor.current.instructionSets, preparation: .doubled).expectEqual(
      convolution.exact(enlarged))
  }

  /// A mean far from 0 is where a variance from sums of squares would lose its digits in Float32.
  @Test("group norm and SiLU", arguments: [(1, 12), (4, 12), (12, 12), (2, 34), (8, 96)], [0, 100, 5000])
  func groupNorm(sizes: (groups: Int, channels: Int), offset: Float) {
    let (groups, channels) = sizes
    let picture = Picture(5, 7, channels, seed: 15)
    for index in 0..<35 * channels { picture.map.base[index] += offset }
    repscope_add_channel_sums(
      picture.map.base, 35, channels, picture.map.sums, picture.map.sums + channels)
    let norm = GroupNorm(
      groups: groups, epsilon: 1e-6, weight: Picture(1, 1, channels, seed: 16).matrix,
      bias: Picture(1, 1, channels, seed: 17).matrix)
    let coefficients = norm.coefficients(of: picture.map, memory: Picture.memory(3 * channels))
    let values = picture.values.map(Double.init)
    let width = channels / groups
    let output = Picture.memory(35 * channels)
    for silu in [false, true] {
      coefficients.apply(picture.map.base, pixels: 35, channels: channels, silu: silu, into: output)
      for group in 0..<groups {
        let members = values.indices.filter { $0 % channels / width == group }
        let mean = members.reduce(0) { $0 + values[$1] } / Double(members.count)
        let variance =
          members.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / Double(members.count)
        for index in members {
          let channel = index % channels
          let scaled = (values[index] - mean) / (variance + 1e-6).squareRoot()
          let normalized = scaled * Double(norm.weight[0, channel]) + Double(norm.bias[0, channel])
          let exact = silu ? normalized / (1 + exp(-normalized)) : normalized
          #expect(abs(Double(output[index]) - exact) <= 4e-6)
        }
      }
    }
  }

  @Test("sums over the channels have the same bits however the pixels are cut", arguments: [5, 32, 70])
  func sums(channels: Int) {
    let picture = Picture(1, 50, channels, seed: 18)
    var (whole, parts) = (
      [Double](repeating: 0, count: 2 * channels), [Double](repeating: 0, count: 2 * channels)
    )
    func add(_ range: Range<Int>, to sums: inout [Double]) {
      sums.withUnsafeMutableBufferPointer { sums in
        let base = sums.baseAddress!
        repscope_add_channel_sums(
          picture.map.base + range.lowerBound * channels, range.count, channels, base, base + channels)
      }
    }
    add(0..<50, to: &whole)
    for range in [0..<1, 1..<20, 20..<50] { add(range, to: &parts) }
    #expect(whole == parts)
  }
}
