import Foundation
import LinearAlgebra
import TensorFiles
import Testing

@testable import Alignment

/// What the registry says of a property of one representation, held against the property.
@Suite struct RepresentationPropertyTests {
  static let tokens = 9

  static func features(_ property: RepresentationProperty, _ samples: Int, _ dimensions: Int, seed: UInt64)
    -> Matrix
  {
    // Related, so that the directions have different variances.
    let columns = property.isPatchWise ? tokens * dimensions : dimensions
    return TestFeatures.related(samples, (4, columns), seed: seed).1
  }

  static func settings(_ samples: Int, normalization: Normalization = .l2) throws -> AlignmentSettings {
    let random = CounterRandom(seed: 4)
    let masks = Matrix(
      rows: samples, columns: tokens,
      elements: (0..<UInt64(samples * tokens)).map { Float(random.integer(below: 2, at: $0)) })
    return AlignmentSettings(
      normalization: normalization,
      patchDistances: PatchDistances(far: 3, decay: 4, near: 1, background: 2),
      masks: try PatchMasks(masks, name: "masks"))
  }

  static func value(
    _ property: RepresentationProperty, _ x: Matrix, _ settings: AlignmentSettings, threads: Threads = .all
  ) throws -> Double {
    let prepared = try PreparedRepresentation(
      x, tokens: property.isPatchWise ? tokens : nil, for: [], properties: [property], settings: settings,
      threads: threads)
    return try RepresentationProperty.measure([property], prepared, settings: settings, threads: threads)[0]
  }

