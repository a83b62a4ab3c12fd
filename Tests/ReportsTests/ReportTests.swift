import Curves
import Features
import Reports
import Testing

@Suite struct ReportTests {
  private static let table = MeasurementTable(
    (1...3).map { layer in
      Measurement(
        model: "SiT <b>", layer: LayerLabel(layer), timestep: 0.5, reference: "DINOv2", metric: "cknna",
        parameters: "k=10", samples: 12_000, value: [0.1, 0.3, 0.2][layer - 1], ciLow: 0.05, ciHigh: 0.4)
    })

  private func page(_ rows: Int? = nil) -> String {
    var table = Self.table
    if let rows { table.rows = (0..<rows).map { _ in Self.table.rows[0] } }
    return Report(
      title: "SiT & DINOv2", notes: "One.\n\nTwo.", protocolStatements: ["k = 10"],
      figures: [
        Report.Figure(title: "CKNNA \"by\" layer", svg: "<svg viewBox=\"0 0 1 1\"></svg>", file: "a.svg")
      ],
      table: table, settings: "models: <none>", facts: [("Version", "0.1.0")], warnings: ["few samples"]
    ).html()
  }

  @Test func everyPartIsThereAndEscaped() {
    let page = page()
    for text in [
      "<title>SiT &amp; DINOv2</title>", "<p>One.</p>\n<p>Two.</p>", "<li>k = 10</li>",
      "<li>few samples</li>",
      "aria-label=\"CKNNA &quot;by&quot; layer\"", "SiT &lt;b&gt;", "models: &lt;none&gt;",
      "<dt>Version</dt><dd>0.1.0</dd>", "12,000", "0.0500 to 0.4000",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("SiT <b>"))
  }

  @Test func theBestLayerIsNamed() {
    #expect(page().contains("<td>2</td><td class=\"n\" data-v=\"0.3\">0.3000 (0.0500 to 0.4000)</td>"))
  }

  @Test func emptyColumnsAreLeftOut() {
    #expect(!page().contains("Null threshold"))
    #expect(page().contains(">Interval</button>"))
  }

  @Test func nothingIsFetchedFromElsewhere() {
    let page = page()
    #expect(
      !page.contains("http://") && !page.contains("https://") && !page.contains("src=")
        && !page.contains("@import"))
  }

  @Test func aTableTooLongForAPageSaysSo() {
    let page = page(Report.mostRows + 1)
    #expect(page.contains("The first 5000 of 5001 rows; table.csv has all."))
    #expect(page.count(of: "<tr>") <= Report.mostRows + 3)
  }

  @Test func landmarksAndHeadingsFollowEachOther() {
    let page = page()
    #expect(
      page.count(of: "<h1>") == 1 && page.count(of: "<main") == 1 && page.count(of: "<html lang=\"en\">") == 1
    )
    #expect(page.count(of: "<h2>") == page.count(of: "<section"))
    for part in page.split(separator: "href=\"#").dropFirst() {
      let id = part.prefix { $0 != "\"" }
      #expect(page.contains("id=\"\(id)\""))
    }
  }
}

extension String {
  fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
