import Features

extension DiffusionPlan {
  /// The noise levels in rising order, with what is mixed and what the network is told.
  static func steps(
    _ settings: DiffusionSettings, interpolant: Interpolant, convention: TimeConvention
  ) throws -> [ArchiveDescription.Timestep] {
    // -0 becomes 0: the same time step must not have two texts.
    let times = settings.timesteps.map { $0 + 0 }
    let conditions = settings.conditionTimesteps?.map { $0 + 0 } ?? times
    guard !times.isEmpty else {
      throw ExtractionError(.invalidSettings, "there is no time step to extract at")
    }
    for time in times + conditions where !(0...1).contains(time) {
      throw ExtractionError(
        .invalidSettings,
        "the time step \(time) does not lie in [0, 1]; 0 is clean data, 1 is noise, for every model")
    }
    guard conditions.count == times.count || conditions.count == 1 else {
      throw ExtractionError(
        .invalidSettings,
        "\(conditions.count) time steps to tell the network for \(times.count) noise levels; give one for each, or one "
          + "for all")
    }
    let steps = times.enumerated().map { place, t in
      ArchiveDescription.Timestep(
        t: t, alpha: interpolant.alpha(t), sigma: interpolant.sigma(t),
        condition: convention.condition(conditions.count == 1 ? conditions[0] : conditions[place]))
    }.sorted { $0.t < $1.t }
    for (step, next) in zip(steps, steps.dropFirst()) where step.t == next.t {
      throw ExtractionError(.invalidSettings, "the time step \(step.t) is asked for twice")
    }
    return steps
  }

  /// The taps in the layers' order.
  static func taps(_ settings: DiffusionSettings, network: NetworkDescription) throws -> [Tap] {
    guard !settings.taps.isEmpty else {
      throw ExtractionError(.invalidSettings, "there is no layer to extract")
    }
    guard Set(settings.taps).count == settings.taps.count else {
      throw ExtractionError(.invalidSettings, "a layer is asked for twice")
    }
    guard !settings.pooling.needsClassToken else {
      throw ExtractionError(
        .invalidSettings, "a diffusion transformer has no class token; pool the mean over its tokens")
    }
    try ArchiveLayout.check(settings.pooling, patches: network.tokens)
    return settings.taps.sorted { $0.label < $1.label }
  }

  /// What is kept of a tap.
  static func rows(of tap: Tap, _ settings: DiffusionSettings, network: NetworkDescription) throws -> TapRows
  {
    guard let shape = network.shape(of: tap) else {
      let projectors = network.projectors.enumerated().map {
        "\(Tap.projector(layer: $0.element.layer, index: $0.offset).label)"
      }
      throw ExtractionError(
        .invalidSettings,
        "the network has no \(tap.label.number == nil ? "" : "layer ")\(tap.label); it has the layers 0 to \(network.depth)"
          + (projectors + ["output"]).map { ", \($0)" }.joined())
    }
    return TapRows(
      tap.label, shape: TapShape(shape), pooling: settings.pooling, elementType: settings.elementType)
  }

  /// The label that the network is told of every chosen sample.
  static func labels(
    _ condition: DiffusionSettings.Condition, samples: [Int], network: NetworkDescription, latents: Latents
  ) throws -> [Int] {
    switch condition {
    case .nullLabel:
      guard let label = network.nullLabel else {
        throw ExtractionError(
          .invalidSettings,
          "the network has no null label: it was trained with labels only; condition on labels")
      }
      return Array(repeating: label, count: samples.count)
    case .labels:
      return try samples.map { sample in
        guard let label = latents.samples.labels[sample] else {
          throw ExtractionError(
            .badLabels, path: latents.samples.path,
            "there is no label for \(latents.samples.name(sample)); give a file of labels")
        }
        guard (0..<network.classes).contains(label) else {
          throw ExtractionError(
            .badLabels, path: latents.samples.path,
            "the label of \(latents.samples.name(sample)) is \(label); the network has the classes 0 to \(network.classes - 1)"
          )
        }
        return label
      }
    }
  }
}