  @Test(
    "Every property is its definition, computed directly", arguments: RepresentationProperty.all,
    Normalization.allCases)
  func agreesWithDefinition(property: RepresentationProperty, normalization: Normalization) throws {
    for (samples, dimensions) in [(33, 12), (20, 28), (40, 5)] {
      let x = Self.features(property, samples, dimensions, seed: UInt64(samples))
      let settings = try Self.settings(samples, normalization: normalization)
      let direct = DirectDefinitions(x, normalization, tokens: property.isPatchWise ? Self.tokens : 1)
      let expected = try #require(
        DirectDefinitions.value(property.name, direct, settings),
        "\(property.name) has no direct definition in the tests")
      let found = try Self.value(property, x, settings)
      #expect(abs(found - expected) <= 1e-10 * max(1, abs(expected)), "\(found), expected \(expected)")
    }
  }

  @Test("Values stay within the range that the registry gives", arguments: RepresentationProperty.all)
  func range(property: RepresentationProperty) throws {
    for seed in 0..<6 as Range<UInt64> {
      let x = Self.features(property, 30, 7, seed: seed)
      let value = try Self.value(property, x, Self.settings(30))
      if let lower = property.range.lower { #expect(value >= lower) }
      if let upper = property.range.upper { #expect(value <= upper) }
    }
  }

  @Test("What the registry says changes nothing changes nothing", arguments: RepresentationProperty.all)
  func invariances(property: RepresentationProperty) throws {
    let x = Self.features(property, 50, 8, seed: 41)
    let raw = try Self.settings(50, normalization: .none)
    let value = try Self.value(property, x, raw)
    func changed(_ change: (Float) -> Float) -> Matrix {
      Matrix(
        rows: x.rows, columns: x.columns, elements: x.withUnsafeBufferPointer { $0.map(change) })
    }
    if property.invariances.contains(.scaling) {
      #expect(abs(try Self.value(property, changed { $0 * 8 }, raw) - value) < 1e-9)
    }
    if property.invariances.contains(.translation) {
      #expect(abs(try Self.value(property, changed { $0 + 4 }, raw) - value) < 1e-4)
    }
    if property.invariances.contains(.rotation), !property.isPatchWise {
      // A rotation of each pair of columns by an angle of 3-4-5.
      var rotated = x
      for row in 0..<50 {
        for column in stride(from: 0, to: 8, by: 2) {
          rotated[row, column] = 0.6 * x[row, column] - 0.8 * x[row, column + 1]
          rotated[row, column + 1] = 0.8 * x[row, column] + 0.6 * x[row, column + 1]
        }
      }
      #expect(abs(try Self.value(property, rotated, raw) - value) < 1e-4)
    }
  }

  @Test("Any number of threads gives the same value, bit for bit", arguments: RepresentationProperty.all)
  func threads(property: RepresentationProperty) throws {
    let x = Self.features(property, 500, 6, seed: 42)
    let settings = try Self.settings(500)
    let one = try Self.value(property, x, settings, threads: Threads(1))
    #expect(try Self.value(property, x, settings, threads: Threads(3)) == one)
  }

  @Test("Too few samples is an error that names the property", arguments: RepresentationProperty.all)
  func tooFew(property: RepresentationProperty) throws {
    let samples = property.minimumSamples - 1
    let x = Matrix(rows: samples, columns: property.isPatchWise ? 27 : 3)
    #expect {
      try Self.value(property, x, Self.settings(samples))
    } throws: {
      let error = $0 as? AlignmentError
      return error?.code == .tooFewSamples && error?.description.contains(property.name) == true
    }
  }

  @Test(
    "iREPA's numbers are the goldens', picture by picture",
    arguments: ["default", "far_dist4_dmax5_dneg4_dpos2"])
  func spatialGoldens(variant: String) throws {
    let file = try TensorFile.open("\(GoldenTests.folder)/spatial.safetensors")
    let features = try #require(file["features"])
    let matrix = Matrix(rows: 8, columns: 64 * 32, elements: try features.floats())
    let masks = Matrix(rows: 8, columns: 64, elements: try #require(file["masks"]).floats())
    let distances =
      variant == "default"
      ? PatchDistances() : PatchDistances(far: 4, decay: 5, near: 2, background: 4)
    let found = try SpatialStructure(
      PatchTokens(matrix, perSample: 64), distances: distances, masks: PatchMasks(masks, name: "masks"))
    let data = try Data(contentsOf: URL(filePath: "\(GoldenTests.folder)/spatial_expected.json"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: [String: [String: Any]]])
    let expected = try #require(json[variant])
    var compared = 0
    for (name, values) in [
      ("lds", found.lds ?? []), ("cds", found.cds ?? []), ("srss", found.srss ?? []), ("rmsc", found.rmsc),
    ] {
      // The second variant leaves the root out of RMSC.
      let values = name == "rmsc" && variant != "default" ? values.map { $0 * $0 } : values
      let goldens = try #require(expected[name]?["per_image"] as? [Any])
      #expect(values.count == goldens.count)
      for (value, golden) in zip(values, goldens) {
        if let golden = golden as? Double {
          // They are computed in Float32.
          #expect(abs(value - golden) < 3e-7, "\(name): \(value), \(golden)")
          compared += 1
        } else {
          #expect(value.isNaN && name == "srss")
        }
      }
    }
    #expect(compared == 31)
    let settings = AlignmentSettings(patchDistances: distances, masks: try PatchMasks(masks, name: "masks"))
    var warnings: [String] = []
    let properties: [RepresentationProperty] = [.srss, .lds]
    let prepared = try PreparedRepresentation(
      matrix, tokens: 64, for: [], properties: properties, settings: settings)
    let means = try RepresentationProperty.measure(
      properties, prepared, settings: settings, warnings: &warnings)
    #expect(abs(means[0] - (try #require(expected["srss"]?["mean"] as? Double))) < 3e-7)
    #expect(abs(means[1] - (try #require(expected["lds"]?["mean"] as? Double))) < 3e-7)
    #expect(warnings.count == 1 && warnings[0].contains("leaves out 1 of 8 samples"))
  }

  @Test("TwoNN finds the dimension of what lies in more", arguments: [1, 2, 5])
  func knownDimension(dimension: Int) throws {
    let random = CounterRandom(seed: UInt64(dimension))
    let plane = (0..<1500 * UInt64(dimension)).map { Float(random.integer(below: 1 << 22, at: $0)) * 0x1p-22 }
    // Embedded by an orthogonal map and a little bent.
    var x = Matrix(rows: 1500, columns: 2 * dimension)
    for row in 0..<1500 {
      for column in 0..<dimension {
        let value = plane[row * dimension + column]
        x[row, 2 * column] = 0.6 * value
        x[row, 2 * column + 1] = 0.8 * value + 0.05 * value * value
      }
    }
    let settings = AlignmentSettings(normalization: .none)
    let found = try Self.value(.intrinsicDimension, x, settings)
    // The estimate scatters by about d / sqrt(N), and reads low at the borders of a cube.
    #expect(abs(found - Double(dimension)) < 0.12 * Double(dimension))
  }

  @Test("Known spectra: equal variances fill all directions, one direction fills one")
  func knownSpectra() throws {
    var cross = Matrix(rows: 12, columns: 6)
    for direction in 0..<6 {
      cross[2 * direction, direction] = 3
      cross[2 * direction + 1, direction] = -3
    }
    let raw = AlignmentSettings(normalization: .none)
    #expect(abs(try Self.value(.effectiveRank, cross, raw) - 6) < 1e-12)
    #expect(abs(try Self.value(.participationRatio, cross, raw) - 6) < 1e-12)
    // All cosines are 0 but for the opposite of each.
    #expect(abs(try Self.value(.anisotropy, cross, raw) + 1.0 / 11) < 1e-12)
    var line = Matrix(rows: 12, columns: 6)
    for row in 0..<12 { for column in 0..<6 { line[row, column] = Float(row * (column + 1)) + 1 } }
    #expect(abs(try Self.value(.effectiveRank, line, raw) - 1) < 1e-6)
    #expect(abs(try Self.value(.participationRatio, line, raw) - 1) < 1e-9)
  }

  @Test("What has no value is said")
  func errors() throws {
    func expect(
      _ property: RepresentationProperty, _ x: Matrix, _ code: AlignmentError.Code, _ part: String,
      tokens: Int? = nil, _ settings: AlignmentSettings = AlignmentSettings()
    ) {
      #expect {
        let prepared = try PreparedRepresentation(
          x, tokens: tokens, for: [], properties: [property], settings: settings)
        return try RepresentationProperty.measure([property], prepared, settings: settings)
      } throws: { error in
        guard let error = error as? AlignmentError else { return false }
        return error.code == code && error.description.contains(part)
      }
    }
    func looking(_ distances: PatchDistances) -> AlignmentSettings {
      AlignmentSettings(patchDistances: distances)
    }
    let x = TestFeatures.normal(6, 32, seed: 1)
    expect(.lds, x, .noTokens, "lds looks at patch tokens, and these features are one vector")
    expect(.lds, x, .invalidSetting, "8 tokens are no square grid", tokens: 8)
    let wrongGrid = looking(PatchDistances(grid: PatchGrid(rows: 3, columns: 5)))
    expect(.rmsc, x, .invalidSetting, "a grid of 3x5 has 15 places", tokens: 16, wrongGrid)
    expect(.lds, x, .undefined, "7 or more apart", tokens: 16, looking(PatchDistances(far: 7)))
    expect(.cds, x, .undefined, "up to 1", tokens: 16, looking(PatchDistances(decay: 1)))
    expect(.lds, x, .invalidSetting, "distance", tokens: 16, looking(PatchDistances(decay: .max)))
    expect(.srss, x, .invalidSetting, "srss needs masks", tokens: 16)
    let none = try PatchMasks(Matrix(rows: 6, columns: 16), name: "none")
    expect(.srss, x, .undefined, "no sample's mask", tokens: 16, AlignmentSettings(masks: none))
    let others = try PatchMasks(Matrix(rows: 5, columns: 16), name: "others.npy")
    expect(
      .srss, x, .invalidSetting, "masks others.npy are of 5 samples", tokens: 16,
      AlignmentSettings(masks: others))
    let alike = Matrix(rows: 6, columns: 3, elements: [Float](repeating: 1, count: 18))
    expect(.effectiveRank, alike, .undefined, "all samples are alike")
    expect(.intrinsicDimension, alike, .undefined, "6 have an exact duplicate")
    for discard in [-0.1, 1, .nan] {
      expect(.intrinsicDimension, x, .invalidSetting, "share to discard", AlignmentSettings(discard: discard))
    }
    var hole = x
    for column in 0..<32 { hole[2, column] = 0 }
    expect(.anisotropy, hole, .zeroRow, "row 2 is all zeros", AlignmentSettings(normalization: .none))
    #expect {
      try PatchMasks(Matrix(rows: 2, columns: 2, elements: [0, 1, 1, 2]), name: "m")
    } throws: {
      ($0 as? AlignmentError)?.description.contains("row 1 of the masks has 2.0 at token 1") == true
    }
  }

  @Test("A sample with an exact duplicate has no ratio, and is left out with a warning")
  func duplicates() throws {
    let x = TestFeatures.normal(40, 3, seed: 2)
    let doubled = x.gathering(rows: Array(0..<40) + [7])
    var warnings: [String] = []
    let prepared = try PreparedRepresentation(doubled, for: [], properties: [.intrinsicDimension])
    _ = try RepresentationProperty.measure([.intrinsicDimension], prepared, warnings: &warnings)
    #expect(warnings == ["intrinsic-dimension leaves out 2 samples with an exact duplicate"])
  }

  @Test("Names are unique among metrics and properties, and parameters say what a value depends on")
  func registry() throws {
    let names = MetricDescriptions.all.map(\.name)
    #expect(
      Set(names).count == names.count && names.count == Metric.all.count + RepresentationProperty.all.count)
    for name in names { #expect(MetricDescriptions.named(name)?.name == name) }
    let settings = try Self.settings(3)
    #expect(RepresentationProperty.srss.parameters(settings) == "background=2;masks=masks;near=1")
    #expect(RepresentationProperty.effectiveRank.parameters(settings) == "normalize=l2")
    #expect(RepresentationProperty.intrinsicDimension.parameters(settings) == "discard=0.1;normalize=l2")
    #expect(Metric.svcca.parameters(settings) == "components=10;normalize=l2")
  }
}
