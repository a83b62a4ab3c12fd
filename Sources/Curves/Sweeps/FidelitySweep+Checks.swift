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

  static func key(
    for key: FeatureKey, of model: FidelitySource, in reference: FidelitySource
  ) throws -> FeatureKey {
    if reference.keys.count == 1, let only = reference.keys.first { return only }
    guard reference.keys.contains(key) else {
      throw FeatureError(
        .notFound, path: reference.path,
        "it has nothing like \(key) of \(model.path) to compare with; pick one representation with PATH#NAME. It has "
          + reference.keys.prefix(28).map(\.description).joined(separator: ", "))
    }
    return key
  }

  /// Puts file and layer before what is wrong with the numbers.
  func naming<Value>(
    _ path: String, _ key: FeatureKey, against reference: (path: String, key: FeatureKey)? = nil,
    _ body: () throws -> Value
  ) throws -> Value {
    let head = key.place(in: path) + (reference.map { " against \($0.key.place(in: $0.path))" } ?? "")
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
