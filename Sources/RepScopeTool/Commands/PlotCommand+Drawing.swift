import ArgumentParser
import RepScope

extension PlotCommand {
  func draw(_ table: MeasurementTable, metrics: [String]) throws {
    if kind == .scatter {
      try write([("", description(of: [y ?? ""]).figure(of: table))])
    } else if panels == .metric {
      try write([("", description(of: metrics).figure(of: table))])
    } else if kind == .heatmap, panels == nil {
      let maps = try metrics.flatMap { metric in
        let maps = try HeatMap.maps(of: description(of: [metric]).rows(of: table), metric: metric)
        return maps.map { (maps.count == 1 ? metric : "\(metric)-\(Self.fileName($0.name))", $0.map) }
      }
      try write(
        maps.map { name, map in
          var map = map
          map.title = title ?? map.title
          return (name, map)
        })
    } else {
      try write(metrics.map { ($0, try description(of: [$0]).figure(of: table)) })
    }
  }

  /// All that the options say of a figure.
  func description(of metrics: [String]) throws -> TableFigure {
    var figure = TableFigure(
      kind == .lines ? .line : kind == .heatmap ? .heatmap : .scatter, of: metrics.first ?? "")
    figure.metrics = metrics
    figure.title = title
    figure.abscissa = against
    figure.showsBestLayers = best
    figure.against = x
    figure.points = points
    figure.models = model
    figure.references = reference
    figure.timesteps = timestep
    figure.panels = panels
    figure.published = published
    figure.sizes = try parsedSizes()
    return figure
  }

  func parsedSizes() throws -> ModelSizes {
    var all = ModelSizes()
    for text in sizes {
      guard let sizes = ModelSizes(text: text),
        sizes.entries.allSatisfy({ all.add($0.model, $0.millions) })
      else {
        throw ValidationError(
          "--sizes: found \(text), expected names with millions of parameters, each name once, such as "
            + "SiT-B/2=130,SiT-L/2=458")
      }
    }
    return all
  }

  func drawConfusion(_ file: String) throws {
    guard tables.count == 1, kind != .scatter, metric.isEmpty, model.isEmpty, reference.isEmpty,
      timestep.isEmpty, panels == nil, published.isEmpty, !best, against == .layer
    else {
      throw ValidationError("\(file) is a confusion matrix, which is drawn alone and without choices")
    }
    try write([("", HeatMap(contentsOfConfusionCSV: file, title: title ?? "Confusion matrix"))])
  }

  /// Writes figures with their names put before the ending where there are several.
  private func write(_ figures: [(name: String, figure: any Figure)]) throws {
    let files = try FigurePath(output ?? "").names(for: figures.map(\.name))
    try OutputFiles(files).check(against: tables)
    for (figure, file) in zip(figures, files) {
      try figure.figure.write(to: file, look)
      Console.note("wrote \(file)")
    }
  }

  /// A name that a file can have.
  private static func fileName(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
  }

  /// Whether the table has everything that is asked for.
  static func check(_ asked: [String], _ kind: String, among known: [String], of source: String)
    throws
  {
    guard let missing = asked.first(where: { !known.contains($0) }) else { return }
    throw ValidationError(
      "\(source) has no \(kind) \(missing.isEmpty ? "without a name" : missing); it has \(known.joined(separator: ", "))"
    )
  }
}
