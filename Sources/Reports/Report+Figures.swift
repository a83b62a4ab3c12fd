import Curves
import Features
import Files

extension Report {
  /// The figures, numbered, each with its values as a table.
  var figureList: String {
    let layers = figures.isEmpty ? [:] : BestLayerTable.bestLayers(of: table)
    return figures.enumerated().map { html($1, number: $0 + 1, layers) }.joined(separator: "\n")
  }

  private func html(_ figure: Figure, number: Int, _ layers: [Curve.Key: LayerLabel]) -> String {
    let label = "Figure \(number): \(figure.title)"
    let light = figure.svg.html(prefix: "figure-\(number)-", label: label)
    // The one that is not shown is not read aloud either.
    let drawing =
      figure.darkSVG.map { dark in
        "<div class=\"light\">\(light)</div>\n<div class=\"dark\">"
          + dark.html(prefix: "figure-\(number)-dark-", label: label) + "</div>"
      } ?? light
    let links = figure.files.map { file in
      "<a href=\"\(address(folder + file))\">\(escapedMarkup(Self.ending(of: file)))</a>"
    }
    let files = links.isEmpty ? "" : " <span class=\"files\">\(links.joined(separator: " "))</span>"
    return """
      <figure id="figure-\(number)">
      <div class="paper\(figure.darkSVG == nil ? "" : " themed")" tabindex="0" role="group" aria-label="Drawing of figure \(number)">
      \(drawing)</div>
      <figcaption><b>Figure \(number).</b> \(escapedMarkup(figure.title)).\(files)</figcaption>
      </figure>
      \(values(of: figure, number: number, layers))
      """
  }

  /// "PNG" of "figures/a.png"
  private static func ending(of file: String) -> String {
    let name = file.split(separator: "/").last ?? ""
    return name.contains(".") ? (name.split(separator: ".").last ?? "").uppercased() : String(name)
  }
}
