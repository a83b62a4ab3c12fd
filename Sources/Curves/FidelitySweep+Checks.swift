import Alignment
import Features
import Fidelity

extension FidelitySweep {
  func checkInputs(_ compared: [FidelityMetric]) throws {
    if let metric = compared.first, models.isEmpty || references.isEmpty {
      throw FidelityError(
        .missingInput,
        "\(metric.name) needs \(models.isEmpty ? "features" : "a reference"), and there is none")
    }
    if metrics.count > compared.count, scores.isEmpty {
      throw FidelityError(.missingInput, "inception-score needs logits or probabilities, and there are none")
    }
    let spatial = compared.filter { $0.input == .spatialMoments }
    if let metric = spatial.first, spatial.count < compared.count {
      throw FidelityError(
        .invalidSetting,
        "\(metric.name) looks at spatial features and the other metrics at pooled ones; measure it by itself")
    }
  }

  func selectedJobs() throws -> [(FidelitySource, FeatureKey)] {
    let jobs = models.flatMap { model in model.keys.filter(selection.includes).map { (model, $0) } }
    guard jobs.isEmpty, let model = models.first else { return jobs }
    throw FeatureError(
      .notFound, path: model.path,
      "none of its representations has both a layer and a time step asked for; it has "
        + model.keys.prefix(28).map(\.description).joined(separator: ", "))
  }

  static func key(
    for key: FeatureKey, of model: FidelitySource, in reference: FidelitySource
  ) throws -> FeatureKey {
    if reference.keys.count == 1, let only = reference.keys.first { return only }
    guard reference.keys.contains(key) else {
      throw FeatureError(
        .notFound, path: reference.path,
        "it has no \(key) to compare with that of \(model.path); pick one representation with PATH#NAME. It has "
          + reference.keys.prefix(28).map(\.description).joined(separator: ", "))
    }
    return key
  }

  /// Two models of one name would be one point.
  static func checkNames(_ sources: [(name: String, path: String, step: Int?, keys: [FeatureKey])])
    throws
  {
    for (place, source) in sources.enumerated() {
      let other = sources[..<place].first {
        $0.name == source.name && $0.step == source.step && !Set($0.keys).isDisjoint(with: source.keys)
      }
      guard let other else { continue }
      throw FeatureError(
        .ambiguous, path: source.path,
        "it is called \(source.name), and so is \(other.path); tell them apart with LABEL=PATH")
    }
  }

  /// Puts file and layer before what is wrong with the numbers.
  func naming<Value>(
    _ path: String, _ key: FeatureKey, against reference: (path: String, key: FeatureKey)? = nil,
    _ body: () throws -> Value
  ) throws -> Value {
    func place(_ path: String, _ key: FeatureKey) -> String {
      key == FeatureKey(layer: nil) ? path : "\(path), \(key)"
    }
    let head = place(path, key) + (reference.map { " against \(place($0.path, $0.key))" } ?? "")
    do {
      return try body()
    } catch let error as FidelityError {
      throw FidelityError(error.code, "\(head): \(error)")
    } catch let error as AlignmentError {
      throw AlignmentError(error.code, "\(head): \(error)")
    }
  }

  func biasWarnings(_ metrics: [FidelityMetric], _ sides: [(path: String, side: FidelitySide)])
    -> [String]
  {
    guard let metric = metrics.first(where: { $0.input == .moments || $0.input == .spatialMoments }) else {
      return []
    }
    return sides.compactMap { path, side in
      guard let features = side.features, features.rows <= features.columns else { return nil }
      return
        "\(metric.name) reads high with few samples, and \(path) has \(features.rows) of \(features.columns) dimensions; "
        + "compare it only at equal numbers of samples"
    }
  }
}
