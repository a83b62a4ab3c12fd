import Alignment
import Curves

extension Study {
  /// What would be found out, or be of no effect, only when everything is extracted.
  func checkMeasurements(_ top: YAMLSection) {
    do {
      try statistics.checkIntervals(of: metrics)
    } catch {
      // Settings outside their limits are told at their keys already.
      if statistics.problems().isEmpty { top.problem("statistics", "\(error)") }
    }
    let measuresOthers = !properties.isEmpty || !probes.isEmpty
    if metrics.isEmpty, measuresOthers, statistics.permutations != nil || statistics.intervals != nil {
      top.problem(
        "statistics",
        "permutations and intervals are of alignment with references, and no such metric is measured")
    }
    if let most = statistics.sampleSizes.max(), let limit = data?.samples.limit, most > limit {
      top.problem("statistics", "values on \(most) samples are asked for, and data is limited to \(limit)")
    }
    let onMasks = properties.first { $0.dependencies.contains(.masks) }
    if let onMasks, masks == nil { top.problem("settings", "\(onMasks.name) needs masks") }
    if onMasks == nil, masks != nil {
      top.problem("settings", "masks are for srss, which is not measured")
    }
  }

  /// A figure of a model that nothing measures would be an error when all is measured.
  func checkFigures(_ top: YAMLSection) {
    let networks = self.models + self.references
    let times = Set(networks.flatMap { $0.timesteps ?? timesteps })
    let areExtracted = networks.allSatisfy { if case .checkpoint = $0.source { true } else { false } }
    for figure in figures where areExtracted {
      for time in figure.timesteps where !times.contains(time) {
        top.problem("figures", "\(figure.file) draws t = \(shortText(time)), which nothing is extracted at")
      }
    }
    let references = references.map(\.name)
    // Probes measure references too.
    let models = models.map(\.name) + (probes.isEmpty ? [] : references)
    for figure in figures {
      for (asked, kind, known) in [
        (figure.models, "model", models), (figure.references, "reference", references),
      ] {
        for name in asked where !known.contains(name) {
          let nearest = nearestName(to: name, among: known).map { "did you mean \($0)? " } ?? ""
          top.problem(
            "figures",
            "\(figure.file) draws the \(kind) \(name), which is not measured; \(nearest)There are "
              + distinct(known).joined(separator: ", "))
        }
      }
    }
  }

  /// A row of the table says of a reference no more than its name.
  func checkNames(_ top: YAMLSection) {
    for reference in references where reference.size != nil {
      top.problem(
        "references", "size is for models, which figures are drawn against; \(reference.name) is a reference")
    }
    let names = references.map(\.name)
    for name in distinct(names) where !name.isEmpty && names.count(where: { $0 == name }) > 1 {
      top.problem("references", "two references are called \(name); give each its own name")
    }
  }
}
