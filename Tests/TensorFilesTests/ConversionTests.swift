import CKernels
import TestSupport
import Testing

@testable import TensorFiles

@Suite struct ConversionTests {
  @Test func everyHalfIsConvertedAsTheProcessorDoes() {
    let halves = (0...UInt16.max).map(\.self)
    var floats = [Float](repeating: 0, count: halves.count)
    repscope_float16_to_float32(halves, &floats, halves.count)
    var back = [UInt16](repeating: 0, count: halves.count)
    repscope_float32_to_float16(floats, &back, halves.count)
    for (half, (float, again)) in zip(halves, zip(floats, back)) {
      let expected = Float16(bitPattern: half)
      guard !expected.isNaN else {
        #expect(float.isNaN && Float16(bitPattern: again).isNaN)
        continue
      }
      if float != Float(expected) || again != half {
        Issue.record("half \(half): \(float) and back \(again)")
      }
    }
  }

  @Test func floatsAreRoundedToTheNearestHalfWithTiesToEven() {
    var random = SplitMix64(state: 1)
    var floats = (0..<20_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    floats += [
      65504, 65519.996, 65520, 5.9604645e-8, 2.9802322e-8, 2.9802326e-8, 6.1035156e-5, 6.1e-5, 0, -0.0,
    ]
    floats += (0..<20_000).map { _ in Float.random(in: -70000...70000, using: &random) }
    floats += (0..<20_000).map { _ in Float.random(in: -0.0001...0.0001, using: &random) }
    var halves = [UInt16](repeating: 0, count: floats.count)
    repscope_float32_to_float16(floats, &halves, floats.count)
    for (float, half) in zip(floats, halves) where !float.isNaN {
      if Float16(float).bitPattern != half { Issue.record("\(float) became \(half)") }
    }
  }

  private func tensor(_ bytes: [UInt8], _ type: ElementType, shape: [Int], strides: [Int]? = nil) throws
    -> Tensor
  {
    try Tensor(
      name: "x", shape: shape, strides: strides, elementType: type,
      storage: try TensorStorage(copying: bytes, name: "memory"))
  }

  @Test func doublesBeyondFloatAreAnErrorThatNamesTheElement() throws {
    let values: [Double] = [1, -.infinity, 1e39]
    let bytes = values.flatMap { [UInt8](littleEndian: $0.bitPattern) }
    let error = #expect(throws: TensorFileError.self) { try tensor(bytes, .float64, shape: [3]).floats() }
    #expect(error?.code == .notRepresentable)
    #expect(error?.found.contains("too large for Float32") == true)
    #expect(error?.found.contains("element 2") == true)
    #expect(try tensor(bytes, .float64, shape: [2]).floats() == [1, -.infinity])
    #expect(try tensor(bytes, .float64, shape: [3]).doubles() == values)
  }

  @Test func integersAreExactOrAnError() throws {
    let large = [UInt8](littleEndian: (1 << 24) + 1)
    #expect(try tensor(large, .int64, shape: [1]).integers() == [(1 << 24) + 1])
    #expect(try tensor(large, .int64, shape: [1]).floats() == [Float(1 << 24)])
    let half = [UInt8](littleEndian: Float(0.5).bitPattern)
    #expect(throws: TensorFileError.self) { try tensor(half, .float32, shape: [1]).integers() }
    let notANumber = [UInt8](littleEndian: Float.nan.bitPattern)
    #expect(throws: TensorFileError.self) { try tensor(notANumber, .float32, shape: [1]).integers() }
    let beyond = [UInt8](repeating: 255, count: 8)
    #expect(throws: TensorFileError.self) { try tensor(beyond, .uint64, shape: [1]).integers() }
    #expect(try tensor(beyond, .uint64, shape: [1]).doubles() == [0x1p64])
  }

  @Test func rowsAndDestinationAreChecked() throws {
    let x = try tensor([UInt8](0..<12), .uint8, shape: [3, 4])
    var destination = [Float](repeating: 0, count: 4)
    try destination.withUnsafeMutableBufferPointer { buffer in
      try x.copyFloats(rows: 2..<3, into: buffer)
      #expect(throws: TensorFileError.self) { try x.copyFloats(rows: 1..<3, into: buffer) }
      #expect(throws: TensorFileError.self) { try x.copyFloats(rows: 3..<4, into: buffer) }
      #expect(throws: TensorFileError.self) { try x.copyFloats(rows: -1..<1, into: buffer) }
      try x.copyFloats(rows: 3..<3, into: buffer)
    }
    #expect(destination == [8, 9, 10, 11])
  }

  @Test func viewsOutsideTheStorageAreRefused() throws {
    #expect(throws: TensorFileError.self) { try tensor([0, 0, 0], .uint8, shape: [2], strides: [3]) }
    #expect(throws: TensorFileError.self) { try tensor([0], .uint8, shape: [Int.max, 2], strides: [0, 0]) }
    #expect(throws: TensorFileError.self) { try tensor([0], .uint8, shape: [2], strides: [-1]) }
    #expect(throws: TensorFileError.self) {
      try tensor([0], .uint8, shape: [2, 2], strides: [Int.max, Int.max])
    }
    #expect(try tensor([7], .uint8, shape: [3], strides: [0]).integers() == [7, 7, 7])
  }

