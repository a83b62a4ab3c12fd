import Testing

@testable import Charts

@Suite struct PaletteTests {
  @Test func noTwoOfManySeriesLookAlike() {
    #expect(Set((0..<56).map(Palette.style(category:))).count == 56)
  }

  @Test(arguments: [1, 2, 5, 10, 30], Theme.all)
  func orderedSeriesGetLighterSteadily(count: Int, theme: Theme) {
    let lightness = (0..<count).map { brightness(theme.color(of: Palette.style(rank: $0, of: count).paint)) }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 })
    #expect(theme.isDark || lightness.allSatisfy { $0 < 0.8 })
  }

  @Test(arguments: 0..<7, Theme.all)
  func ranksWithinAGroupLeaveThePageSteadily(category: Int, theme: Theme) {
    let colors = (0..<6).map { theme.color(of: Palette.style(category: category, rank: $0, of: 6).paint) }
    let lightness = colors.map(brightness)
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { theme.isDark ? $0 < $1 : $0 > $1 })
    #expect(Palette.style(category: category, rank: 0, of: 1) == Palette.style(category: category))
  }

  private func brightness(_ color: Color) -> Double {
    0.2126 * color.red + 0.7152 * color.green + 0.0722 * color.blue
  }
}
