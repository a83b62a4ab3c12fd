extension Metric {
  /// Every metric there is, in the order in which helps and documentation list them.
  public static let all: [Metric] = [
    .cknna, .cknnaBiased, .cknnaCentred, .mutualKNN, .cycleKNN, .lcsKNN, .editKNN,
    .cka, .ckaUnbiased, .ckaRBF, .ckaRBFUnbiased, .svcca, .cca, .ccaSquared, .pwcca, .procrustes, .rsa,
    .rsaSpearman,
    .repaCosine, .ntXent,
  ]

  /// The metric of that name.
  public static func named(_ name: String) -> Metric? {
    all.first { $0.name == name }
  }
}
