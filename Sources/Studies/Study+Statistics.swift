import Alignment
import Curves
import Probing

// Keys are the options of `repscope align` and `repscope probe`.

extension Sweep.Statistics {
  init(_ section: YAMLSection) {
    self.init()
    permutations = section.integer("permutations", in: 1...100_000_000)
    alpha = section.number("alpha", in: 1e-9...0.999) ?? alpha
    let kinds = LayerAggregate.allCases.map { ($0.rawValue, $0) }
    aggregates = section.list("aggregate")?.compactMap { section.choice($0, kinds) } ?? []
    falseDiscoveryRate = section.number("fdr", in: 1e-9...0.999)
    intervals = section.choice("intervals", Resampling.Method.allCases.map { ($0.rawValue, $0) })
    resamples = section.integer("resamples", in: 2...1_000_000)
    confidence = section.number("confidence", in: 1e-9...0.999999) ?? confidence
    sampleSizes = section.list("sample-sizes")?.compactMap { section.integer($0, in: 1...Int.max) } ?? []
    seed = UInt64(section.integer("seed", in: 0...Int.max) ?? 0)
    if permutations == nil, !aggregates.isEmpty || falseDiscoveryRate != nil {
      section.problem(
        "permutations",
        "aggregates and false-discovery control are made from permutations, and there are none")
    }
  }
}

extension ProbeProtocol {
  init?(_ section: YAMLSection) {
    let all = Self.names.compactMap { name in Self.named(name).map { (name, $0) } }
    switch section.choice("protocol", all) ?? .logistic(LogisticRegression()) {
    case .logistic(var probe):
      let range = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
      probe.cs = section.numbers("c", in: range) ?? probe.cs
      probe.standardize = section.bool("standardize") ?? probe.standardize
      probe.holdout = section.number("holdout", in: 0.001...0.999) ?? probe.holdout
      probe.maximumIterations = section.integer("max-iterations", in: 1...Int.max) ?? probe.maximumIterations
      probe.seed = section.seed
      self = .logistic(probe)
    case .ridge(var probe):
      let range = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
      probe.lambdas = section.numbers("lambda", in: range) ?? probe.lambdas
      probe.standardize = section.bool("standardize") ?? probe.standardize
      self = .ridge(probe)
    case .gradient(var probe):
      probe.batchSize = section.integer("batch-size", in: 2...Int.max) ?? probe.batchSize
      probe.epochs = section.integer("epochs", in: 1...Int.max) ?? probe.epochs
      probe.learningRate = section.number("learning-rate", in: 1e-12...1e12) ?? probe.learningRate
      probe.warmupEpochs =
        section.integer("warmup-epochs", in: 0...max(probe.epochs - 1, 0))
        ?? min(probe.warmupEpochs, probe.epochs - 1)
      probe.weightDecay = section.number("weight-decay", in: 0...1e12) ?? probe.weightDecay
      probe.seed = section.seed
      self = .gradient(probe)
    case .neighbors(var probe):
      probe.k = section.integer("k", in: 1...Int.max) ?? probe.k
      probe.temperature = section.number("temperature", in: 1e-12...1e12) ?? probe.temperature
      self = .neighbors(probe)
    }
  }
}

extension YAMLSection {
  fileprivate var seed: UInt64 { UInt64(integer("seed", in: 0...Int.max) ?? 0) }
}
