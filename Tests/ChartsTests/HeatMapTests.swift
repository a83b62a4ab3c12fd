import Curves
import Features
import Files
import Foundation
import Testing

@testable import Charts

@Suite struct HeatMapTests {
  /// Maps that are hard to lay out.
  static let awkward: [(name: String, map: HeatMap)] = {
    var maps: [(String, HeatMap)] = []
    func add(_ name: String, _ make: () throws -> HeatMap) {
      do { maps.append((name, try make())) } catch { Issue.record("\(name): \(error)") }
    }
    for (rows, columns) in [(2, 2), (1, 28), (28, 1), (5, 12), (11, 28), (30, 30), (30, 3), (3, 30)] {
      for isSquare in [false, true] {
        add("\(rows) by \(columns)\(isSquare ? ", square" : "")") {
          try map(rows: rows, columns: columns, isSquare: isSquare)
        }
      }
    }
    for count in [2, 10, 30, 59, 61, 150] {
      add("\(count) names") {
        let names = (0..<count).map { "class \($0)" }
        return try HeatMap(confusion: names.map { _ in names.map { _ in 7 } }, classes: names)
      }
    }
    add("long names") {
      let names = (0..<12).map { "a class with a name as long as a sentence, number \($0)" }
      return try HeatMap(confusion: names.map { _ in names.map { _ in 7 } }, classes: names)
    }
    add("nothing measured") { try map(rows: 3, columns: 4) { _ in .nan } }
    add("infinite") { try map(rows: 3, columns: 4) { $0 > 5 ? .infinity : $0 } }
    add("constant") { try map(rows: 3, columns: 4) { _ in -2.5 } }
    add("zeros") { try map(rows: 3, columns: 4) { _ in 0 } }
    add("huge") { try map(rows: 3, columns: 4) { ($0 - 5) * 1e307 } }
    add("tiny") { try map(rows: 3, columns: 4) { $0 * 1e-9 } }
    add("long titles") {
      var map = try map(rows: 4, columns: 3)
      map.title = String(repeating: "a title that goes on ", count: 12)
      map.subtitle = String(repeating: "and-on-without-a-space", count: 12)
      map.note = String(repeating: "with a note below ", count: 20)
      map.rows.title = String(repeating: "rows that need words ", count: 4)
      map.columns.title = String(repeating: "columns that need words ", count: 4)
      map.colorTitle = String(repeating: "colours that need words ", count: 4)
      return map
    }
    return maps
  }()

  private static func map(
    rows: Int, columns: Int, isSquare: Bool = false, value: (Double) -> Double = { $0 }
  ) throws -> HeatMap {
    try HeatMap(
      title: "CKNNA with dinov2", subtitle: "500 samples",
      columns: .init(title: "Layer", labels: (1...columns).map(String.init), isOrdered: true),
      rows: .init(title: "Time step t", labels: (1...rows).reversed().map { "0.\($0)" }, isOrdered: true),
      values: (0..<rows).map { row in (0..<columns).map { value(Double((row * 7 + $0 * 3) % 11)) } },
      colorTitle: "CKNNA (k = 10)", isSquare: isSquare)
  }

  @Test(arguments: awkward.map(\.name))
  func noTextIsCutOrCoversAnother(name: String) throws {
    let map = try #require(Self.awkward.first { $0.name == name }).map
    for metrics in [PlainFontMetrics(), CairoFontMetrics()] as [any FontMetrics] {
      let layout = HeatMapLayout(map, size: Size(width: 600, height: 450), metrics: metrics)
      let canvas = layout.canvas()
      let page = Rectangle(x: 0, y: 0, width: canvas.size.width, height: canvas.size.height)
      // Numbers in cells are the only texts in the plot.
      let inside = canvas.texts.filter { layout.plot.contains($0.box) }
      #expect(inside.isEmpty || inside.count == map.values.joined().count(where: \.isFinite))
      let texts = canvas.texts
      for (index, text) in texts.enumerated() {
        #expect(page.contains(text.box), "\(text.text) at \(text.box) leaves the page of \(page)")
        #expect(layout.plot.contains(text.box) || !layout.plot.overlaps(text.box), "\(text.text)")
        for other in texts[(index + 1)...] {
          #expect(!text.box.overlaps(other.box), "\(text.text) covers \(other.text)")
        }
      }
    }
  }

