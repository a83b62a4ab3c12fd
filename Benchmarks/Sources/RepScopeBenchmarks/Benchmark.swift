import Foundation
import RepScope

/// One group of measurements.
protocol Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws
}

/// Sizes and repetitions.
struct Plan {
  var samples: Int
  var largeSamples: Int
  var dimensions: (x: Int, y: Int)
  var k: Int
  var layers: Int
  var images: Int
  /// Of the diffusion transformers and encoders alone.
  var modelThreads: Int
  var rounds: Int
  var largeRounds: Int
  var peerRounds: Int
  var usualRounds: Int
  var hasPeers: Bool
  /// Of the large study.
  var representations: Int
  /// Of the linear probes.
  var probe: (samples: Int, classes: Int, largeSamples: Int, largeClasses: Int)
}

/// The features on disk, made when first asked for.
final class FeatureFiles {
  private let plan: Plan
  private let folder: TemporaryFolder

  init(_ plan: Plan) throws {
    self.plan = plan
    folder = try TemporaryFolder()
  }

  /// Two related representations of the same samples.
  func pair() throws -> (x: String, y: String) {
    let (x, y) = (folder.path("x.npy"), folder.path("y.npy"))
    if !FileManager.default.fileExists(atPath: y) {
      let features = try RandomFeatures.independent(
        samples: plan.samples, dimensions: plan.dimensions.x, seed: 1)
      try NumPyFile.write(features, to: x)
      try NumPyFile.write(RandomFeatures.related(to: features, dimensions: plan.dimensions.y, seed: 2), to: y)
    }
    return (x, y)
  }

  /// The first few permutations of a null distribution with seed 0, one a row.
  func orders(_ count: Int) throws -> String {
    let path = folder.path("orders.npy")
    let random = CounterRandom(seed: 0)
    let orders = (0..<count).flatMap { random.permutation(of: plan.samples, stream: UInt64($0)) }
    try NumPyFile.write(
      Matrix(rows: count, columns: plan.samples, elements: orders.map(Float.init)), to: path)
    return path
  }

  /// Two sets of as many samples each, of an Inception network's 2048 dimensions, the second a little apart.
  func sets(_ samples: Int) throws -> (x: String, y: String) {
    let (x, y) = (folder.path("x\(samples).npy"), folder.path("y\(samples).npy"))
    if !FileManager.default.fileExists(atPath: y) {
      try NumPyFile.write(RandomFeatures.independent(samples: samples, dimensions: 2048, seed: 5), to: x)
      try NumPyFile.write(
        RandomFeatures.related(
          to: RandomFeatures.independent(samples: samples, dimensions: 256, seed: 6), dimensions: 2048,
          seed: 7),
        to: y)
    }
    return (x, y)
  }

  /// One representation of many samples.
  func large() throws -> String {
    let path = folder.path("large.npy")
    if !FileManager.default.fileExists(atPath: path) {
      try NumPyFile.write(
        RandomFeatures.independent(samples: plan.largeSamples, dimensions: plan.dimensions.x, seed: 3),
        to: path)
    }
    return path
  }
}

/// Something to measure several times, in turn with others.
struct Contender {
  let name: String
  let rounds: Int
  let measure: () throws -> Measured

  init(_ name: String, _ rounds: Int, _ measure: @escaping () throws -> Measured) {
    self.name = name
    self.rounds = rounds
    self.measure = measure
  }
}

/// Measures in the order A B C A B C ..., so that whatever slows the machine down for a while meets all alike;
/// contenders of fewer rounds drop out early.
func interleave(_ contenders: [Contender]) throws -> [String: [Measured]] {
  var results: [String: [Measured]] = [:]
  for round in 0..<(contenders.map(\.rounds).max() ?? 0) {
    for contender in contenders where round < contender.rounds {
      Progress.show("\(contender.name), round \(round + 1) of \(contender.rounds)")
      results[contender.name, default: []].append(try contender.measure())
    }
  }
  return results
}

enum Progress {
  /// A line on standard error.
  static func show(_ text: String) {
    FileHandle.standardError.write(Data("  \(text)\n".utf8))
  }
}

extension [Measured] {
  /// For every measurement the sum of the named times, or all repetitions of a single one.
  func timings(_ names: [String]) -> Timings {
    if names.count == 1 { return Timings(flatMap { $0.seconds[names[0]] ?? [] }) }
    return Timings(map { measured in names.reduce(0) { $0 + (measured.seconds[$1]?.first ?? .nan) } })
  }
}

/// Seven decimals: what float32 can tell.
func rounded(_ value: Double) -> String { String(format: "%.7f", value) }

/// One significant digit and a power of ten.
func scientific(_ value: Double) -> String { value == 0 ? "0" : String(format: "%.0e", value) }
