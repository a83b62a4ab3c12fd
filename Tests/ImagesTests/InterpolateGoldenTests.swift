import LinearAlgebra
import TensorFiles
import Testing

@testable import Images

/// Resampling of float grids against PyTorch's `interpolate` (fixtures/goldens/preprocessing/interpolate_cases).
@Suite struct InterpolateGoldenTests {
  private static func golden(_ name: String) throws -> Tensor {
    let file = try TensorFile.open(
      Fixture.path("goldens/preprocessing/interpolate_cases.expected.safetensors"))
    return try #require(file[name])
  }

  @Test(arguments: [ResamplingFilter.bicubic], [(14, 14), (40, 31), (9, 23)])
  func bicubic(filter: ResamplingFilter, size: (Int, Int)) throws {
    for antialias in [false, true] {
      try check(
        "bicubic_\(size.0)x\(size.1)_antialias_\(antialias ? 1 : 0)",
        GridResampling(from: (16, 16), to: size, filter: .bicubic, antialias: antialias))
    }
  }

  @Test func bilinear() throws {
    try check(
      "bilinear_9x23_antialias_0",
      GridResampling(from: (16, 16), to: (9, 23), filter: .bilinear, antialias: false))
  }

  @Test func anExplicitScaleFactor() throws {
    try check(
      "bicubic_scale_0.88125_antialias_0_recomputed_false",
      GridResampling(
        from: (16, 16), to: (14, 14), filter: .bicubic, antialias: false, scaleFactors: (0.88125, 0.88125)))
  }

  /// Sizes where the rounding of coordinates in Float32 shows (fixtures/images).
  @Test func coordinatesAreRoundedAsInPyTorch() throws {
    let file = try TensorFile.open(Fixture.path("images/interpolate.npz"))
    func check(_ name: String, _ input: String, _ resampling: GridResampling) throws {
      let expected = try #require(file[name]).floats()
      let found = resampling(try #require(file[input]).floats(), channels: 1)
      #expect(found.count == expected.count)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(name)")
    }
    for filter in [ResamplingFilter.bicubic, .bilinear] {
      for antialias in [false, true] {
        let name = "\(filter)_\(antialias ? 1 : 0)"
        try check(
          "line_\(name)", "line",
          GridResampling(from: (2, 1031), to: (2, 333), filter: filter, antialias: antialias))
        try check(
          "table_\(name)", "table",
          GridResampling(from: (37, 37), to: (16, 9), filter: filter, antialias: antialias))
      }
    }
    for size in [(16, 9), (37, 37)] {
      try check(
        "table_offset_\(size.0)x\(size.1)", "table",
        GridResampling(
          from: (37, 37), to: size, filter: .bicubic, antialias: false,
          scaleFactors: ((Double(size.0) + 0.1) / 37, (Double(size.1) + 0.1) / 37)))
    }
  }

  private func check(_ name: String, _ resampling: GridResampling) throws {
    let tensor = try Self.golden(name)
    let input = try Self.golden("x").floats()
    let expected = try tensor.floats()
    let area = resampling.rows.outputCount * resampling.columns.outputCount
    #expect(expected.count == 2 * area)
    // One channel at a time, and both interleaved: the two ways the kernels go.
    let interleaved = resampling((0..<256).flatMap { [input[$0], input[256 + $0]] }, channels: 2)
    for channel in 0..<2 {
      let plane = resampling(Array(input[channel * 256..<(channel + 1) * 256]), channels: 1)
      for place in 0..<area {
        #expect(abs(plane[place] - expected[channel * area + place]) <= 1e-5)
        #expect(abs(interleaved[2 * place + channel] - expected[channel * area + place]) <= 1e-5)
      }
    }
  }
}
