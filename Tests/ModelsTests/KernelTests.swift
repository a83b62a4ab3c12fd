import CKernels
import LinearAlgebra
import Testing
import Glibc

/// The loops in C, against their definitions in Double.
@Suite struct KernelTests {
  /// Numbers from -range to range, and the ends.
  private static func numbers(_ count: Int, range: Double, seed: UInt64 = 7) -> [Float] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { Float((2 * random.uniform(at: UInt64($0)) - 1) * range) } + [
      0, Float(range), -Float(range),
    ]
  }

  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (UnsafeMutablePointer<Float>, Int) -> Void
    let exact: @Sendable (Double) -> Double
  }

  static let activations = [
    Function(
      testDescription: "GELU by tanh", apply: { repscope_gelu_tanh($0, $1) },
      exact: { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }),
    Function(
      testDescription: "GELU by erf", apply: { repscope_gelu_erf($0, $1) },
      exact: { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) }),
    Function(
      testDescription: "QuickGELU", apply: { repscope_gelu_quick($0, $1) },
      exact: { $0 / (1 + exp(-1.702 * $0)) }),
    Function(testDescription: "SiLU", apply: { repscope_silu($0, $1) }, exact: { $0 / (1 + exp(-$0)) }),
  ]

  @Test(
    "activations are within 4 units in the last place of their argument", arguments: activations,
    [6.0, 40, 2000])
  func activation(_ function: Function, range: Double) {
    let x = Self.numbers(20_001, range: range)
    var y = x
    y.withUnsafeMutableBufferPointer { function.apply($0.baseAddress!, $0.count) }
    for (argument, value) in zip(x, y) {
      let error = abs(Double(value) - function.exact(Double(argument)))
      #expect(error <= 4 * Double(argument.ulp), "at \(argument): \(value)")
    }
  }

  @Test("activations keep NaN and go to their limits at infinity", arguments: activations)
  func activationLimits(_ function: Function) {
    // 37 elements reach the vectorised part and what is left of it.
    for position in [0, 36] {
      var x = [Float](repeating: 1, count: 37)
      x[position] = .nan
      x.withUnsafeMutableBufferPointer { function.apply($0.baseAddress!, $0.count) }
      #expect(x.indices.filter { x[$0].isNaN } == [position])
    }
    var ends: [Float] = [1e30, -1e30]
    ends.withUnsafeMutableBufferPointer { function.apply($0.baseAddress!, $0.count) }
    #expect(ends[0] == 1e30)
    #expect(ends[1].magnitude <= 1e-5)
  }

  @Test("softmax numerators are within 2 units in the last place", arguments: [1, 5, 32, 37, 256, 300])
  func softmax(_ columns: Int) {
    let (rows, stride, scale) = (3, columns + 2, Float(0.125))
    let x = Self.numbers(rows * stride, range: 60, seed: 3)
    var y = x
    var inverseSums = [Float](repeating: 0, count: rows)
    repscope_softmax_numerators(&y, stride, rows, columns, scale, &inverseSums)
    for row in 0..<rows {
      let range = row * stride..<row * stride + columns
      let largest = x[range].max()!
      var sum = 0.0
      for index in range {
        // The definition sees the argument as rounded, scale being a power of two.
        let exact = exp(Double(scale) * Double(x[index] - largest))
        #expect(abs(Double(y[index]) - exact) <= 2 * Double(Float(exact).ulp))
        sum += exact
      }
      #expect(abs(Double(inverseSums[row]) * sum - 1) < 1e-6)
      #expect(
        y[range.upperBound..<(row + 1) * stride].elementsEqual(x[range.upperBound..<(row + 1) * stride]))
    }
  }

  @Test("a softmax row with NaN or infinity is NaN, and far smaller values are 0")
  func softmaxLimits() {
    var x = [Float](repeating: 0, count: 40)
    (x[3], x[39]) = (-1000, -87)
    var inverse: Float = 0
    repscope_softmax_numerators(&x, 40, 1, 40, 1, &inverse)
    #expect(x[3] == 0)
    #expect(x[39] > 0)
    for bad in [Float.nan, .infinity] {
      var row = [Float](repeating: 0, count: 40)
      row[17] = bad
      repscope_softmax_numerators(&row, 40, 1, 40, 1, &inverse)
      #expect(inverse.isNaN)
    }
  }

  @Test(
    "layer norm is within 8 units in the last place of its largest term", arguments: [1, 7, 32, 100, 1152])
  func layerNorm(_ columns: Int) {
    let (rows, stride, epsilon) = (4, columns + 3, Float(1e-6))
    let x = Self.numbers(rows * stride, range: 5, seed: 11).map { $0 + 2 }
    let (weight, bias) = (
      Self.numbers(columns, range: 2, seed: 12), Self.numbers(columns, range: 2, seed: 13)
    )
    for (usesWeight, usesBias) in [(true, true), (true, false), (false, true), (false, false)] {
      var y = [Float](repeating: 0, count: rows * columns)
      weight.withUnsafeBufferPointer { weight in
        bias.withUnsafeBufferPointer { bias in
          repscope_layer_norm(
            x, stride, rows, columns, epsilon, usesWeight ? weight.baseAddress : nil,
            usesBias ? bias.baseAddress : nil, &y, columns)
        }
      }
      for row in 0..<rows {
        let values = x[row * stride..<row * stride + columns].map(Double.init)
        let mean = values.reduce(0, +) / Double(columns)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
        for (column, value) in values.enumerated() {
          let scaled =
            (value - mean) / (variance + Double(epsilon)).squareRoot()
            * (usesWeight ? Double(weight[column]) : 1)
          let exact = scaled + (usesBias ? Double(bias[column]) : 0)
          let largest = Float(max(abs(scaled), abs(exact), 1))
          #expect(abs(Double(y[row * columns + column]) - exact) <= 8 * Double(largest.ulp))
        }
      }
    }
  }

  @Test("rows are filled, gated and scaled as defined", arguments: [1, 15, 64, 100])
  func rowOperations(_ columns: Int) {
    let (rows, stride) = (3, columns + 1)
    let (x, y) = (
      Self.numbers(rows * stride, range: 3, seed: 21), Self.numbers(rows * stride, range: 3, seed: 22)
    )
    let gate = Self.numbers(columns, range: 2, seed: 23)
    var (gated, added, scaled, filled, cleared) = (x, x, x, x, x)
    repscope_add_gated(&gated, stride, y, stride, gate, rows, columns)
    repscope_add_gated(&added, stride, y, stride, nil, rows, columns)
    repscope_scale_rows(&scaled, stride, [2, 0.5, -1], rows, columns)
    repscope_fill_rows(gate, &filled, stride, rows, columns)
    repscope_fill_rows(nil, &cleared, stride, rows, columns)
    for index in 0..<rows * stride {
      let (row, column) = (index / stride, index % stride)
      guard column < columns else {
        #expect([gated, added, scaled, filled, cleared].allSatisfy { $0[index] == x[index] })
        continue
      }
      // With or without a fused multiply-add.
      let exact = Double(x[index]) + Double(gate[column]) * Double(y[index])
      #expect(abs(Double(gated[index]) - exact) <= Double(Float(9).ulp))
      #expect(added[index] == x[index] + y[index])
      #expect(scaled[index] == x[index] * [2, 0.5, -1][row])
      #expect(filled[index] == gate[column])
      #expect(cleared[index] == 0)
    }
  }

  @Test("gates multiply what follows them, and halves of a row are turned", arguments: [1, 15, 64, 100])
  func gatesAndRotations(_ columns: Int) {
    let (rows, stride) = (3, 2 * columns + 5)
    let x = Self.numbers(rows * stride, range: 8, seed: 31)
    let angles = Self.numbers(rows * columns, range: 3, seed: 32)
    let (cosines, sines) = (angles.map { cos($0) }, angles.map { sin($0) })
    var (gated, turned) = (x, x)
    repscope_swiglu(&gated, stride, rows, columns)
    repscope_rotate_rows(&turned, stride, cosines, sines, rows, columns)
    for row in 0..<rows {
      for column in 0..<stride {
        let index = row * stride + column
        guard column < columns else {
          #expect(gated[index] == x[index])
          #expect(column < 2 * columns || turned[index] == x[index])
          continue
        }
        let (first, second) = (Double(x[index]), Double(x[index + columns]))
        let gate = first / (1 + exp(-first))
        #expect(abs(Double(gated[index]) - gate * second) <= 8 * Double(x[index].ulp) * max(abs(second), 1))
        let (c, s) = (Double(cosines[row * columns + column]), Double(sines[row * columns + column]))
        #expect(abs(Double(turned[index]) - (first * c - second * s)) <= 4 * Double(Float(8).ulp))
        #expect(abs(Double(turned[index + columns]) - (second * c + first * s)) <= 4 * Double(Float(8).ulp))
      }
    }
  }
}
