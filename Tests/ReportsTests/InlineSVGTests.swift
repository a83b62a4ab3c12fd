import Reports
import Testing

/// Drawings in a page: they keep out of each other's way, and bring nothing else with them.
@Suite struct InlineSVGTests {
  private func page(_ figures: [Report.Figure]) -> String {
    Report(title: "t", figures: figures, table: ReportTests.table).html()
  }

  @Test func drawingsDoNotShareIds() throws {
    let svg = try ReportTests.svg(
      "<defs><clipPath id=\"a\"><path d=\"M0 0\"/></clipPath></defs><g clip-path=\"url(#a)\" aria-labelledby=\"a b\">"
        + "<title id='b'>url(#a) id=\"a\"</title><use href=\"#a\" xlink:href='#b'/></g>")
    let page = page((1...2).map { Report.Figure(title: "\($0)", svg: svg) })
    for number in 1...2 {
      for text in [
        "<clipPath id=\"figure-\(number)-a\">", "clip-path=\"url(#figure-\(number)-a)\"",
        "aria-labelledby=\"figure-\(number)-a figure-\(number)-b\"",
        "<use href=\"#figure-\(number)-a\" xlink:href=\"#figure-\(number)-b\"/>",
      ] {
        #expect(page.contains(text), "\(text)")
      }
    }
    // What only reads like a reference stays.
    #expect(page.count(of: "url(#a)") == 2)
  }

  @Test func aDarkTwinIsShownByTheTheme() throws {
    let light = try ReportTests.svg("<circle id=\"a\" r=\"1\"/>")
    let dark = try ReportTests.svg("<circle id=\"a\" r=\"2\"/>")
    let page = page([
      Report.Figure(title: "f", svg: light, darkSVG: dark), Report.Figure(title: "g", svg: light),
    ])
    #expect(page.contains("<div class=\"light\"><svg role=\"img\" aria-label=\"Figure 1: f\""))
    #expect(page.contains("<div class=\"dark\"><svg role=\"img\" aria-label=\"Figure 1: f\""))
    #expect(page.contains("id=\"figure-1-a\" r=\"1\"") && page.contains("id=\"figure-1-dark-a\" r=\"2\""))
    #expect(page.count(of: "class=\"paper themed\"") == 1 && page.count(of: "class=\"paper\"") == 1)
    // Print is light: only screens may show the dark one.
    #expect(!page.contains("@media (prefers-color-scheme: dark)"))
    #expect(page.contains(".dark { display: none; }"))
  }

  @Test func theFilesOwnRoleAndLabelGiveWay() throws {
    let svg = try InlineSVG(
      "<?xml version=\"1.0\"?>\n<svg role=\"presentation\" aria-label=\"x\" aria-labelledby=\"y\" width=\"1\"></svg>\n"
    )
    #expect(
      page([Report.Figure(title: "f", svg: svg)]).contains(
        "<svg role=\"img\" aria-label=\"Figure 1: f\" width=\"1\"></svg>"))
  }

  @Test(arguments: [
    ("", "no end"), ("text", "text outside"), ("<p></p>", "<p>"), ("<svg>", "no end of <svg>"),
    ("<svg></svg><svg></svg>", "<svg>"), ("<svg></g></svg>", "</g>"), ("<svg></svg>x", "text outside"),
    ("<svg><script>alert(1)</script></svg>", "<script>"), ("<svg><style>*{}</style></svg>", "<style>"),
    ("<svg><foreignObject/></svg>", "<foreignObject>"), ("<svg><SCRIPT/></svg>", "<SCRIPT>"),
    ("<svg><a href=\"#a\"/></svg>", "<a>"), ("<svg><animate/></svg>", "<animate>"),
    ("<svg onload=\"x\"></svg>", "onload"), ("<svg><g ONCLICK='x'/></svg>", "ONCLICK"),
    ("<svg><use href=\"other.svg#a\"/></svg>", "href"),
    ("<svg><use xlink:href=\"javascript:x\"/></svg>", "xlink:href"),
    ("<svg><image href=\"http://example.org/a.png\"/></svg>", "href"),
    ("<svg><image href=\"data:image/svg+xml;base64,AA\"/></svg>", "href"),
    ("<svg><g fill=\"url(http://example.org)\"/></svg>", "fill"), ("<svg><g style=\"x\"/></svg>", "style"),
    ("<svg><title><g/></title></svg>", "<g> in <title>"),
    ("<svg><!-- x --></svg>", "without an element's name"),
    ("<!doctype svg><svg></svg>", "without an element's name"), ("<svg><g a=b/></svg>", "without quotes"),
    ("<svg><g a=\"<\"/></svg>", "no end of a"), ("<svg><g a/></svg>", "after a"), ("<svg", "no end of <svg>"),
  ])
  func whatIsMoreThanADrawingIsRefused(text: String, named: String) {
    let error = #expect(throws: ReportError.self) { try InlineSVG(text) }
    #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
  }
}
