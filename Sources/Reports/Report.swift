import Curves

/// A study's results as one HTML page that needs nothing else: figures, tables, settings, the protocol in words.
///
/// The page works offline and without scripts (they only sort and filter), prints, follows the reader's choice of a light or a
/// dark theme, and can be used with keyboard and screen reader.
public struct Report: Sendable {
  public var title: String
  /// What the study is about, in words; paragraphs are parted by empty lines.
  public var notes: String
  /// How things were measured, one statement an item.
  public var protocolStatements: [String]
  public var figures: [Figure]
  public var table: MeasurementTable
  /// The resolved experiment file.
  public var settings: String
  /// Versions, machine, seeds, times: name and value.
  public var facts: [(name: String, value: String)]
  /// What may mislead.
  public var warnings: [String]

  /// A figure as SVG.
  public struct Figure: Sendable {
    /// What it shows; read aloud in its place.
    public var title: String
    /// An SVG element.
    public var svg: String
    /// The file that holds it, beside the page.
    public var file: String

    public init(title: String, svg: String, file: String) {
      self.title = title
      self.svg = svg
      self.file = file
    }
  }

  public init(
    title: String, notes: String = "", protocolStatements: [String] = [], figures: [Figure] = [],
    table: MeasurementTable, settings: String = "", facts: [(name: String, value: String)] = [],
    warnings: [String] = []
  ) {
    self.title = title
    self.notes = notes
    self.protocolStatements = protocolStatements
    self.figures = figures
    self.table = table
    self.settings = settings
    self.facts = facts
    self.warnings = warnings
  }

  /// The page.
  ///
  /// - Complexity: O(rows); rows beyond ``mostRows`` are left to the CSV, which the page says.
  public func html() -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the figures</a>
    <header>
    <h1>\(escaped(title))</h1>
    \(paragraphs(notes))
    <nav aria-label="Contents"><ul>\(contents)</ul></nav>
    </header>
    <main id="main">
    \(sections)
    </main>
    <footer><p>Made by repscope. This page is complete in itself and works offline.</p></footer>
    <script>
    \(Self.script)
    </script>
    </body>
    </html>

    """
  }

  private var parts: [(id: String, title: String, body: String)] {
    var parts: [(String, String, String)] = []
    if !warnings.isEmpty { parts.append(("warnings", "What may mislead", list(warnings))) }
    if !figures.isEmpty { parts.append(("figures", "Figures", figures.map(figure).joined(separator: "\n"))) }
    if !table.rows.isEmpty {
      parts.append(("best", "Best layers", bestTable))
      parts.append(("measurements", "Measurements", measurementTable))
    }
    if !protocolStatements.isEmpty {
      parts.append(("protocol", "How it was measured", list(protocolStatements)))
    }
    if !settings.isEmpty {
      parts.append(
        (
          "settings", "Settings",
          "<pre tabindex=\"0\" aria-label=\"Experiment file\">\(escaped(settings))</pre>"
        ))
    }
    if !facts.isEmpty {
      let items = facts.map { "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd>" }
      parts.append(("run", "The run", "<dl>\(items.joined())</dl>"))
    }
    return parts
  }

  private var contents: String {
    parts.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }.joined()
  }

  private var sections: String {
    parts.map { "<section id=\"\($0.id)\"><h2>\($0.title)</h2>\n\($0.body)\n</section>" }.joined(
      separator: "\n")
  }

  private func figure(_ figure: Figure) -> String {
    // A document of its own inside the page needs a name that can be read aloud.
    let svg = figure.svg.replacing(
      "<svg ", with: "<svg role=\"img\" aria-label=\"\(escaped(figure.title))\" ", maxReplacements: 1)
    return """
      <figure>
      <div class="paper" tabindex="0" role="group" aria-label="\(escaped(figure.title))">\(svg)</div>
      <figcaption>\(escaped(figure.title)). File: <code>\(escaped(figure.file))</code></figcaption>
      </figure>
      """
  }

  private func list(_ items: [String]) -> String {
    "<ul>\(items.map { "<li>\(escaped($0))</li>" }.joined())</ul>"
  }

  private func paragraphs(_ text: String) -> String {
    text.split(separator: "\n\n").map { "<p>\(escaped(String($0)))</p>" }.joined(separator: "\n")
  }
}

/// Text as HTML shows it.
func escaped(_ text: String) -> String {
  var result = ""
  for character in text.unicodeScalars {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default:
      result.unicodeScalars.append(character.value >= 0x20 || character.value == 0x0A ? character : " ")
    }
  }
  return result
}
