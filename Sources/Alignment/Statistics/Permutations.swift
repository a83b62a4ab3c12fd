import LinearAlgebra

/// The orders of one side's samples under which a metric is measured again, as if the sides had nothing to do with each
/// other.
public struct Permutations: Sendable, Hashable {
  /// How many there are.
  public let count: Int
  private let seed: UInt64
  private let given: [[Int]]?

  /// Random orders, a function of the seed and their number: the same for every layer, metric and number of threads.
  public init(count: Int, seed: UInt64 = 0) {
    self.count = max(0, count)
    self.seed = seed
    given = nil
  }

  /// These orders: row i of the permuted side is row `orders[k][i]` of the side as it was.
  public init(_ orders: [[Int]]) {
    count = orders.count
    seed = 0
    given = orders
  }

  /// One order of `0..<samples`.
  ///
  /// - Throws: ``AlignmentError`` where a given order is none of so many samples.
  func order(_ index: Int, of samples: Int) throws -> [Int32] {
    guard let given else {
      return CounterRandom(seed: seed).permutation(of: samples, stream: UInt64(index)).map(Int32.init)
    }
    let order = given[index]
    guard order.count == samples else {
      throw AlignmentError(
        .invalidSetting, "permutation \(index) is of \(order.count) samples, but there are \(samples)")
    }
    var isTaken = [Bool](repeating: false, count: samples)
    for position in order {
      guard position >= 0, position < samples, !isTaken[position] else {
        throw AlignmentError(
          .invalidSetting,
          "permutation \(index) is none: it has \(position) twice, or outside 0..<\(samples)")
      }
      isTaken[position] = true
    }
    return order.map(Int32.init)
  }
}

/// One order of the second side's samples, with what several metrics compute from it: one a thread.
///
/// Not for use by two threads at once.
final class PermutedSamples {
  private(set) var order: [Int32] = []
  /// Room for 4 N numbers.
  let work: Workspace<Double>
  private var products: [ObjectIdentifier: Double] = [:]

  init(samples: Int) {
    work = Workspace(4 * samples)
  }

  func take(_ order: [Int32]) {
    self.order = order
    products.removeAll(keepingCapacity: true)
  }

  /// A number that several metrics need of this order, computed when the first of them asks.
  func once(_ owner: AnyObject, _ compute: () -> Double) -> Double {
    if let value = products[ObjectIdentifier(owner)] { return value }
    let value = compute()
    products[ObjectIdentifier(owner)] = value
    return value
  }
}

/// A metric's value for one order of the second side's samples.
typealias PermutedValue = @Sendable (PermutedSamples) throws -> Double

extension Metric {
  /// The values of several metrics under every permutation of y's samples, a list a metric, in the order of `metrics`.
  ///
  /// Metrics on neighbors look only at the two graphs: of a pair of neighbors in x it is asked whether the samples that
  /// take their places are neighbors in y. Linear and Gaussian CKA of at most `GramMatrix.mostSamples` samples keep
  /// both Gram matrices. All else is computed anew on permuted rows.
  ///
  /// - Throws: ``AlignmentError`` where the sides have different numbers of samples, a given permutation is none, or a
  ///   definition has no value.
  /// - Complexity: per permutation O(N k) for metrics on neighbors; O(N²) for CKA of at most 4096 samples and as much
  ///   memory in Double; O(N D1 D2) for linear CKA of more, with a copy of y's rows a thread; the metric's own cost for
  ///   all others. The bits do not depend on the number of threads.
  public static func nullValues(
    _ metrics: [Metric], _ x: PreparedRepresentation, _ y: PreparedRepresentation,
    permutations: Permutations,
    settings: AlignmentSettings = AlignmentSettings(), threads: Threads = .all
  ) throws -> [[Double]] {
    try checkSampleCounts(x, y)
    let pair = RepresentationPair(x, y, settings, threads)
    let fast = try metrics.map { try $0.permuted?(pair) }
    let slow = metrics.indices.filter { fast[$0] == nil }
    let slowMetrics = slow.map { metrics[$0] }
    let workers = (0..<threads.count).map { _ in PermutedSamples(samples: x.samples) }
    let values = Workspace<Double>(metrics.count * permutations.count)
    let target = UncheckedPointer(values.base)
    try parallelLoop(permutations.count, threads: threads) { index, worker in
      let samples = workers[worker]
      samples.take(try permutations.order(index, of: y.samples))
      func write(_ value: Double, _ metric: Int) {
        (target.pointer + metric * permutations.count + index).initialize(to: value)
      }
      for (place, value) in fast.enumerated() {
        if let value { write(try value(samples), place) }
      }
      guard !slow.isEmpty else { return }
      let permuted = try PreparedRepresentation(
        permuting: y, by: samples.order, for: slowMetrics, settings: settings)
      let pair = RepresentationPair(x, permuted, settings, Threads(1))
      for place in slow {
        pair.metric = metrics[place].name
        write(try metrics[place].evaluate(pair), place)
      }
    }
    return metrics.indices.map { metric in
      (0..<permutations.count).map { values.base[metric * permutations.count + $0] }
    }
  }
}
