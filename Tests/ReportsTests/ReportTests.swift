import Curves
import Features
import Reports
import Testing

/// The page's parts, and what they make of names that mean harm.
@Suite struct ReportTests {
  static let table = MeasurementTable(
    (1...3).map { layer in
      Measurement(
        model: "SiT <b>", layer: LayerLabel(layer), timestep: 0.5, reference: "DINOv2", metric: "cknna",
        parameters: "k=10", samples: 12_000, value: [0.1, 0.3, 0.2][layer - 1], ciLow: 0.05, ciHigh: 0.4)
    })

  static func svg(_ body: String = "") throws -> InlineSVG {
    try InlineSVG("<svg viewBox=\"0 0 1 1\">\(body)</svg>")
  }

  private func report() throws -> Report {
    Report(
      title: "SiT & DINOv2", notes: "One.\n\nTwo.",
      protocolTopics: [Report.Topic("Metrics & more", ["k = 10", "a < b"])],
      figures: [
        Report.Figure(
          title: "CKNNA \"by\" layer", svg: try Self.svg(), rows: Self.table.rows,
          files: ["figures/a b.svg", "figures/a b.png"])
      ],
      table: Self.table, settings: "models: <none>", facts: [("Version", "0.1.0")],
      steps: [
        Report.Step(kind: "measure", title: "SiT <b>: cknna", seconds: 1.25, finished: "2026-01-02T03:04:05Z")
      ],
      warnings: ["few samples"], commands: ["repscope run 'a & b'"],
      files: [("table.csv", "all")], folder: "../")
  }

  @Test func everyPartIsThereAndEscaped() throws {
    let page = try report().html()
    for text in [
      "<title>SiT &amp; DINOv2</title>", "<p>One.</p>\n<p>Two.</p>", "<h3>Metrics &amp; more</h3>",
      "<li>k = 10</li><li>a &lt; b</li>", "<li>few samples</li>",
      "aria-label=\"Figure 1: CKNNA &quot;by&quot; layer\"", "SiT &lt;b&gt;", "models: &lt;none&gt;",
      "<dt>Version</dt><dd>0.1.0</dd>", "12,000", "0.0500 to 0.4000",
      "<td>measure</td><td>SiT &lt;b&gt;: cknna</td><td class=\"n\">1.25</td><td>2026-01-02 03:04:05</td>",
      "repscope run &#39;a &amp; b&#39;", "<a href=\"../table.csv\">table.csv</a>",
      "<a href=\"../figures/a%20b.svg\">SVG</a> <a href=\"../figures/a%20b.png\">PNG</a>",
      "<dt>CKNNA</dt><dd>k=10</dd>",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("SiT <b>"))
  }

  @Test func namesCannotEndWhatTheyStandIn() throws {
    let name =
      "</script></style></title><img src=x onerror=alert(1)>\" onmouseover='x' \u{202E}\u{2066}&\u{0}\u{7F}"
    var report = try report()
    report.title = name
    report.notes = name
    report.settings = name
    report.warnings = [name]
    report.commands = [name]
    report.folder = name
    report.facts = [(name, name)]
    report.protocolTopics = [Report.Topic(name, [name])]
    report.figures[0].title = name
    report.figures[0].files = [name]
    report.table.rows = (1...2).map {
      Measurement(
        model: name, step: $0, layer: LayerLabel(1), timestep: Double($0) / 4, reference: name, metric: name,
        parameters: name, samples: 5, value: 1)
    }
    report.figures[0].rows = report.table.rows
    let page = report.html()
    for text in ["<img", "onerror=alert(1)>", "\u{202E}", "\u{2066}", "\u{0}", "\u{7F}", "\" onmouseover"] {
      #expect(!page.contains(text), "\(text.debugDescription)")
    }
    #expect(page.count(of: "</script>") == 1 && page.count(of: "</style>") == 1)
    #expect(page.count(of: "</title>") == 1)
  }

