import Files
import Curves
import Foundation
import TestSupport
import Testing

@testable import Charts

@Suite struct FileTests {
  private func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  @Test func aPNGHasTheAskedSizeAndSomethingOnIt() throws {
    let chart = try LineChart(TableChartTests.table, metric: "cknna")
    let png = try chart.encoded(as: .png)
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    #expect(bigEndian(png[16..<20]) == 1440)
    #expect(bigEndian(png[20..<24]) == 900)
    let blank = try Canvas(size: Size(width: 720, height: 450)).encoded(as: .png, scale: 2)
    #expect(png.count > 4 * blank.count)
    let large = try chart.encoded(as: .png, width: 1280, height: 800, scale: 1)
    #expect(bigEndian(large[16..<20]) == 1280)
    #expect(bigEndian(large[20..<24]) == 800)
  }

  @Test(arguments: AwkwardCharts.all.map(\.name))
  func everyChartCanBeWrittenInEveryFormat(name: String) throws {
    let chart = try #require(AwkwardCharts.all.first { $0.name == name }).chart
    for format in FigureFormat.allCases {
      #expect(try chart.encoded(as: format, scale: 1).count > 1000)
    }
  }

  @Test(arguments: FigureFormat.allCases)
  func drawingTwiceGivesTheSameBytes(format: FigureFormat) throws {
    let chart = try LineChart(TableChartTests.calibrated, metric: "cknna")
    let first = try chart.encoded(as: format)
    let other = try LineChart(TableChartTests.table, metric: "cknna").encoded(as: format)
    #expect(first != other)
    #expect(try chart.encoded(as: format) == first)
  }

  @Test func aPDFHoldsNoTimeOfDrawing() throws {
    let pdf = try LineChart(TableChartTests.table, metric: "cknna").encoded(as: .pdf)
    let text = String(decoding: pdf, as: UTF8.self)
    // Some versions of Cairo pack the date away; where it can be read, it is the fixed one.
    for date in text.split(separator: "/CreationDate").dropFirst() {
      #expect(date.prefix(24).contains("20000101000000"))
    }
    #expect(!text.contains("/ModDate"))
  }

  @Test func theEndingNamesTheFormat() throws {
    #expect(try FigureFormat(path: "a/b.PNG") == .png)
    #expect(try FigureFormat(path: "x.y.svg") == .svg)
    #expect(try FigureFormat(path: ".pdf") == .pdf)
    for path in ["x.jpeg", "folder.png/x", "", "png", "x."] {
      let error = try #require(throws: ChartError.self) { try FigureFormat(path: path) }
      #expect(error.code == .unknownFormat)
      #expect(error.description.hasSuffix("expected a figure's: .png, .svg, .pdf"))
    }
  }

  @Test func aFigureIsWrittenWholeOrNotAtAll() throws {
    let folder = try TemporaryFolder()
    let chart = try LineChart(TableChartTests.table, metric: "cknna")
    let path = folder.path + "/figure.svg"
    try chart.write(to: path)
    #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path))) == chart.encoded(as: .svg))
    let error = try #require(throws: FileError.self) { try chart.write(to: folder.path + "/no/figure.png") }
    #expect(error.operation == .write)
    #expect(throws: ChartError.self) { try chart.write(to: folder.path + "/figure.gif") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["figure.svg"])
  }

  @Test func textWithControlCharactersIsDrawn() throws {
    var chart = AwkwardCharts.all[0].chart
    chart.title = "a\nb\u{0}c\u{7}"
    #expect(try chart.encoded(as: .svg).count > 1000)
  }
}
