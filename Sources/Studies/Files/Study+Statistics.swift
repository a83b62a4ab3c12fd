import Alignment
import Curves
import Probing

// Keys are the options of `repscope align` and `repscope probe`.

extension Sweep.Statistics {
  init(_ section: YAMLSection) {
    self.init()
    permutations = section.integer("permutations")
    alpha = section.number("alpha") ?? alpha
    let kinds = LayerAggregate.allCases.map { ($0.rawValue, $0) }
    let asked = section.list("aggregate")?.compactMap { section.choice($0, kinds) } ?? []
    aggregates = LayerAggregate.allCases.filter(asked.contains)
    falseDiscoveryRate = section.number("fdr")
    intervals = section.choice("intervals", Resampling.Method.allCases.map { ($0.rawValue, $0) })
    resamples = section.integer("resamples")
    confidence = section.number("confidence") ?? confidence
    if section.value("sample-sizes")?.node.scalar?.string.contains(",") == true {
      section.problem("sample-sizes", "several sizes are a list, as in [500, 1000]")
    } else {
      sampleSizes = section.list("sample-sizes")?.compactMap { section.integer($0) } ?? []
    }
    seed = UInt64(section.integer("seed", in: 0...Int.max) ?? 0)
    section.report(problems())
  }
}

extension ProbeProtocol {
  init?(_ section: YAMLSection) {
    let all = Self.names.compactMap { name in Self.named(name).map { (name, $0) } }
    switch section.choice("protocol", all) ?? .logistic(LogisticRegression()) {
    case .logistic(var probe):
      probe.cs = section.numbers("c") ?? probe.cs
      probe.standardize = section.bool("standardize") ?? probe.standardize
      probe.holdout = section.number("holdout") ?? probe.holdout
      probe.maximumIterations = section.integer("max-iterations") ?? probe.maximumIterations
      probe.seed = section.seed
      self = .logistic(probe)
    case .ridge(var probe):
      probe.lambdas = section.numbers("lambda") ?? probe.lambdas
      probe.standardize = section.bool("standardize") ?? probe.standardize
      self = .ridge(probe)
    case .gradient(var probe):
      probe.batchSize = section.integer("batch-size") ?? probe.batchSize
      probe.epochs = section.integer("epochs") ?? probe.epochs
      probe.learningRate = section.number("learning-rate") ?? probe.learningRate
      probe.warmupEpochs =
        section.integer("warmup-epochs") ?? max(min(probe.warmupEpochs, max(probe.epochs, 1) - 1), 0)
      probe.weightDecay = section.number("weight-decay") ?? probe.weightDecay
      probe.seed = section.seed
      self = .gradient(probe)
    case .neighbors(var probe):
      probe.k = section.integer("k") ?? probe.k
      probe.temperature = section.number("temperature") ?? probe.temperature
      self = .neighbors(probe)
    }
    section.report(problems())
  }
}

extension YAMLSection {
  fileprivate var seed: UInt64 { UInt64(integer("seed", in: 0...Int.max) ?? 0) }
}