  @Test func theBestLayerIsNamed() throws {
    let page = try report().html()
    // A curve of its own stands in the best layers' table with all that is known of it.
    #expect(
      page.contains(
        "<td class=\"n\">0.5</td><td class=\"n\">2</td><td class=\"n\" data-v=\"12000.0\">12,000</td>"
          + "<td class=\"n\">0.3000</td><td class=\"n\" data-v=\"0.05\">0.0500 to 0.4000</td>"
      ))
    #expect(page.contains("they do not make up for having chosen the best"))
  }

  @Test func theBestLayerOfALossIsTheLowest() throws {
    var report = try report()
    report.table.rows = (1...3).map {
      Measurement(
        model: "m", layer: LayerLabel($0), reference: "r", metric: "nt-xent", samples: 5,
        value: [0.5, 0.25, 0.75][$0 - 1])
    }
    let best = try #require(report.html().split(separator: "id=\"best-table\"").dropFirst().first)
    let body = try #require(
      best.split(separator: "<tbody>").dropFirst().first?.split(separator: "</tbody>").first)
    #expect(body.contains("<td class=\"n\">2</td>") && body.contains(">0.2500</td>"))
    #expect(!body.contains("0.7500"))
  }

  @Test func emptyColumnsAreLeftOutAndSharedOnesToldOnce() throws {
    let page = try report().html()
    #expect(
      page.contains(
        "<span>All measurements. In all rows: metric CKNNA, model SiT &lt;b&gt;, reference DINOv2, t = 0.5, samples 12,000</span></caption>"
      ))
    #expect(!page.contains("Null threshold</th>"))
    #expect(page.contains(">Interval</th>"))
  }

  @Test func settingsAreAColumnWhereTheyDiffer() throws {
    var report = try report()
    #expect(!report.html().contains(">Settings</th>"))
    report.table.rows[0].parameters = "k=5"
    let page = report.html()
    #expect(
      page.contains(">Settings</th>") && page.contains("<td>k=5</td>") && page.contains("<td>k=10</td>"))
  }

  @Test func valuesThatAreNoMoreThanChanceAreMarked() throws {
    var report = try report()
    report.table.rows[0].pValue = 0.5
    report.table.rows[0].nullThreshold = 0.2
    report.table.rows[1].pValue = 0.01
    let page = report.html()
    #expect(page.contains(">0.1000°</td>") && !page.contains(">0.3000°</td>"))
    #expect(page.contains("°: no more than chance"))
  }

  @Test func nothingIsFetchedFromElsewhere() throws {
    let page = try report().html()
    #expect(
      !page.contains("http://") && !page.contains("https://") && !page.contains("src=")
        && !page.contains("@import"))
    #expect(page.contains("default-src 'none'"))
  }

  @Test func aTableTooLongForAPageSaysSo() throws {
    var report = try report()
    report.figures = []
    report.table.rows = (0...Report.mostRows).map { _ in Self.table.rows[0] }
    let page = report.html()
    #expect(page.contains("The first 5000 of 5001 rows; <a href=\"../table.csv\">table.csv</a> has all."))
    #expect(page.contains("<details><summary>Show 5000 rows</summary>"))
    #expect(page.count(of: "<tr>") <= Report.mostRows + 10)
  }

  @Test func landmarksAndHeadingsFollowEachOther() throws {
    let page = try report().html()
    #expect(
      page.count(of: "<h1>") == 1 && page.count(of: "<main") == 1 && page.count(of: "<html lang=\"en\">") == 1
    )
    #expect(page.count(of: "<h2>") == page.count(of: "<section"))
    // A heading is at most one level below the one before.
    let levels = page.matches(of: /<h([1-6])>/).compactMap { Int($0.output.1) }
    #expect(levels.first == 1 && zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    let ids = page.matches(of: /\ id="([^"]*)"/).map { String($0.output.1) }
    #expect(Set(ids).count == ids.count)
    let targets = page.matches(of: /(?:href="#|aria-labelledby="|aria-describedby=")([^"]*)"/).map {
      String($0.output.1)
    }
    #expect(!targets.isEmpty && targets.allSatisfy(ids.contains))
  }
}

extension String {
  func count(of text: String) -> Int { ranges(of: text).count }
}
