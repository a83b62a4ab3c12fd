import CKernels
import LinearAlgebra

extension NeighborGraph {
  /// The graph of the same samples in another order: row i is row `order[i]` of this one.
  ///
  /// Of equally similar samples the order stays that of this graph.
  ///
  /// - Complexity: O(N k).
  func permuted(by order: [Int32]) -> NeighborGraph {
    var places = [Int32](repeating: 0, count: samples)
    for (place, sample) in order.enumerated() { places[Int(sample)] = Int32(place) }
    var neighbors: [Int32] = []
    var similarities: [Double] = []
    neighbors.reserveCapacity(samples * k)
    similarities.reserveCapacity(samples * k)
    for sample in order.map(Int.init) {
      for entry in sample * k..<(sample + 1) * k {
        neighbors.append(places[Int(self.neighbors[entry])])
        similarities.append(self.similarities[entry])
      }
    }
    return NeighborGraph(
      samples: samples, k: k, neighbors: neighbors, similarities: similarities,
      selfSimilarities: order.map { selfSimilarities[Int($0)] })
  }

  /// The graph with the first few neighbors of every sample.
  func nearest(_ count: Int) -> NeighborGraph {
    precondition(count <= k, "\(count) of \(k) neighbors")
    guard count < k else { return self }
    return NeighborGraph(
      samples: samples, k: count,
      neighbors: (0..<samples).flatMap { neighbors[$0 * k..<$0 * k + count] },
      similarities: (0..<samples).flatMap { similarities[$0 * k..<$0 * k + count] },
      selfSimilarities: selfSimilarities)
  }

  /// The graph of some of the samples, by itself: the `count` nearest of each among them.
  ///
  /// - Parameters:
  ///   - rows: The samples, in ascending order, each once.
  ///   - representation: What this is the graph of, for samples of whose neighbors too few are left.
  /// - Complexity: O(N k), and O(N D) for each such sample.
  func restricted(to rows: [Int], count: Int, of representation: Representation) -> NeighborGraph {
    precondition(count < rows.count, "\(count) neighbors among \(rows.count) samples")
    var places = [Int32](repeating: -1, count: samples)
    for (place, sample) in rows.enumerated() { places[sample] = Int32(place) }
    var result = NeighborLists(samples: rows.count, k: count)
    for (place, sample) in rows.enumerated() {
      var found = 0
      for entry in sample * k..<(sample + 1) * k where places[Int(neighbors[entry])] >= 0 {
        result.neighbors[place * count + found] = places[Int(neighbors[entry])]
        result.similarities[place * count + found] = similarities[entry]
        found += 1
        if found == count { break }
      }
      guard found < count else { continue }
      let ranked = representation.neighbors(of: sample, among: rows)
      for rank in 0..<count {
        result.neighbors[place * count + rank] = places[Int(ranked[rank].sample)]
        result.similarities[place * count + rank] = ranked[rank].similarity
      }
    }
    return NeighborGraph(
      samples: rows.count, k: count, neighbors: result.neighbors, similarities: result.similarities,
      selfSimilarities: rows.map { selfSimilarities[$0] })
  }
}

extension Representation {
  /// All other samples of a set, the most similar first, as a graph has them.
  fileprivate func neighbors(of sample: Int, among rows: [Int]) -> [Neighbor] {
    let others = rows.filter { $0 != sample }.map(UInt32.init)
    var products = [Double](repeating: 0, count: others.count)
    features.withUnsafeBufferPointer { x in
      repscope_dots(x.baseAddress!, dimensions, sample, others, others.count, &products)
    }
    return zip(others, products).map { other, product in
      Neighbor(similarity: product * (factor(sample) * factor(Int(other))), sample: Int32(other))
    }.sorted()
  }
}
