import Files

extension Report {
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
    <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
    <meta name="color-scheme" content="light dark">
    <title>\(escapedMarkup(title))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the results</a>
    <header>
    <h1>\(escapedMarkup(title))</h1>
    \(paragraphs(notes))
    <nav aria-label="Contents"><ul>\(contents)</ul></nav>
    </header>
    <main id="main" tabindex="-1">
    \(sections)
    </main>
    <footer><p>Made by repscope. This page is complete in itself and works offline.</p></footer>
    <p id="said" class="unseen" role="status"></p>
    <script>
    \(Self.script)
    </script>
    </body>
    </html>

    """
  }

  /// Nothing is fetched, whatever a page may come to hold.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

  private var parts: [(id: String, title: String, body: String)] {
    var parts: [(String, String, String)] = []
    if !warnings.isEmpty { parts.append(("warnings", "What may mislead", list(warnings))) }
    if !figures.isEmpty { parts.append(("figures", "Figures", figureList)) }
    if !table.rows.isEmpty {
      parts.append(("best", "Best layers", bestTables))
      parts.append(("measurements", "Measurements", measurementTable))
    }
    if !protocolTopics.isEmpty {
      let topics = protocolTopics.map { "<h3>\(escapedMarkup($0.title))</h3>\n\(list($0.statements))" }
      parts.append(("protocol", "How it was measured", topics.joined(separator: "\n")))
    }
    if !settings.isEmpty { parts.append(("settings", "Settings", code(settings, "Experiment file"))) }
    if !run.isEmpty { parts.append(("run", "The run", run)) }
    return parts
  }

  private var run: String {
    var parts: [String] = []
    if !facts.isEmpty {
      let items = facts.map { "<dt>\(escapedMarkup($0.name))</dt><dd>\(escapedMarkup($0.value))</dd>" }
      parts.append("<dl>\(items.joined())</dl>")
    }
    if !commands.isEmpty {
      parts.append("<h3>To repeat it</h3>\n\(code(commands.joined(separator: "\n"), "Commands"))")
    }
    if !files.isEmpty {
      let items = files.map { file in
        "<dt><a href=\"\(address(folder + file.name))\">\(escapedMarkup(file.name))</a></dt><dd>\(escapedMarkup(file.description))</dd>"
      }
      parts.append("<h3>Files</h3>\n<dl>\(items.joined())</dl>")
    }
    if !steps.isEmpty { parts.append("<h3>Steps</h3>\n\(stepTable)") }
    return parts.joined(separator: "\n")
  }

  private var contents: String {
    parts.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }.joined()
  }

  private var sections: String {
    parts.map { part in
      "<section id=\"\(part.id)\"><h2>\(part.title)</h2>\n\(part.body)\n</section>"
    }.joined(separator: "\n")
  }

  private func code(_ text: String, _ label: String) -> String {
    "<pre tabindex=\"0\" role=\"group\" aria-label=\"\(label)\">\(escapedMarkup(text))</pre>"
  }

  private func list(_ items: [String]) -> String {
    "<ul>\(items.map { "<li>\(escapedMarkup($0))</li>" }.joined())</ul>"
  }

  private func paragraphs(_ text: String) -> String {
    text.split(separator: "\n\n").map { "<p>\(escapedMarkup(String($0)))</p>" }.joined(separator: "\n")
  }
}
