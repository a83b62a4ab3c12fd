import Curves
import Features
import Models

// What the files say about a study that its experiment file does not, found before hours are spent on it.

extension StudyPlanner {
  /// Whether the features that are there already can be told apart, and have the samples asked for.
  ///
  /// - Throws: ``StudyError``, or the error of features that cannot be read.
  static func check(_ study: Study, _ networks: [PlannedFeatures], samples: PlannedSamples?) throws {
    let most = study.statistics.sampleSizes.max()
    if let most, let samples, samples.count < most {
      throw StudyError(
        .noData, path: samples.samples.images ?? samples.samples.latents ?? "data",
        "there are \(samples.count) samples, and values on \(most) of them are asked for")
    }
    for features in networks {
      guard case .features = features.network.source, let most else { continue }
      let source = try study.open(features.path, as: features.network)
      guard source.sampleCount < most else { continue }
      throw StudyError(
        .noData, path: features.path,
        "there are \(source.sampleCount) samples, and values on \(most) of them are asked for")
    }
  }

  /// Two models of one name, training step, layer and time step would be one point.
  ///
  /// Checkpoints tell their steps only when they are run: ``Study/checkRows(_:)`` looks at them.
  ///
  /// - Throws: ``StudyError``, or the error of features that cannot be read.
  static func checkNames(_ study: Study, _ models: [PlannedFeatures]) throws {
    struct Point: Hashable {
      var name: String
      var step: Int?
      var key: FeatureKey
    }
    var paths: [Point: String] = [:]
    for model in models {
      guard case .features = model.network.source else { continue }
      let source = try study.open(model.path, as: model.network)
      for key in source.keys where model.selection.includes(key) {
        let point = Point(name: source.name, step: source.step, key: key)
        guard let other = paths.updateValue(model.path, forKey: point) else { continue }
        throw StudyError(
          .ambiguous, path: model.path,
          "it is called \(source.name), and so is \(other), and both have \(key); give them different names or steps"
        )
      }
    }
  }

  /// Whether a network has a use for everything that is said of it.
  ///
  /// - Throws: ``StudyError`` for an option of the other kind of network.
  static func check(
    _ network: Study.Network, options: [String: String], against kind: ModelKind, path: String
  ) throws {
    let (others, what): ([String], String)
    switch kind {
    case .diffusionTransformer: (others, what) = (["protocol", "network"], "a diffusion transformer")
    case .visionTransformer:
      (others, what) = (
        ["weights", "encoder-depth", "interpolant", "time-convention"], "a vision encoder"
      )
      if network.timesteps != nil {
        throw StudyError(
          .badOption, path: path, "timesteps are for diffusion transformers, but \(network.name) is \(what)")
      }
    case .autoencoder: return
    }
    if options["family"] != nil {
      let choices = NetworkChoices(options)
      let isOther =
        if case .diffusionTransformer = kind { choices.diffusion.family == nil } else {
          choices.encoder.family == nil
        }
      if isOther {
        throw StudyError(
          .badOption, path: path,
          "\(options["family"] ?? "") is no family of \(what.split(separator: " ").dropFirst().joined(separator: " "))s, and \(network.name) is one; leave family out"
        )
      }
    }
    guard let option = others.first(where: { options[$0] != nil }) else { return }
    throw StudyError(
      .badOption, path: path, "\(option) is no option of \(what), as \(network.name) is; leave it out")
  }
}

extension Study {
  /// Whether every measurement can be told from the others.
  ///
  /// - Throws: ``StudyError`` for two rows of one point.
  func checkRows(_ table: MeasurementTable, of path: String) throws {
    struct Point: Hashable {
      var curve: Curve.Key
      var layer: LayerLabel?
    }
    var seen: Set<Point> = []
    for row in table.rows where !seen.insert(Point(curve: Curve.Key(row), layer: row.layer)).inserted {
      let place = [row.step.map { "step \($0)" }, row.layer.map { "layer \($0)" }].compactMap(\.self)
      throw StudyError(
        .ambiguous, path: path,
        "\(row.metric) of \(([row.model] + place).joined(separator: ", ")) is there twice: two networks have the same name; "
          + "give them different names or steps")
    }
  }
}
