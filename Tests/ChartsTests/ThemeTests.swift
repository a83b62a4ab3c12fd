import Curves
import Foundation
import Testing

@testable import Charts

@Suite struct ThemeTests {
  /// Contrast by WCAG 2's definition, from 1 to 21.
  private func contrast(_ a: Color, _ b: Color) -> Double {
    let (low, high) = (min(luminance(a), luminance(b)), max(luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
  }

  private func luminance(_ color: Color) -> Double {
    let (r, g, b) = Self.linear(color)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }

  private static func linear(_ color: Color) -> (Double, Double, Double) {
    func part(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return (part(color.red), part(color.green), part(color.blue))
  }

  @Test(arguments: Theme.all)
  func textsCanBeRead(theme: Theme) {
    for color in [theme.title, theme.text, theme.quiet] { #expect(contrast(color, theme.page) >= 4.5) }
    #expect(contrast(theme.spine, theme.page) >= 3)
    // Behind the data, but there.
    #expect((1.15...2).contains(contrast(theme.grid, theme.page)))
    #expect(contrast(theme.hatch, theme.grid) >= 1.5)
    for share in stride(from: 0.0, through: 1, by: 1.0 / 64) {
      let color = theme.color(at: share)
      #expect(contrast(theme.text(on: color), color) >= 3.8, "\(share)")
    }
  }

  @Test func everySeriesStandsOutOnADarkPage() {
    let theme = Theme.dark
    #expect(theme.categories.count == Palette.count)
    var paints = (0..<Palette.count).map { Paint.category($0) }
    paints += stride(from: 0.0, through: 1, by: 0.05).map { Paint.rank($0) }
    paints += (0..<Palette.count).flatMap { index in
      [0, 0.3, 0.6, 1].map { Paint.shade(index, $0) }
    }
    for paint in paints + [.spine, .quiet] {
      #expect(contrast(theme.color(of: paint), theme.page) >= 3, "\(paint)")
    }
  }

  /// Okabe and Ito's orange and sky blue are paler on white than graphics should be; markers have to carry them.
  @Test func theLightThemeIsOkabeAndItos() {
    let contrasts = Theme.light.categories.map { contrast($0, .white) }
    #expect(contrasts.prefix(4).allSatisfy { $0 >= 3 })
    #expect(contrasts.allSatisfy { $0 >= 2.2 })
  }

  /// Machado, Oliveira and Fernandes (2009): what is left of linear red, green and blue without one kind of cones.
  private static let visions: [[[Double]]] = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
  ]

  @Test(arguments: zip(Theme.all, [0.075, 0.11]))
  func seriesStayApartForColourBlindReaders(theme: Theme, least: Double) {
    #expect(Theme.all.count == 2)
    for vision in Self.visions {
      let labs = theme.categories.map { color -> OKLab in
        let (r, g, b) = Self.linear(color)
        let seen = vision.map { min(max($0[0] * r + $0[1] * g + $0[2] * b, 0), 1) }
        return Self.lab(seen[0], seen[1], seen[2])
      }
      for (index, lab) in labs.enumerated() {
        for other in labs[(index + 1)...] { #expect(lab.distance(to: other) >= least) }
      }
    }
  }

  private static func lab(_ r: Double, _ g: Double, _ b: Double) -> OKLab {
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return OKLab(
      lightness: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      a: 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      b: 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
  }

  @Test func aThemeChangesColoursAndNothingElse() throws {
    let chart = try LineChart(TableChartTests.calibrated, metric: "cknna")
    let map = try HeatMap(TableChartTests.table.filter(model: "repa"), metric: "cknna")
    for (light, dark) in [
      (try chart.canvas(), try chart.canvas(theme: .dark)), (try map.canvas(), try map.canvas(theme: .dark)),
    ] {
      #expect(light.texts.map(\.box) == dark.texts.map(\.box))
      #expect(light.commands.count == dark.commands.count)
      #expect(zip(light.texts, dark.texts).allSatisfy { $0.color != $1.color || $0.font.size <= 11 })
    }
    #expect(try chart.encoded(as: .svg) != chart.encoded(as: .svg, theme: .dark))
    #expect(Theme.named("dark") == .dark)
    #expect(Theme.named("sepia") == nil)
  }

  @Test func aColourThatAProgramChoseIsTheSameInEveryTheme() {
    let color = Color(hex: 0x123456)
    for theme in Theme.all { #expect(theme.color(of: LineChart.Style(color: color).paint) == color) }
  }
}
