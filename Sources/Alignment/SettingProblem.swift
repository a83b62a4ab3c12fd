/// A setting that can have no result.
package struct SettingProblem: Sendable, Hashable {
  /// Its name as options and experiment files have it, such as `clamp-quantile`.
  package let name: String
  /// What was found and what is possible, as "alpha is 2.0; it lies between 0 and 1".
  package let message: String
}

/// Collects what is wrong with settings, for all who read them: limits stand in one place, whatever settings are told in.
package struct SettingChecks {
  private let naming: (String) -> String
  package private(set) var problems: [SettingProblem] = []

  /// - Parameter naming: How messages call a setting, such as `--alpha`.
  package init(naming: @escaping (String) -> String) { self.naming = naming }

  /// - Parameter message: What is wrong, after the setting's name.
  package mutating func require(_ isPossible: Bool, _ name: String, _ message: @autoclosure () -> String) {
    guard !isPossible else { return }
    problems.append(SettingProblem(name: name, message: "\(naming(name)) \(message())"))
  }
}

extension AlignmentSettings {
  /// The settings that are outside their limits.
  ///
  /// - Parameter naming: How messages call a setting.
  package func problems(naming: @escaping (String) -> String = { $0 }) -> [SettingProblem] {
    var checks = SettingChecks(naming: naming)
    checks.require(k >= 1, "k", "is \(k); a sample has at least 1 neighbor")
    checks.require(sigma.isValid, "sigma", "is \(sigma.text); it must be positive")
    checks.require(components >= 1, "components", "is \(components); it is at least 1")
    checks.require(
      discard >= 0 && discard < 1, "discard", "is \(discard); it is at least 0 and below 1")
    checks.require(epsilon >= 0 && epsilon.isFinite, "epsilon", "is \(epsilon); it must be 0 or positive")
    checks.require(tau > 0 && tau.isFinite, "tau", "is \(tau); it must be positive")
    switch clamp {
    case .none: break
    case .mean(let quantile), .exact(let quantile):
      checks.require(
        quantile >= 0 && quantile <= 1, "clamp-quantile", "is \(quantile); it lies between 0 and 1")
    }
    for (name, distance) in [
      ("far-distance", patchDistances.far), ("decay-distance", patchDistances.decay),
      ("near-distance", patchDistances.near), ("background-distance", patchDistances.background),
    ] {
      checks.require(
        (1...1 << 20).contains(distance), name,
        "is \(distance); patches are at least 1 apart, and at most 2^20")
    }
    return checks.problems
  }
}
