import Foundation
import RepScope

/// A slice of a large study: some representations against all references by all metrics, and beside each representation what
/// it cannot do without, its neighbor graph and its second moments.
struct StudyMeasurement {
  let samples: Int
  let dimensions: Int
  /// How many representations of the study are measured.
  let representations: Int
  let settings: AlignmentSettings
  let threads: Threads

  static let metrics: [Metric] = [
    .cknna, .cknnaBiased, .mutualKNN, .cycleKNN, .lcsKNN, .editKNN, .cka, .ckaUnbiased,
  ]
  /// What the same pairs cost with other metrics is measured one by one.
  static let others: [Metric] = [
    .cknnaCentred, .ckaRBF, .svcca, .cca, .pwcca, .procrustes, .rsa, .rsaSpearman,
  ]
  /// Widths of the encoders that studies compare with: DINOv2-g, MAE-L, MoCo v3-L, CLIP-L, DINO-B.
  static let references = [1536, 1024, 1024, 1024, 768]

  func run() throws -> Measured {
    let references = references()
    let keys = (0..<representations).map { (place: Int) -> FeatureKey in
      let (step, layer) = place.quotientAndRemainder(dividingBy: 28)
      return FeatureKey(layer: LayerLabel(layer + 1), timestep: Double(step + 1) / 1000)
    }
    let model = GeneratedFeatures("model", keys: keys, samples: samples, dimensions: dimensions, seed: 1)
    let others = try moments(of: references)
    var measured = Measured()
    var failure: (any Error)?
    var lap = Lap(references + [model])
    var done = 0
    let sweep = Sweep(
      models: [model], references: references, metrics: Self.metrics, settings: settings, threads: threads)
    _ = try sweep.run { _ in
      done += 1
      let name = done <= references.count ? "reference" : "step"
      let (seconds, processor) = lap.elapsed
      measured.seconds[name, default: []].append(seconds)
      measured.seconds["\(name), processor", default: []].append(processor)
      do {
        if name == "step", let features = model.latest { try measureParts(of: features, others, &measured) }
      } catch { failure = failure ?? error }
      lap = Lap(references + [model])
    }
    if let failure { throw failure }
    return measured
  }

  private func references() -> [GeneratedFeatures] {
    Self.references.enumerated().map { place, width in
      GeneratedFeatures(
        "reference \(place + 1)", keys: [FeatureKey(layer: nil)], samples: samples, dimensions: width,
        seed: UInt64(100 + 10 * place))
    }
  }

  private func moments(of references: [GeneratedFeatures]) throws -> [Moments] {
    try references.map { source in
      try Moments(
        of: Representation(source.features(FeatureKey(layer: nil)), threads: threads), threads: threads)
    }
  }

  /// The parts alone: the graph, the moments, and the products with the references' features.
  private func measureParts(of features: Matrix, _ others: [Moments], _ measured: inout Measured) throws {
    let representation = try Representation(features, threads: threads)
    func add(_ name: String, _ body: () throws -> Void) rethrows {
      var time = 0.0
      let processor = try processorSeconds { time = try seconds(of: body) }
      measured.seconds[name, default: []].append(time)
      measured.seconds["\(name), processor", default: []].append(processor)
    }
    try add("graph") { _ = try NeighborGraph(of: representation, k: settings.k, threads: threads) }
    var moments: Moments?
    try add("moments") { moments = try Moments(of: representation, threads: threads) }
    guard let moments else { return }
    try add("products") { for other in others { _ = try LinearCKA(moments, other, threads: threads) } }
  }

  /// Every metric of one pair by itself: what preparing a side takes, and then the pair.
  func runPairs() throws -> Measured {
    let references = references()
    let model = GeneratedFeatures(
      "model", keys: [FeatureKey(layer: 1)], samples: samples, dimensions: dimensions, seed: 1)
    let (x, y) = (
      try model.features(FeatureKey(layer: 1)), try references[0].features(FeatureKey(layer: nil))
    )
    var measured = Measured()
    for metric in Self.metrics + Self.others {
      func prepare(_ features: Matrix) throws -> PreparedRepresentation {
        try PreparedRepresentation(features, for: [metric], settings: settings, threads: threads)
      }
      var sides: [PreparedRepresentation] = []
      measured.seconds["\(metric.name), a side"] = [try processorSeconds { sides.append(try prepare(x)) }]
      sides.append(try prepare(y))
      measured.seconds["\(metric.name), a pair"] = try (0..<3).map { _ in
        try processorSeconds {
          _ = try Metric.measure([metric], sides[0], sides[1], settings: settings, threads: threads)
        }
      }
    }
    return measured
  }
}

/// Time since it was made, without what the generators took of it.
private struct Lap {
  private let start = ContinuousClock.now
  private let clockStart = clock()
  private let sources: [GeneratedFeatures]
  private let before: (seconds: Double, processor: Double)

  init(_ sources: [GeneratedFeatures]) {
    self.sources = sources
    before = Self.spent(sources)
  }

  var elapsed: (seconds: Double, processor: Double) {
    let spent = Self.spent(sources)
    return (
      (ContinuousClock.now - start) / .seconds(1) - (spent.seconds - before.seconds),
      Double(clock() - clockStart) / Double(CLOCKS_PER_SEC) - (spent.processor - before.processor)
    )
  }

  private static func spent(_ sources: [GeneratedFeatures]) -> (seconds: Double, processor: Double) {
    sources.map(\.spent).reduce((0, 0)) { ($0.0 + $1.seconds, $0.1 + $1.processor) }
  }
}
