import Alignment
import Features

extension Sweep {
  /// What is measured of one representation of a model by itself: rows without a reference.
  ///
  /// - Parameter rows: Which of the source's samples take part, nil for all; masks are picked like them.
  func propertyRows(
    _ model: any FeatureSource, _ key: FeatureKey, _ representation: PreparedRepresentation, rows: [Int]?,
    _ warnings: inout [String]
  ) throws -> [Measurement] {
    guard !properties.isEmpty else { return [] }
    var settings = settings
    if let masks = settings.masks, let rows { settings.masks = masks.gathering(rows: rows) }
    var found: [String] = []
    let values = try naming(model, key, rows: rows) {
      try RepresentationProperty.measure(
        properties, representation, settings: settings, threads: threads, warnings: &found)
    }
    warnings += found.map { "\(key.place(in: model.path)): \($0)" }
    return zip(properties, values).map { property, value in
      Measurement(
        model: model.name, step: model.step, layer: key.layer, timestep: key.timestep, metric: property.name,
        parameters: property.parameters(settings), samples: representation.samples, value: value)
    }
  }

  /// Masks say nothing of samples' names: they are of the models' own rows, which must be the same for all models.
  func checkMasks() throws {
    guard let masks = settings.masks, properties.contains(where: { $0.dependencies.contains(.masks) }) else {
      return
    }
    for model in models where model.sampleCount != masks.samples {
      throw FeatureError(
        .samplesDiffer, path: model.path,
        "it has \(model.sampleCount) samples, and the masks \(masks.name) are of \(masks.samples)")
    }
    if case .byName = matching, let model = models.first {
      throw FeatureError(
        .samplesDiffer, path: model.path,
        "masks have no names to join by; measure srss without joining samples by name")
    }
  }
}
