import Curves
import Features
import Reports
import Testing

/// Best layers by time step and by training step, as REPA's section 4.4 has them.
@Suite struct BestLayerTests {
  /// Two models, two layers, two time steps; the second layer is best of SiT at 0.25 alone. An encoder without time.
  private static let rows: [Measurement] = {
    func value(_ model: String, _ layer: Int, _ t: Double) -> Double {
      (model == "SiT" ? 0.1 : 0.3) + (layer == (model == "SiT" && t == 0.25 ? 2 : 1) ? 0.05 : 0) + t / 10
    }
    var rows: [Measurement] = []
    for metric in ["linear-probe", "cknna"] {
      for model in ["SiT", "SiT + REPA"] {
        for t in [0.25, 0.75] {
          for layer in 1...2 {
            rows.append(
              Measurement(
                model: model, layer: LayerLabel(layer), timestep: t,
                reference: metric == "cknna" ? "DINOv2" : "",
                metric: metric, parameters: metric == "cknna" ? "k=10" : "c=1", samples: 50,
                value: value(model, layer, t)))
          }
        }
      }
    }
    rows.append(
      Measurement(
        model: "DINOv2", layer: LayerLabel("final"), metric: "linear-probe", samples: 50, value: 0.9))
    return rows
  }()

  private func part(_ id: String, _ page: String) throws -> String {
    let start = try #require(page.ranges(of: "<table id=\"\(id)\"").first)
    let end = try #require(page[start.lowerBound...].ranges(of: "</table>").first)
    return String(page[start.lowerBound..<end.lowerBound])
  }

  @Test func oneRowATimeStepOneColumnAModel() throws {
    let page = Report(title: "t", table: MeasurementTable(Self.rows)).html()
    let pivot = try part("best-by-timestep", page)
    #expect(
      pivot.contains(
        "<th scope=\"colgroup\" colspan=\"2\">Linear probe accuracy</th>"
          + "<th scope=\"colgroup\" colspan=\"2\">CKNNA with DINOv2</th>"))
    #expect(
      pivot.contains("<th scope=\"col\" class=\"n\">SiT</th><th scope=\"col\" class=\"n\">SiT + REPA</th>"))
    let own =
      "<td class=\"n\">0.1750 <small>layer 2</small></td><td class=\"n\">0.3750 <small>layer 1</small></td>"
    #expect(pivot.contains("<tr><th scope=\"row\">0.25</th>\(own)\(own)</tr>"))
    let late =
      "<td class=\"n\">0.2250 <small>layer 1</small></td><td class=\"n\">0.4250 <small>layer 1</small></td>"
    #expect(pivot.contains("<tr><th scope=\"row\">0.75</th>\(late)\(late)</tr>"))
    #expect(!pivot.contains("0.9"))
    #expect(!page.contains("best-by-step"))
  }

  @Test func trainingStepsLikewiseAndGapsAreDashes() throws {
    let rows = [(500, 0.1, 1), (500, 0.2, 2), (2000, 0.3, 1), (2000, 0.25, 2)].map { step, value, layer in
      Measurement(
        model: "SiT", step: step, layer: LayerLabel(layer), timestep: 0.5, reference: "r", metric: "cknna",
        samples: 9,
        value: value)
    }
    let others = [(2000, 0.5), (40_000, 0.75)].map { step, value in
      Measurement(
        model: "REPA", step: step, layer: LayerLabel(4), timestep: 0.5, reference: "r", metric: "cknna",
        samples: 9,
        value: value)
    }
    let pivot = try part("best-by-step", Report(title: "t", table: MeasurementTable(rows + others)).html())
    for text in [
      "<tr><th scope=\"row\">500</th><td class=\"n\">0.2000 <small>layer 2</small></td><td class=\"n\">–</td></tr>",
      "<tr><th scope=\"row\">2000</th><td class=\"n\">0.3000 <small>layer 1</small></td><td class=\"n\">0.5000 <small>layer 4</small></td></tr>",
      "<tr><th scope=\"row\">40,000</th><td class=\"n\">–</td><td class=\"n\">0.7500 <small>layer 4</small></td></tr>",
    ] {
      #expect(pivot.contains(text), "\(text)")
    }
  }

  @Test func aWideTableIsParted() throws {
    let rows = (1...12).flatMap { model in
      [0.25, 0.75].map { t in
        Measurement(
          model: "m\(model)", layer: LayerLabel(1), timestep: t, reference: "r", metric: "cknna", samples: 9,
          value: 0.5)
      }
    }
    let page = Report(title: "t", table: MeasurementTable(rows)).html()
    #expect(try part("best-by-timestep", page).contains(">m8</th>"))
    #expect(try !part("best-by-timestep", page).contains(">m9</th>"))
    #expect(try part("best-by-timestep-2", page).contains(">m11</th><th scope=\"col\" class=\"n\">m12</th>"))
  }

  @Test func manyTablesAreFoldedUp() throws {
    let rows = (1...6).flatMap { reference in
      (1...6).flatMap { model in
        [0.25, 0.75].map { t in
          Measurement(
            model: "m\(model)", layer: LayerLabel(1), timestep: t, reference: "r\(reference)",
            metric: "cknna",
            samples: 9, value: 0.5)
        }
      }
    }
    let page = Report(title: "t", table: MeasurementTable(rows)).html()
    let folded = try #require(page.ranges(of: "<summary>Show 2 more tables</summary>").first)
    #expect(page[..<folded.lowerBound].contains("id=\"best-by-timestep-4\""))
    #expect(page[folded.upperBound...].contains("id=\"best-by-timestep-5\""))
  }

  @Test func theValuesOfAFigureNameTheirLayers() throws {
    let table = MeasurementTable(Self.rows)
    let figure = Report.Figure(
      title: "f", svg: try ReportTests.svg(), rows: table.filter(metric: "cknna").bestLayers().rows)
    let values = try part("figure-1-table", Report(title: "t", figures: [figure], table: table).html())
    // What all points share stands in the caption.
    #expect(values.contains("Values of figure 1. In all rows: metric CKNNA, reference DINOv2, samples 50<"))
    #expect(!values.contains("<td>DINOv2</td>"))
    #expect(
      values.contains(
        "<tr><td>SiT</td><td class=\"n\">0.25</td><td class=\"n\">2</td><td class=\"n\""))
  }
}