  @Test func shapesWithoutElementsMayHaveAnyLengthsAndStrides() throws {
    let large = 1 << 40
    for (shape, strides) in [
      ([0, large, large], [1, large, 1]), ([large, 0, large], [Int.max, Int.max, 1]),
      ([0, 2], [1, Int.max]),
    ] {
      for order in [ByteOrder.littleEndian, .bigEndian] {
        let x = try Tensor(
          name: "x", shape: shape, strides: strides, elementType: .float32,
          storage: try TensorStorage(copying: [1], name: "memory"), byteOrder: order)
        #expect(try x.floats().isEmpty)
        #expect(try x.integers().isEmpty)
        #expect(x.isContiguous)
        try x.withLittleEndianBytes { #expect($0.isEmpty) }
        try x.withFloats { #expect($0.isEmpty) }
      }
    }
  }

  @Test func aTensorMayRepeatItsElementsWithinMeasure() throws {
    let small = try tensor([7], .uint8, shape: [1 << 20], strides: [0])
    #expect(try small.floats() == [Float](repeating: 7, count: 1 << 20))
    let bytes = [UInt8](repeating: 1, count: 1 << 17)
    #expect(try tensor(bytes, .uint8, shape: [16, 1 << 17], strides: [0, 1]).count == 1 << 21)
    for (bytes, shape, strides) in [([7], [1 << 40], [0]), (bytes, [17, 1 << 17], [0, 1])] {
      let error = #expect(throws: TensorFileError.self) {
        try tensor(bytes, .uint8, shape: shape, strides: strides)
      }
      #expect(error?.code == .limitExceeded)
    }
  }

  @Test func runsFollowCOrderWhateverTheStrides() throws {
    var random = SplitMix64(state: 7)
    for _ in 0..<200 {
      let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...4, using: &random)
      }
      let strides = shape.map { _ in Int.random(in: 0...5, using: &random) }
      let x = try tensor([UInt8](0..<64), .uint8, shape: shape, strides: strides)
      var expected = [0]
      for (length, stride) in zip(shape, strides) {
        expected = expected.flatMap { base in (0..<length).map { base + $0 * stride } }
      }
      #expect(try x.integers() == expected)
      #expect(try x.floats() == expected.map(Float.init))
      let first = Int.random(in: 0...shape[0], using: &random)
      let rows = first..<Int.random(in: first...shape[0], using: &random)
      let row = expected.count / shape[0]
      var part = [Float](repeating: -1, count: rows.count * row)
      try part.withUnsafeMutableBufferPointer { try x.copyFloats(rows: rows, into: $0) }
      #expect(part == expected[rows.lowerBound * row..<rows.upperBound * row].map(Float.init))
    }
  }
}
