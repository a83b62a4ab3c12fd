extension Curve {
  /// One setting of the curve's metric, as in `k=10`.
  package struct Parameter: Hashable, Sendable {
    package var name: String
    package var value: String

    /// The setting for people: `k = 10`, or the bare name where there is no value.
    package var text: String { value.isEmpty ? name : "\(name) = \(value)" }
  }

  /// The settings of the curve's metric, in their order.
  package var parameters: [Parameter] {
    key.parameters.split(separator: ";").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      return Parameter(name: String(parts.first ?? ""), value: parts.count > 1 ? String(parts[1]) : "")
    }
  }

  /// Short labels for a legend, one a curve: only what differs among the curves, such as `repa, t = 0.5`.
  ///
  /// A single measurement that lacks what all others share, as an encoder's lacks a time step, does not make the others
  /// repeat it, unless labels would become equal. A curve that differs in nothing is called by its model.
  package static func labels(of curves: [Curve]) -> [String] {
    let parameters = curves.map { Set($0.parameters) }
    let shared = parameters.dropFirst().reduce(parameters.first ?? []) { $0.intersection($1) }
    func labels(_ isShown: (Fact) -> Bool) -> [String] {
      let shown = Fact.allCases.filter(isShown)
      return curves.map { curve in
        let settings = curve.parameters.filter { !shared.contains($0) }.map(\.text)
        let label = (shown.compactMap(curve.text) + settings).joined(separator: ", ")
        return label.isEmpty ? curve.key.model : label
      }
    }
    let short = labels { values(of: $0, in: curves).count > 1 }
    return Set(short).count == curves.count
      ? short : labels { fact in Set(curves.map { $0.text(of: fact) }).count > 1 }
  }

  /// What all curves share, in words for a caption: model, step, time step, reference, settings. A single measurement
  /// may lack it.
  package static func sharedFacts(of curves: [Curve], without omitted: Set<Fact> = []) -> [String] {
    guard let first = curves.first else { return [] }
    // Captions name the number of samples after the settings.
    let facts = Fact.allCases.filter { !omitted.contains($0) && $0 != .samples }.compactMap { fact in
      let values = values(of: fact, in: curves)
      return values.count == 1 ? values.first.flatMap(\.self) : nil
    }
    let settings = first.parameters.filter { setting in
      curves.allSatisfy { $0.parameters.contains(setting) } && !first.isStatistic(setting)
    }
    return facts + settings.map(\.text)
  }

  /// Whether the setting is one of calibration or intervals: `Significance` puts these into words.
  private func isStatistic(_ setting: Parameter) -> Bool {
    Self.statistics.contains(setting.name)
      && parameters.contains { $0.name == "permutations" || $0.name == "intervals" }
      // A probe's seed draws nothing of its interval, which is a formula.
      && !(setting.name == "seed" && parameters.contains { $0.name == "intervals" && $0.value == "wilson" })
  }

  private static let statistics: Set = [
    "alpha", "confidence", "fdr", "intervals", "permutations", "resamples", "seed",
  ]

  /// The settings in which the curve differs from others, for people.
  func ownSettings(among others: [Curve]) -> String {
    parameters.filter { setting in !others.allSatisfy { $0.parameters.contains(setting) } }.map(\.text)
      .joined(separator: ", ")
  }

  /// A field in which curves can differ.
  package enum Fact: CaseIterable, Sendable {
    case metric, model, step, layer, timestep, reference, referenceLayer, referenceTimestep, samples
  }

  /// The different values of a fact, nil for a curve without it. To lack it is no difference for a measurement that
  /// belongs to no layer, such as an encoder's, to which time and training do not apply.
  private static func values(of fact: Fact, in curves: [Curve]) -> Set<String?> {
    Set(
      curves.compactMap { curve -> String?? in
        // An encoder's layer, which has a name, is no layer among the models'.
        if fact == .layer, curve.isSingle { return .none }
        if let value = curve.text(of: fact) { return .some(value) }
        return curve.isSingle ? .none : .some(nil)
      })
  }

  /// Whether this is one measurement of no numbered layer.
  private var isSingle: Bool { rows.count == 1 && rows[0].layer?.number == nil }

  /// A fact in words, nil for a curve without it.
  private func text(of fact: Fact) -> String? {
    switch fact {
    case .metric: key.metric
    case .model: key.model.isEmpty ? nil : key.model
    case .step: key.step.map { "step \(groupedText($0))" }
    case .layer: key.layer.map { $0.number == nil ? $0.description : "layer \($0)" }
    case .samples: key.samples.map { "\(groupedText($0)) samples" }
    case .timestep: key.timestep.map { "t = \(shortText($0))" }
    case .reference: key.reference.isEmpty ? nil : "with \(key.reference)"
    case .referenceLayer: key.referenceLayer.map { "reference layer \($0)" }
    case .referenceTimestep: key.referenceTimestep.map { "reference t = \(shortText($0))" }
    }
  }
}
