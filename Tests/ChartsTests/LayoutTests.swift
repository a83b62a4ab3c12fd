import Testing

@testable import Charts

@Suite struct LayoutTests {
  private static let pages = [
    Size(width: 720, height: 450), Size(width: 400, height: 300), Size(width: 1280, height: 800),
  ]

  @Test(arguments: AwkwardCharts.all.map(\.name), pages)
  func noTextIsCutOrCoversAnother(name: String, size: Size) throws {
    let chart = try #require(AwkwardCharts.all.first { $0.name == name }).chart
    for metrics in [PlainFontMetrics(), CairoFontMetrics()] as [any FontMetrics] {
      let layout = LineChartLayout(chart, size: size, metrics: metrics)
      let canvas = layout.canvas()
      let page = Rectangle(x: 0, y: 0, width: canvas.size.width, height: canvas.size.height)
      let texts = canvas.texts
      for (index, text) in texts.enumerated() {
        #expect(page.contains(text.box), "\(text.text) at \(text.box) leaves the page of \(page)")
        #expect(
          !text.box.overlaps(layout.plot), "\(text.text) at \(text.box) covers the plot at \(layout.plot)")
        for other in texts[(index + 1)...] {
          #expect(
            !text.box.overlaps(other.box), "\(text.text) at \(text.box) covers \(other.text) at \(other.box)")
        }
      }
    }
  }

  @Test(arguments: AwkwardCharts.all.map(\.name))
  func everythingDrawnIsOnThePageAndDataInThePlot(name: String) throws {
    let chart = try #require(AwkwardCharts.all.first { $0.name == name }).chart
    let layout = LineChartLayout(chart, size: Size(width: 720, height: 450), metrics: PlainFontMetrics())
    let canvas = layout.canvas()
    for case .stroke(let path, _) in canvas.commands {
      for case .line(let point) in path.elements {
        #expect(point.x >= 0 && point.x <= canvas.size.width && point.y >= 0 && point.y <= canvas.size.height)
      }
    }
    for point in chart.series.flatMap(\.points) where point.y.isFinite {
      let place = layout.place(x: point.x, y: point.y)
      #expect(place.x >= layout.plot.x && place.x <= layout.plot.right)
      #expect(place.y >= layout.plot.y && place.y <= layout.plot.bottom)
    }
  }

  @Test(arguments: AwkwardCharts.all.map(\.name))
  func everySeriesIsInTheLegend(name: String) throws {
    let chart = try #require(AwkwardCharts.all.first { $0.name == name }).chart
    let canvas = try chart.canvas(metrics: PlainFontMetrics())
    // Names may be broken into lines; no character of them may be lost.
    let all = canvas.texts.map { $0.text.filter { $0 != " " } }.joined()
    for series in chart.series {
      #expect(all.contains(series.name.filter { $0 != " " }))
    }
  }

  @Test func longTextsBreakAtSpacesThenInsideWords() {
    let metrics = PlainFontMetrics()
    let font = Font(size: 10)
    #expect(metrics.lines(of: "one two three", font, width: 48) == ["one two", "three"])
    #expect(metrics.lines(of: "abcdefghij", font, width: 24) == ["abcd", "efgh", "ij"])
    #expect(metrics.lines(of: "sit-xl-repa", font, width: 48) == ["sit-xl-", "repa"])
    #expect(metrics.lines(of: "abc", font, width: 0) == ["a", "b", "c"])
    #expect(metrics.lines(of: "", font, width: 10).isEmpty)
    #expect(metrics.lines(of: "k = 10 · t = 0.5 · n", font, width: 60) == ["k = 10 ·", "t = 0.5 ·", "n"])
    #expect(metrics.lines(of: "k = 10 · t = 0.5 · n", font, width: 84) == ["k = 10 ·", "t = 0.5 · n"])
    #expect(metrics.lines(of: "one two three · n", font, width: 48) == ["one two", "three ·", "n"])
  }

  @Test func namesOfCloseLinesKeepTheirOrderAndDoNotTouch() {
    let lines = (0..<5).map { LineChart.ReferenceLine(name: "line \($0)", y: 0) }
    let labels = ReferenceLabels(lines, metrics: PlainFontMetrics())
    let middles = labels.middles(for: [100, 101, 102, 300, 99], top: 0, bottom: 310)
    #expect(middles[3] == 300 || middles[3] < 310)
    let order = [4, 0, 1, 2, 3].map { middles[$0] }
    #expect(zip(order, order.dropFirst()).allSatisfy { $1 - $0 >= Font.label.height })
    #expect((order[0] + order[3]) / 2 > 95 && (order[0] + order[3]) / 2 < 106)
  }

  @Test func anAxisShowsItsRangeAndAllData() throws {
    var chart = try LineChart(TableChartTests.table, metric: "cknna")
    chart.vertical.range = 0...0.6
    #expect(chart.verticalRange == 0...0.6)
    chart.vertical.range = 0.1...0.2
    #expect(chart.verticalRange == 0.03353...0.24656)
    chart.horizontal.range = 0...12
    #expect(chart.horizontalRange == 0...12)
    chart.horizontal.range = 3...4
    #expect(chart.horizontalRange == 1...8)
  }

  @Test func aNameOfAHundredThousandCharactersIsBrokenIntoLines() {
    let name = String(repeating: "endless-", count: 12_500)
    let lines = CairoFontMetrics().lines(of: name, .label, width: 600)
    #expect(lines.joined() == name)
  }

  @Test func aNarrowPageHasSmallerTypeAndTheSizeAskedFor() throws {
    let chart = AwkwardCharts.all[0].chart
    let column = try chart.page(width: 237.6, height: nil, theme: .light)
    #expect(abs(column.width - 237.6) < 0.1)
    #expect(column.height < column.width)
    #expect(column.canvas.size.width == 360)
    #expect(try chart.page(width: 497, height: nil, theme: .light).canvas.magnification == 1)
    let svg = String(decoding: try chart.encoded(as: .svg, width: 237.6), as: UTF8.self)
    #expect(svg.contains("width=\"237.6pt\"") && svg.contains("viewBox=\"0 0 360 "))
    let png = try chart.encoded(as: .png, width: 180, scale: 2)
    #expect(png[16..<20].reduce(0) { $0 << 8 | Int($1) } == 360)
  }

  @Test func aPageWithoutSizeIsAnError() throws {
    let chart = AwkwardCharts.all[0].chart
    for side in [-1e300, -1, 0, 35, 32_001] {
      #expect(throws: ChartError.self) { try chart.canvas(width: side) }
      #expect(throws: ChartError.self) { try chart.canvas(height: side) }
    }
    #expect(throws: ChartError.self) { try chart.canvas(width: .infinity) }
    #expect(throws: ChartError.self) { try chart.canvas(height: .nan) }
    #expect(throws: ChartError.self) { try chart.encoded(as: .png, scale: 1e9) }
    #expect(throws: ChartError.self) { try chart.encoded(as: .png, scale: -1) }
    #expect(throws: ChartError.self) { try chart.encoded(as: .png, scale: .nan) }
  }
}