  @Test(arguments: awkward.map(\.name))
  func everyMapCanBeWrittenInEveryFormat(name: String) throws {
    let map = try #require(Self.awkward.first { $0.name == name }).map
    for format in FigureFormat.allCases { #expect(try map.encoded(as: format, scale: 1).count > 1000) }
  }

  @Test func everyNameOfSixtyClassesIsShown() throws {
    let names = (0..<60).map { "class-\($0)" }
    let map = try HeatMap(confusion: names.map { _ in names.map { _ in 1 } }, classes: names)
    let texts = try map.canvas(metrics: PlainFontMetrics()).texts.map(\.text)
    for name in names { #expect(texts.count { $0 == name } == 2) }
  }

  @Test func cellsWithoutAValueAreHatchedAndTheNoteSaysSo() throws {
    let map = try Self.map(rows: 2, columns: 2) { $0 == 3 ? .nan : $0 }
    let canvas = try map.canvas(metrics: PlainFontMetrics())
    #expect(canvas.texts.contains { $0.text == "Hatched: no value." })
    #expect(canvas.texts.filter { ["0", "7", "10"].contains($0.text) && $0.font.size == 11 }.count == 3)
    let full = try Self.map(rows: 2, columns: 2).canvas(metrics: PlainFontMetrics())
    #expect(!full.texts.contains { $0.text == "Hatched: no value." })
  }

  @Test func aTableBecomesTimeStepsUpAndLayersAcross() throws {
    let map = try HeatMap(TableChartTests.table.filter(model: "repa"), metric: "cknna")
    #expect(map.title == "repa: CKNNA with dinov2_tiny")
    #expect(map.columns.labels == (1...8).map(String.init))
    #expect(map.rows.labels == ["0.5", "0.1"])
    #expect(map.values[1][2] == 0.24656)
    #expect(map.values[0][7] == 0.139705)
    #expect(map.colorTitle == "CKNNA (k = 10)")
    let all = try HeatMap.maps(of: TableChartTests.table, metric: "cknna")
    #expect(all.count == 4)
    #expect(all.first?.name == "repa")
    let error = try #require(throws: ChartError.self) { try HeatMap(TableChartTests.table, metric: "cknna") }
    #expect(error.description.contains("fill 4 heat maps"))
    #expect(throws: ChartError.self) { try HeatMap(TableChartTests.table, metric: "cka") }
  }

  @Test func aReferenceWithLayersBecomesASquareMatrix() throws {
    var rows: [MeasurementTable.Row] = []
    for layer in 1...3 {
      for other in 1...4 where (layer, other) != (2, 2) {
        rows.append(
          MeasurementTable.Row(
            model: "sit", layer: LayerLabel(layer), timestep: 0.5, reference: "dino",
            referenceLayer: LayerLabel(other), metric: "cka", samples: 10, value: Double(layer * 10 + other)))
      }
    }
    let map = try HeatMap(MeasurementTable(rows), metric: "cka")
    #expect(map.isSquare)
    #expect(map.rows.title == "Layer of dino")
    #expect(map.rows.labels == ["4", "3", "2", "1"])
    #expect(map.values[3] == [11, 21, 31])
    #expect(map.values[2][1].isNaN)
  }

  @Test func aConfusionMatrixIsColouredByTheShareOfTheTrueClass() throws {
    let map = try HeatMap(confusion: [[3, 1], [0, 0]], classes: ["cat", "dog"])
    #expect(map.values[0] == [0.75, 0.25])
    #expect(map.values[1].allSatisfy { $0.isNaN })
    #expect(map.texts == [["3", "1"], ["0", "0"]])
    #expect(map.subtitle == "accuracy 75.0 % of 4 samples")
    #expect(throws: ChartError.self) { try HeatMap(confusion: [[1]], classes: ["a", "b"]) }
    #expect(throws: ChartError.self) { try HeatMap(confusion: [], classes: []) }
    let error = try #require(throws: ChartError.self) {
      try HeatMap(confusion: [[1, -1], [0, 1]], classes: ["a", "b"])
    }
    #expect(error.code == .badValue)
  }

  @Test(arguments: [
    ("label,a,b\na,1,2\nb,0,4\n", nil), ("\"label\",\"a,b\"\n\"a,b\",1\n", nil),
    ("model,a\na,1\n", "expected label"), ("label\n", "expected label"), ("", "expected label"),
    ("label,a\na,1,2\n", "more than 2 fields"), ("label,a,b\na,1\n", "found 2 fields"),
    ("label,a\na,1.5\n", "expected a count"), ("label,a\na,-1\n", "expected a count"),
    ("label,a\n", "no cells"),
  ])
  func confusionFilesAreReadOrRefused(text: String, error: String?) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("confusion-\(UUID()).csv").path
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    guard let error else {
      let map = try HeatMap(contentsOfConfusionCSV: file)
      #expect(map.rows.labels == map.columns.labels)
      #expect(try HeatMap.isConfusionCSV(file))
      return
    }
    let thrown = try #require(throws: (any Error).self) { try HeatMap(contentsOfConfusionCSV: file) }
    #expect("\(thrown)".contains(error))
  }

  @Test(arguments: ["heatmap", "confusion"])
  func theLayoutIsTheStoredOne(name: String) throws {
    let map =
      try name == "heatmap"
      ? HeatMap(TableChartTests.table.filter(model: "repa"), metric: "cknna")
      : HeatMap(confusion: [[3, 1, 0], [0, 0, 0], [2, 2, 40]], classes: ["cat", "dog", "frog"])
    try expectStored(map.canvas(metrics: PlainFontMetrics()).listing, as: name)
  }
}

@Suite struct ColorMapTests {
  @Test func lightnessFallsSteadilyAndEqualStepsLookEqual() {
    let colors = ColorMap.standard.colors
    for color in colors {
      for part in [color.red, color.green, color.blue] { #expect(part >= 0 && part <= 1) }
    }
    let labs = colors.map(lab)
    #expect(zip(labs, labs.dropFirst()).allSatisfy { $0.lightness > $1.lightness })
    let steps = zip(labs, labs.dropFirst()).map { $0.distance(to: $1) }
    let mean = steps.reduce(0, +) / Double(steps.count)
    #expect(steps.allSatisfy { ($0 / mean - 1).magnitude < 0.01 })
    #expect(ColorMap.standard.color(at: 0) == colors[0])
    #expect(ColorMap.standard.color(at: 2) == colors[255])
  }

  /// OKLab of an sRGB colour, by the forward matrices of its definition.
  private func lab(_ color: Color) -> OKLab {
    func linear(_ part: Double) -> Double {
      part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    let (r, g, b) = (linear(color.red), linear(color.green), linear(color.blue))
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return OKLab(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  @Test func countsBeyondAllReasonAreAnError() throws {
    #expect(throws: ChartError.self) {
      try HeatMap(confusion: [[.max, .max], [0, 1]], classes: ["a", "b"])
    }
  }
}
