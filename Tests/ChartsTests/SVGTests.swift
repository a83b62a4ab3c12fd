import Foundation
import Testing

@testable import Charts

/// SVG in which text is text.
@Suite struct SVGTests {
  private func svg(_ chart: LineChart) throws -> String {
    String(decoding: try chart.encoded(as: .svg), as: UTF8.self)
  }

  @Test func everyTextOfTheLayoutIsInTheFile() throws {
    let chart = try LineChart(TableChartTests.table, metric: "cknna")
    let file = try svg(chart)
    for run in try chart.canvas().texts { #expect(file.contains(">\(run.text)</text>")) }
    #expect(file.contains("<title>"))
  }

  @Test(arguments: AwkwardCharts.all.map(\.name))
  func everyFileIsXML(name: String) throws {
    let chart = try #require(AwkwardCharts.all.first { $0.name == name }).chart
    let parser = XMLCheck(Data(try chart.encoded(as: .svg)))
    #expect(parser.isWellFormed)
    #expect(parser.openElements == 0)
  }

  @Test func pointsTellTheirValues() throws {
    let chart = LineChart(
      horizontal: .layers([7, 8]), vertical: Axis(title: "CKNNA"),
      series: [
        LineChart.Series(
          name: "a < b & \"c\"",
          points: [
            LineChart.Point(x: 7, y: 0.25), LineChart.Point(x: 8, y: 0.5, band: 0.4...0.6),
          ], style: LineChart.Style(color: Color(hex: 0x0072B2)))
      ])
    let file = try svg(chart)
    #expect(file.contains("<title>a &lt; b &amp; &quot;c&quot;, layer 7: 0.2500</title>"))
    #expect(file.contains("layer 8: 0.5000 (0.4000 to 0.6000)</title>"))
  }
}

/// Tags that open and close in order, attributes in quotes, no bare ampersand: what this writer could get wrong.
private struct XMLCheck {
  private(set) var isWellFormed = true
  private(set) var openElements = 0

  init(_ data: Data) {
    let text = String(decoding: data, as: UTF8.self)
    var open: [Substring] = []
    for part in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      let pieces = part.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      guard pieces.count == 2 else {
        isWellFormed = false
        continue
      }
      let (tag, body) = (pieces[0], pieces[1])
      if tag.hasPrefix("/") {
        if open.popLast() != tag.dropFirst() { isWellFormed = false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
      if tag.count(where: { $0 == "\"" }) % 2 != 0 { isWellFormed = false }
      for piece in (tag + body).split(separator: "&", omittingEmptySubsequences: false).dropFirst()
      where !["amp;", "lt;", "gt;", "quot;"].contains(where: piece.hasPrefix) {
        isWellFormed = false
      }
    }
    openElements = open.count
  }
}
