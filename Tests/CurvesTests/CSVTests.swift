import Features
import Files
import TestSupport
import Testing

@testable import Curves

@Suite struct CSVTests {
  private static let header = MeasurementTable.Column.allCases.filter { $0 != .qValue }.map(\.rawValue)
    .joined(separator: ",")
  private static let line = "sit,400000,8,0.5,dinov2,,,cknna,k=10,500,0.25,,,,,"

  @Test func theHeaderIsTheTidyTables() {
    #expect(
      Self.header
        == "model,step,layer,timestep,reference,reference_layer,reference_timestep,metric,parameters,samples,value,"
        + "ci_low,ci_high,null_threshold,p_value,calibrated")
  }

  @Test func aColumnOfQValuesIsThereWhereARowHasOne() throws {
    var rows = [0.25, 0.5].map { MeasurementTable.Row(model: "sit", metric: "cknna", samples: 5, value: $0) }
    rows[1].qValue = 0.03
    let table = MeasurementTable(rows)
    let text = try table.csv()
    #expect(text.hasPrefix("\(Self.header),q_value\n"))
    #expect(try MeasurementTable(csv: text) == table)
    #expect(try table.json().contains(#""q_value": 0.03}"#))
    #expect(try !MeasurementTable([rows[0]]).json().contains("q_value"))
  }

  @Test func whatDoesNotApplyIsEmpty() throws {
    let row = MeasurementTable.Row(
      model: "sit", step: 400_000, layer: 8, timestep: 0.5, reference: "dinov2", metric: "cknna",
      parameters: "k=10",
      samples: 500, value: 0.25)
    #expect(try MeasurementTable([row]).csv() == "\(Self.header)\n\(Self.line)\n")
    #expect(try MeasurementTable(csv: "\(Self.header)\n\(Self.line)\n").rows == [row])
  }

  @Test func anEmptyTableRoundTrips() throws {
    #expect(try MeasurementTable(csv: try MeasurementTable().csv()).rows.isEmpty)
  }

  @Test(arguments: 0..<20)
  func randomTablesRoundTripExactly(seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    let table = MeasurementTable((0..<40).map { _ in Self.row(&generator) })
    let read = try MeasurementTable(csv: try table.csv())
    #expect(read == table)
    // Equality takes 0 and -0 for the same; the bits do not.
    #expect(read.rows.map(\.value.bitPattern) == table.rows.map(\.value.bitPattern))
  }

  @Test func aByteOrderMarkCRLFEmptyLinesAndAMissingLastLineBreakAreAccepted() throws {
    let text = "\u{FEFF}\(Self.header)\r\n\r\n\(Self.line)\r\n\n\(Self.line)"
    let table = try MeasurementTable(csv: text)
    #expect(table.rows.count == 2)
    #expect(table.rows[1].value == 0.25)
  }

  @Test func columnsMayStandInAnyOrder() throws {
    let columns = Self.header.split(separator: ",").reversed().joined(separator: ",")
    let cells = Self.line.split(separator: ",", omittingEmptySubsequences: false).reversed().joined(
      separator: ",")
    #expect(
      try MeasurementTable(csv: "\(columns)\n\(cells)")
        == MeasurementTable(csv: "\(Self.header)\n\(Self.line)"))
  }

  @Test func integersThatADataFrameWroteAsFractionsAreIntegers() throws {
    let text = Self.line.replacing("400000,8,", with: "400000.0,8.0,")
    let row = try #require(try MeasurementTable(csv: "\(Self.header)\n\(text)").rows.first)
    #expect(row.step == 400_000)
    #expect(row.layer == 8)
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var code: TableError.Code
    var place: String
    var message: String
    var testDescription: String { name }
  }

  private static func body(_ line: String) -> String { "\(header)\n\(Self.line)\n\(line)\n" }

  @Test(arguments: [
    Broken(name: "nothing", text: "", code: .wrongHeader, place: "t.csv:1:1", message: "an empty file"),
    Broken(
      name: "empty lines", text: "\n\r\n", code: .wrongHeader, place: "t.csv:1:1", message: "an empty file"),
    Broken(
      name: "unknown column", text: "\(header),colour\n", code: .wrongHeader,
      place: "t.csv:1:\(header.count + 2)",
      message: "the column \"colour\""),
    Broken(
      name: "missing columns", text: "model,step,value\n", code: .wrongHeader, place: "t.csv:1:1",
      message: "a header without layer, timestep"),
    Broken(
      name: "column twice", text: "model,step,model\n", code: .wrongHeader, place: "t.csv:1:12",
      message: "the column \"model\" twice"),
    Broken(
      name: "another file", text: "PNG;data;here\n", code: .wrongHeader, place: "t.csv:1:1",
      message: "the column \"PNG;data;here\""),
    Broken(name: "short row", text: body("a,b,c"), code: .raggedRow, place: "t.csv:3:1", message: "3 fields"),
    Broken(
      name: "long row", text: body("\(line),7"), code: .raggedRow, place: "t.csv:3:\(line.count + 2)",
      message: "more than 16 fields"),
    Broken(
      name: "value that is no number", text: body(line.replacing("0.25", with: "abc")), code: .badValue,
      place: "t.csv:3:42", message: "value: found \"abc\", expected a number"),
    Broken(
      name: "missing value", text: body(line.replacing("0.25", with: "")), code: .badValue,
      place: "t.csv:3:42",
      message: "value: found nothing, expected a number"),
    Broken(
      name: "NaN", text: body(line.replacing("0.25", with: "nan")), code: .notFinite, place: "t.csv:3:42",
      message: "found \"nan\", expected a finite number"),
    Broken(
      name: "infinity", text: body(line.replacing("0.25", with: "1e999")), code: .notFinite,
      place: "t.csv:3:42",
      message: "expected a finite number"),
    Broken(
      name: "step that is no whole number", text: body(line.replacing("400000", with: "1.5")),
      code: .badValue,
      place: "t.csv:3:5", message: "step: found \"1.5\", expected a whole number"),
    Broken(
      name: "step too large", text: body(line.replacing("400000", with: "99999999999999999999")),
      code: .badValue,
      place: "t.csv:3:5", message: "expected a whole number"),
    Broken(
      name: "layer that no figure can show", text: body(line.replacing(",8,", with: ",9223372036854775807,")),
      code: .badValue, place: "t.csv:3:12", message: "expected a layer's number below a million"),
    Broken(
      name: "time step of a thousand", text: body(line.replacing(",0.5,", with: ",999,")), code: .badValue,
      place: "t.csv:3:14", message: "timestep: found \"999\", expected a time step in 0...1"),
    Broken(
      name: "interval upside down", text: body(line.replacing("0.25,,", with: "0.25,0.3,0.2")),
      code: .badValue,
      place: "t.csv:3:47", message: "ci_low: found \"0.3\", expected at most ci_high, 0.2"),
    Broken(
      name: "after wide characters",
      text: body(line.replacing("sit", with: "模型é").replacing("400000", with: "x")),
      code: .badValue, place: "t.csv:3:5", message: "step"),
    Broken(
      name: "after a line break in quotes",
      text: body(line.replacing("sit", with: "\"a\nb\"").replacing("400000", with: "x")), code: .badValue,
      place: "t.csv:4:4", message: "step"),
    Broken(
      name: "quote never closed", text: body("\"sit,1,2"), code: .malformed, place: "t.csv:3:1",
      message: "a quote that is never closed"),
    Broken(
      name: "quote inside a field", text: body("si\"t,1"), code: .malformed, place: "t.csv:3:3",
      message: "a quote inside a field"),
    Broken(
      name: "text after a closing quote", text: body("\"sit\"x,1"), code: .malformed, place: "t.csv:3:6",
      message: "text after a closing quote"),
    Broken(
      name: "carriage return alone", text: body("sit\r,1"), code: .malformed, place: "t.csv:3:4",
      message: "a carriage return alone"),
  ])
  func aMalformedTableIsAnErrorThatSaysWhere(broken: Broken) throws {
    let error = try #require(throws: TableError.self) {
      try MeasurementTable(csv: broken.text, file: "t.csv")
    }
    #expect(error.code == broken.code)
    #expect(error.description.hasPrefix(broken.place + ": "), "\(error)")
    #expect(error.description.contains(broken.message), "\(error)")
  }

  @Test func bytesThatAreNotUTF8AreAnError() throws {
    let bytes = Array("\(Self.header)\nsit".utf8) + [0xFF, 0x2C]
    let error = try #require(throws: TableError.self) { try MeasurementTable(csv: bytes, file: "t.csv") }
    #expect(error.code == .notUTF8)
    #expect(error.place?.line == 2)
  }

  @Test func damagedTablesNeverTrap() throws {
    var generator = SplitMix64(state: 7)
    let whole = Array(try MeasurementTable((0..<5).map { _ in Self.row(&generator) }).csv().utf8)
    var refused = 0
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert([0x22, 0x2C, 0x0A, 0x0D].randomElement(using: &generator) ?? 0, at: place)
        }
      }
      do {
        for row in try MeasurementTable(csv: bytes, file: "t.csv").rows { #expect(row.value.isFinite) }
      } catch {
        #expect(error.place != nil)
        refused += 1
      }
    }
    #expect(refused > 500)
  }

  @Test func aTableWithANaNIsNotWritten() throws {
    let table = MeasurementTable([MeasurementTable.Row(model: "a", metric: "cka", samples: 2, value: .nan)])
    let error = try #require(throws: TableError.self) { try table.csv() }
    #expect(error.description == "row 1, value: found nan, expected a finite number")
    #expect(throws: TableError.self) { try table.json() }
  }

  /// A row of awkward texts and numbers.
  static func row(_ generator: inout SplitMix64) -> MeasurementTable.Row {
    func text() -> String {
      let pieces = ["a", ",", "\"", "\n", "\r\n", "\r", "é", "e\u{301}", "模型", "🧪", " ", "", ";k=10", "1"]
      return (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }.joined()
    }
    func number() -> Double {
      let special = [
        0, -0.0, Double.leastNonzeroMagnitude, 1e-5, .greatestFiniteMagnitude, 0.1, 1.0 / 3, -1, 1e22,
      ]
      if Bool.random(using: &generator) { return special.randomElement(using: &generator) ?? 0 }
      let any = Double(bitPattern: generator.next())
      return any.isFinite ? any : 0.5
    }
    func share() -> Double {
      let special = [0, 1, .leastNonzeroMagnitude, 1.0 / 3]
      if Bool.random(using: &generator) { return special.randomElement(using: &generator) ?? 0 }
      return .random(in: 0...1, using: &generator)
    }
    func some<Value>(_ value: Value?) -> Value? { Bool.random(using: &generator) ? value : nil }
    let interval = [number(), number()].sorted()
    return MeasurementTable.Row(
      model: text(), step: some(Int(truncatingIfNeeded: generator.next())), layer: some(LayerLabel(text())),
      timestep: some(share()), reference: text(),
      referenceLayer: some(LayerLabel(Int.random(in: 0...40, using: &generator))),
      referenceTimestep: some(share()), metric: text(), parameters: text(),
      samples: Int.random(in: 0...10_000, using: &generator),
      value: number(), ciLow: some(interval[0]), ciHigh: some(interval[1]), nullThreshold: some(number()),
      pValue: some(number()), calibrated: some(number()))
  }
}
