import Testing

@testable import Charts

@Suite struct TickTests {
  private static let ranges: [ClosedRange<Double>] = [
    0...1, 0...0.25, 0...0.2093, 0...3, 0.31...0.32, -1...1, -0.0004...0.0003, 0...1e-5, 1...28, 0...100,
    0...1e6,
    -250...75, 0.1...0.9, 1e-300...3e-280, -1e308...1e308, 0.3...0.7, 0...999_999, 5...5.0001, 17...1234,
    1_000_000...1_000_003, -3e-9...8e-9, 0...0.07, 2.5...97.5,
  ]

  @Test(arguments: ranges, [4, 5, 6, 7, 8])
  func ticksAreInsideRoundDistinctAndOfTheRightCount(range: ClosedRange<Double>, count: Int) {
    let ticks = Tick.nice(in: range, count: count)
    #expect(ticks.count >= 2 && ticks.count <= count + 1, "\(ticks.map(\.label))")
    #expect(ticks.allSatisfy { range.contains($0.position) })
    #expect(Set(ticks.map(\.label)).count == ticks.count, "\(ticks.map(\.label))")
    let steps = zip(ticks, ticks.dropFirst()).map { $1.position / 2 - $0.position / 2 }
    let first = steps.first ?? 0
    #expect(steps.allSatisfy { $0 > 0 && ($0 - first).magnitude < first * 1e-3 })
  }

  @Test func labelsShareAsFewDecimalsAsTheStepNeeds() {
    #expect(Tick.nice(in: 0...0.25, count: 6).map(\.label) == ["0", "0.05", "0.10", "0.15", "0.20", "0.25"])
    #expect(Tick.nice(in: 0...1, count: 6).map(\.label) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(Tick.nice(in: -20...20, count: 5).map(\.label) == ["−20", "−10", "0", "10", "20"])
    #expect(Tick.nice(in: 0...1e-5, count: 3).map(\.label) == ["0", "0.5×10⁻⁵", "1.0×10⁻⁵"])
    #expect(Tick.nice(in: 0...4e7, count: 4).map(\.label) == ["0", "1×10⁷", "2×10⁷", "3×10⁷", "4×10⁷"])
  }

  @Test func theLastTickIsNotBelowTheDataWhereTheyHaveToBeReached() {
    #expect(
      Tick.nice(in: 0...0.72, count: 4, reaching: 0.69).map(\.label) == ["0", "0.2", "0.4", "0.6", "0.8"])
    #expect(
      Tick.nice(in: 0...0.149, count: 6, reaching: 0.143).map(\.label) == ["0", "0.05", "0.10", "0.15"])
    #expect(Tick.nice(in: 0...0.85, count: 6, reaching: 0.8).last?.label == "0.8")
    let largest = Double.greatestFiniteMagnitude
    #expect(
      Tick.nice(in: -largest...largest, count: 6, reaching: largest).allSatisfy { $0.position.isFinite })
  }

  @Test func theHighestValueOfAChartLiesBelowATick() throws {
    for chart in AwkwardCharts.all.map(\.chart) where chart.vertical.range == nil {
      let layout = LineChartLayout(chart, size: Size(width: 720, height: 450), metrics: PlainFontMetrics())
      guard let highest = chart.highestValue, highest < 1e300, layout.lines.scales.verticalTicks.count > 1
      else {
        continue
      }
      #expect(layout.lines.scales.verticalTicks.last.map { $0.position >= highest } ?? false)
      #expect(
        layout.lines.scales.verticalTicks.allSatisfy {
          layout.lines.scales.verticalRange.contains($0.position)
        })
    }
  }

  @Test func trainingStepsAreWrittenInThousandsAndMillions() {
    var axis = Axis(title: "Training step")
    axis.abbreviates = true
    #expect(
      axis.ticks(in: 500...4_000_000, count: 8).map(\.label) == [
        "500K", "1M", "1.5M", "2M", "2.5M", "3M", "3.5M", "4M",
      ])
    #expect(axis.ticks(in: 0...80_000, count: 4).map(\.label) == ["0", "20K", "40K", "60K", "80K"])
    #expect(axis.ticks(in: 500...5500, count: 5).first?.label == "1000")
  }

  @Test func aLogarithmicAxisHasTicksAtEqualFactors() {
    var axis = Axis(title: "Model size")
    axis.scale = .logarithmic
    #expect(axis.ticks(in: 33...700, count: 8).map(\.label) == ["50", "100", "200", "500"])
    #expect(axis.ticks(in: 0.2...3, count: 8).map(\.label) == ["0.2", "0.5", "1", "2"])
    // Too narrow for two of them.
    #expect(axis.ticks(in: 130...150, count: 4).count > 1)
    #expect(axis.ticks(in: 33...33, count: 8).count == 1)
    #expect(abs(axis.share(of: 100, in: 10...1000) - 0.5) < 1e-12)
    #expect(axis.share(of: 5, in: 5...5) == 0.5)
  }

  @Test(arguments: [0.5...0.5, 0...0, -1e300...(-1e300), 1...(1 + 1e-13)] as [ClosedRange<Double>])
  func aRangeWithoutWidthHasOneTick(range: ClosedRange<Double>) {
    #expect(Tick.nice(in: range, count: 6).count == 1)
  }

  @Test(arguments: [(1, 8, 1), (1, 12, 1), (1, 24, 2), (0, 28, 2), (1, 28, 2), (1, 48, 4), (1, 200, 20)])
  func layersHaveTicksAtWholeNumbersOnly(first: Int, last: Int, step: Int) {
    let ticks = Tick.whole(in: Double(first)...Double(last)) { $0.count <= 16 }
    let positions = ticks.map { Int($0.position) }
    #expect(ticks.allSatisfy { $0.position == $0.position.rounded() && $0.label == "\(Int($0.position))" })
    #expect(positions.allSatisfy { $0 >= first && $0 <= last && $0 % step == 0 })
    #expect(zip(positions, positions.dropFirst()).allSatisfy { $1 - $0 == step }, "\(positions)")
  }

  @Test func numbersWithoutLimitDoNotTrap() {
    #expect(Tick.whole(in: -9e18...9e18) { _ in true }.isEmpty)
    #expect(Tick.whole(in: 0...9e14) { $0.count < 20 }.count < 20)
    #expect(Tick.whole(in: 7...7) { _ in true }.map(\.label) == ["7"])
    #expect(Tick.nice(in: -.greatestFiniteMagnitude ... .greatestFiniteMagnitude, count: 6).count >= 2)
  }

  @Test func aSingleValueIsLabelledAsOthersAre() {
    #expect(Tick.nice(in: 1000...1000, count: 5).map(\.label) == ["1000"])
    #expect(Tick.nice(in: 0.25...0.25, count: 5).map(\.label) == ["0.25"])
  }
}
