import LinearAlgebra

/// For every sample its k most similar other samples, most similar first, and how similar they are.
///
/// Similarity is the inner product of the (normalised) rows; of equally similar samples the lower index comes
/// first. Similarities are computed in Double, and the graph is exact in that arithmetic: it has the same bits on
/// every processor, with every BLAS kernel and for every number of threads.
public struct NeighborGraph: Sendable, Equatable {
  public let samples: Int
  public let k: Int
  /// The neighbors of sample i at `i * k ..< (i + 1) * k`.
  public let neighbors: [Int32]
  /// The similarities that belong to `neighbors`.
  public let similarities: [Double]
  /// Of every sample with itself.
  public let selfSimilarities: [Double]

  init(samples: Int, k: Int, neighbors: [Int32], similarities: [Double], selfSimilarities: [Double]) {
    self.samples = samples
    self.k = k
    self.neighbors = neighbors
    self.similarities = similarities
    self.selfSimilarities = selfSimilarities
  }

  /// The neighbors of one sample, most similar first.
  public func neighbors(of sample: Int) -> ArraySlice<Int32> {
    neighbors[sample * k..<(sample + 1) * k]
  }

  /// The k most similar samples when a sample may be its own neighbor, as the biased estimator has it.
  ///
  /// - Complexity: O(N k): the k others and the sample itself are all that can be among the k best.
  func allowingSelf() -> NeighborGraph {
    var neighbors = neighbors
    var similarities = similarities
    for sample in 0..<samples {
      let row = sample * k
      let own = selfSimilarities[sample]
      var place = k
      while place > 0 {
        let (other, similarity) = (Int(neighbors[row + place - 1]), similarities[row + place - 1])
        guard own > similarity || (own == similarity && sample < other) else { break }
        if place < k {
          neighbors[row + place] = neighbors[row + place - 1]
          similarities[row + place] = similarities[row + place - 1]
        }
        place -= 1
      }
      if place < k {
        neighbors[row + place] = Int32(sample)
        similarities[row + place] = own
      }
    }
    return NeighborGraph(
      samples: samples, k: k, neighbors: neighbors, similarities: similarities,
      selfSimilarities: selfSimilarities)
  }
}

extension NeighborGraph {
  /// The neighbor graph of a representation.
  ///
  /// - Throws: ``AlignmentError`` unless 0 < k < samples.
  /// - Complexity: O(N² D / 2) products, O(N (D + k)) memory.
  public init(of representation: Representation, k: Int, threads: Threads = .all) throws {
    self = try NeighborGraph(
      of: representation, k: k, rows: ComparableRows(representation, threads: threads), sums: nil,
      threads: threads)
  }

  /// - Parameters:
  ///   - rows: What BLAS multiplies for the representation.
  ///   - sums: Receives the tiles of the rows' Gram matrix, which is the centred one where they are centred.
  init(
    of representation: Representation, k: Int, rows: ComparableRows, sums: GramSums?, threads: Threads
  ) throws {
    let samples = representation.samples
    guard k > 0 else { throw AlignmentError(.invalidSetting, "k is \(k); it must be at least 1") }
    guard k < samples else {
      throw AlignmentError(
        .tooFewSamples, "\(samples) samples have at most \(max(samples - 1, 0)) neighbors each, but k is \(k)"
      )
    }
    let lists = try NeighborSearch(
      InnerProducts(of: representation, rows), k: k, sums: sums, threads: threads
    ).run()
    self.init(
      samples: samples, k: k, neighbors: lists.neighbors, similarities: lists.similarities,
      selfSimilarities: representation.selfSimilarities)
  }
}
