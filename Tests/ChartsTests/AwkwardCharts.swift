import Features
import Curves

@testable import Charts

/// Charts that are hard to lay out.
enum AwkwardCharts {
  private static var longHorizontalTitle: LineChart {
    var chart = chart(series: 2, layers: 8)
    chart.horizontal.title =
      "Linear probe top-5 accuracy, maximum over layers and time steps, of all training samples"
    return chart
  }

  static let all: [(name: String, chart: LineChart)] = [
    ("one series", chart(series: 1, layers: 8)),
    ("fourteen series", chart(series: 14, layers: 28)),
    (
      "fourteen long names",
      chart(series: 14, layers: 48, name: "transformer-with-a-name-as-long-as-a-sentence-no-")
    ),
    ("a name without end", chart(series: 2, layers: 8, name: String(repeating: "endless", count: 40))),
    ("forty series", chart(series: 40, layers: 12)),
    ("one point", chart(series: 1, layers: 1)),
    ("one point each", chart(series: 3, layers: 1)),
    ("no points", chart(series: 2, layers: 0)),
    ("28 layers", chart(series: 2, layers: 28)),
    ("48 layers", chart(series: 2, layers: 48)),
    ("a thousand layers", chart(series: 1, layers: 1000)),
    ("constant values", chart(series: 2, layers: 8) { _ in 0.5 }),
    ("zeros", chart(series: 2, layers: 8) { _ in 0 }),
    ("negative values", chart(series: 2, layers: 8) { -0.1 - $0 }),
    ("values on both sides of zero", chart(series: 2, layers: 8) { $0 - 0.5 }),
    ("large values", chart(series: 2, layers: 8) { $0 * 1500 }),
    ("huge values", chart(series: 2, layers: 8) { ($0 - 0.5) * 1e308 * 3 }),
    ("tiny values", chart(series: 2, layers: 8) { $0 * 1e-5 }),
    ("gaps", chart(series: 2, layers: 12) { $0 > 0.4 && $0 < 0.6 ? .nan : $0 }),
    ("nothing but gaps", chart(series: 2, layers: 5) { _ in .nan }),
    ("named layers", chart(series: 2, layers: 28, names: ["final", "layer08.projector0"])),
    ("only named layers", chart(series: 2, layers: 0, names: ["early", "middle", "late", "final"])),
    ("many named layers", chart(series: 1, layers: 8, names: (0..<60).map { "block\($0).attention" })),
    ("one named layer", chart(series: 1, layers: 0, names: ["final"])),
    ("reference lines close together", referenceLines(6, spread: 0.001)),
    ("reference lines apart", referenceLines(5, spread: 1)),
    ("more reference lines than fit", referenceLines(40, spread: 0.2)),
    ("long titles", longTitles),
    ("a long horizontal title", longHorizontalTitle),
  ]

  private static func chart(
    series: Int, layers: Int, name: String = "model ", names: [String] = [],
    value: (Double) -> Double = { $0 }
  ) -> LineChart {
    let labels = (0..<layers).map { LayerLabel($0 + 1) } + names.compactMap { LayerLabel($0) }
    let axis = Axis.layers(labels)
    return LineChart(
      title: "CKNNA with dinov2", subtitle: "500 samples", horizontal: axis,
      vertical: Axis(title: "CKNNA (k = 10)"),
      series: (0..<series).map { index in
        let points = labels.enumerated().map { layer, label in
          let y = value(Double((layer * 7 + index * 3) % 11) / 11)
          return LineChart.Point(x: axis.position(of: label) ?? 0, y: y, isHollow: layer % 3 == 0)
        }
        return LineChart.Series(
          name: "\(name)\(index)", points: points, style: Palette.style(category: index))
      })
  }

  private static func referenceLines(_ count: Int, spread: Double) -> LineChart {
    var chart = chart(series: 3, layers: 12)
    chart.referenceLines = (0..<count).map { index in
      let name = index % 2 == 0 ? "encoder \(index)" : "an encoder with a longer name \(index)"
      return LineChart.ReferenceLine(name: name, y: 0.5 + spread * Double(index) / Double(count))
    }
    return chart
  }

  private static var longTitles: LineChart {
    var chart = chart(series: 3, layers: 12)
    chart.title = String(repeating: "a title that goes on ", count: 12)
    chart.subtitle = String(repeating: "and-on-without-a-space", count: 12)
    chart.note = String(repeating: "with a note below ", count: 20)
    chart.vertical.title = String(repeating: "an axis that needs words ", count: 4)
    return chart
  }
}
