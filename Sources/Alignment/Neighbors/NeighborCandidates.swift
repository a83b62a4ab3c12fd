import CKernels
import LinearAlgebra
import Synchronization

/// A sample and its similarity to another; the better neighbor comes first.
struct Neighbor: Comparable {
  let similarity: Double
  let sample: Int32

  static func < (a: Neighbor, b: Neighbor) -> Bool {
    a.similarity > b.similarity || (a.similarity == b.similarity && a.sample < b.sample)
  }
}

/// The graph under construction.
package struct NeighborLists {
  package let k: Int
  package var neighbors: [Int32]
  package var similarities: [Double]

  init(samples: Int, k: Int) {
    self.k = k
    neighbors = [Int32](repeating: 0, count: samples * k)
    similarities = [Double](repeating: 0, count: samples * k)
  }

  mutating func withPointers<Value>(_ body: (NeighborListPointers) throws -> Value) rethrows -> Value {
    try neighbors.withUnsafeMutableBufferPointer { neighbors in
      try similarities.withUnsafeMutableBufferPointer { similarities in
        try body(
          NeighborListPointers(
            k: k, neighbors: UncheckedPointer(neighbors.baseAddress!),
            similarities: UncheckedPointer(similarities.baseAddress!)))
      }
    }
  }
}

/// Access to the result for several threads, each at its own samples.
struct NeighborListPointers {
  let k: Int
  let neighbors: UncheckedPointer<Int32>
  let similarities: UncheckedPointer<Double>

  func write(_ ranked: [Neighbor], for sample: Int) {
    for rank in 0..<k {
      neighbors.pointer[sample * k + rank] = ranked[rank].sample
      similarities.pointer[sample * k + rank] = ranked[rank].similarity
    }
  }

  func similarity(of sample: Int, rank: Int) -> Double { similarities.pointer[sample * k + rank] }
}

/// The candidate lists of all samples, in memory that C code writes.
final class Candidates {
  let lists: UnsafeMutablePointer<repscope_candidates>
  private let thresholds: Workspace<Float>
  private let counts: Workspace<UInt32>
  private let keys: Workspace<UInt64>

  init(samples: Int, keep: Int) {
    let capacity = keep + max(16, min(keep, 16 + keep / 4))
    thresholds = Workspace(samples)
    counts = Workspace(samples)
    keys = Workspace(samples * capacity)
    thresholds.base.initialize(repeating: -.infinity, count: samples)
    counts.base.initialize(repeating: 0, count: samples)
    lists = .allocate(capacity: 1)
    lists.initialize(
      to: repscope_candidates(
        keep: keep, capacity: capacity, thresholds: thresholds.base, counts: counts.base, keys: keys.base))
  }

  deinit {
    lists.deallocate()
  }

  func keys(of sample: Int) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(
      start: keys.base + sample * lists.pointee.capacity, count: Int(counts.base[sample]))
  }
}

/// A lock for the candidate lists of one block of samples.
final class BlockLock: Sendable {
  init() {}

  private let mutex = Mutex<Void>(())

  func withLock(_ body: () -> Void) {
    mutex.withLock { _ in body() }
  }
}
