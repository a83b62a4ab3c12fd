import ArgumentParser
import RepScope

/// Which probe, and its settings where they differ from the protocol's own.
struct ProtocolOptions: ParsableArguments {
  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("One of: \(ProbeProtocol.names.joined(separator: ", ")).", valueName: "name"),
    completion: .list(ProbeProtocol.names))
  var name = "logistic"

  @Option(
    help: ArgumentHelp(
      "logistic: weight of the samples against the penalty, 1 by default; of several, such as 0.01,0.1,1, the best by a "
        + "held-out share of the training samples.", valueName: "list"))
  var c: NumberList?

  @Option(
    help: ArgumentHelp(
      "logistic: the share of the training samples held out to choose C, 0.2 by default.", valueName: "share")
  )
  var holdout: Double?

  @Option(help: ArgumentHelp("logistic: the most iterations, 1000 by default.", valueName: "n"))
  var maxIterations: Int?

  @Option(
    help: ArgumentHelp(
      "ridge: weights of the penalty; the best is taken by leaving out one training sample at a time. 0.001 to 100000 by "
        + "default.", valueName: "list"))
  var lambda: NumberList?

  @Flag(
    inversion: .prefixedNo,
    help: "logistic, ridge: divide every dimension by its standard deviation. By default logistic does.")
  var standardize: Bool?

  @Option(help: ArgumentHelp("knn: neighbors that vote, 20 by default.", valueName: "k"))
  var k: Int?

  @Option(
    help: ArgumentHelp("knn: votes weigh exp(cosine / temperature), 0.07 by default.", valueName: "t"))
  var temperature: Double?

  @Option(help: ArgumentHelp("Gradient probes: samples of a batch.", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("Gradient probes: passes over the training samples.", valueName: "n"))
  var epochs: Int?

  @Option(
    help: ArgumentHelp(
      "Gradient probes: the highest learning rate (mae: for a batch of 256).", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("Gradient probes: epochs in which the rate rises.", valueName: "n"))
  var warmupEpochs: Int?

  @Option(help: ArgumentHelp("Gradient probes: weight decay.", valueName: "decay"))
  var weightDecay: Double?

  func value(seed: UInt64) throws -> ProbeProtocol {
    guard let named = ProbeProtocol.named(name) else {
      throw ValidationError(
        "there is no protocol \(name); the protocols are \(ProbeProtocol.names.joined(separator: ", "))")
    }
    switch named {
    case .logistic(var logistic):
      try refuse([knn, ridgeOnly, gradient])
      logistic.cs = c?.values ?? logistic.cs
      logistic.standardize = standardize ?? logistic.standardize
      logistic.holdout = holdout ?? logistic.holdout
      logistic.maximumIterations = maxIterations ?? logistic.maximumIterations
      logistic.seed = seed
      if logistic.cs.count == 1, holdout != nil {
        throw ValidationError("--holdout chooses among several C; give --c a list")
      }
      return .logistic(logistic)
    case .ridge(var ridge):
      try refuse([knn, logisticOnly, gradient])
      ridge.lambdas = lambda?.values ?? ridge.lambdas
      ridge.standardize = standardize ?? ridge.standardize
      return .ridge(ridge)
    case .gradient(var probe):
      try refuse([knn, ridgeOnly, logisticOnly, scaling])
      probe.batchSize = batchSize ?? probe.batchSize
      probe.epochs = epochs ?? probe.epochs
      probe.learningRate = learningRate ?? probe.learningRate
      probe.warmupEpochs = warmupEpochs ?? min(probe.warmupEpochs, max(probe.epochs, 1) - 1)
      probe.weightDecay = weightDecay ?? probe.weightDecay
      probe.seed = seed
      return .gradient(probe)
    case .neighbors(var neighbors):
      try refuse([logisticOnly, ridgeOnly, scaling, gradient])
      neighbors.k = k ?? neighbors.k
      neighbors.temperature = temperature ?? neighbors.temperature
      return .neighbors(neighbors)
    }
  }

  mutating func validate() throws {
    try value(seed: 0).problems { "--\($0)" }.check()
  }

  private var logisticOnly: [(String, Bool)] {
    [("--c", c != nil), ("--holdout", holdout != nil), ("--max-iterations", maxIterations != nil)]
  }
  private var ridgeOnly: [(String, Bool)] { [("--lambda", lambda != nil)] }
  private var scaling: [(String, Bool)] { [("--standardize", standardize != nil)] }
  private var knn: [(String, Bool)] { [("--k", k != nil), ("--temperature", temperature != nil)] }
  private var gradient: [(String, Bool)] {
    [
      ("--batch-size", batchSize != nil), ("--epochs", epochs != nil),
      ("--learning-rate", learningRate != nil), ("--warmup-epochs", warmupEpochs != nil),
      ("--weight-decay", weightDecay != nil),
    ]
  }

  /// A setting that the protocol has no use for is a slip, not something to ignore.
  private func refuse(_ groups: [[(String, Bool)]]) throws {
    guard let given = groups.joined().first(where: \.1) else { return }
    throw ValidationError("\(given.0) is no setting of the protocol \(name)")
  }
}

/// A size of memory such as 4GB, 512MB or 2GiB.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let digits = argument.prefix { $0.isNumber || $0 == "." }
    let units: [String: Double] = [
      "": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1024, "MIB": 1_048_576,
      "GIB": 1_073_741_824, "TIB": 1_099_511_627_776,
    ]
    let unit = argument.dropFirst(digits.count).trimmingPrefix(" ").uppercased()
    guard let number = Double(digits), let factor = units[unit], number * factor >= 1, number * factor < 1e18
    else { return nil }
    bytes = Int(number * factor)
  }

  private init(bytes: Int) { self.bytes = bytes }

  static let fourGigabytes = ByteCount(bytes: 4_000_000_000)

  var defaultValueDescription: String { byteText(bytes) }
}
