import Alignment
import LinearAlgebra
import Glibc

/// DINO's weighted k-NN classifier: each of a sample's k nearest training samples, by cosine, votes for its class with
/// exp(similarity / temperature).
///
/// Neighbors are exact in Double, of equally similar ones the lower row comes first; of classes with equally many votes the
/// first is taken. A class without a vote is no prediction, also not among the first five.
///
/// - SeeAlso: Caron et al., arXiv 2104.14294, appendix; `eval_knn.py` of its code.
public struct NeighborClassifier: Sendable, Hashable {
  public var k: Int
  public var temperature: Double

  public init(k: Int = 20, temperature: Double = 0.07) {
    self.k = k
    self.temperature = temperature
  }

  /// Tests the classifier: there is nothing to train.
  ///
  /// - Parameters:
  ///   - validation: What is tested with.
  ///   - train: What is learned from.
  ///   - memory: Bytes that the features in hand may take; more of them are read piece by piece.
  ///   - threads: How many threads may be used; values do not depend on it.
  /// - Throws: ``ProbeError`` for a setting out of range, features that are not finite, rows of zeros.
  /// - Complexity: N M D products.
  public func test(_ validation: ProbeSet, among train: ProbeSet, memory: Int = .max, threads: Threads = .all)
    throws -> ClassificationReport
  {
    try train.check(against: validation)
    guard k > 0, temperature > 0, temperature.isFinite else {
      throw ProbeError(
        .invalidSetting, "k is \(k) and the temperature \(temperature); both must be positive")
    }
    guard k <= train.count else {
      throw ProbeError(.tooFewSamples, "k is \(k), but there are \(train.count) training samples")
    }
    // Features in hand are there as given and normalised: half of the memory for each side.
    let rowBytes = 2 * 2 * train.rows.dimensions * MemoryLayout<Float>.stride
    let size = max(256, memory / max(1, rowBytes))
    let parts = Tiling(validation.count, by: min(validation.count, size))
    var (predictions, ranks) = ([Int32](), [Int]())
    for part in 0..<parts.tiles {
      let range = parts[part]
      let nearest = try neighbors(
        of: representation(validation.rows, range, threads: threads), among: train, pieceSize: size,
        threads: threads)
      for sample in range {
        let label = Int(validation.labels[sample])
        let (prediction, rank) = vote(nearest, sample - range.lowerBound, train, label: label)
        predictions.append(prediction)
        ranks.append(rank)
      }
    }
    return ClassificationReport(
      labels: validation.labels, predictions: predictions, ranks: ranks, classes: train.classes)
  }

  private func vote(_ nearest: NearestSamples, _ sample: Int, _ train: ProbeSet, label: Int) -> (
    prediction: Int32, rank: Int
  ) {
    var votes: [Int32: Double] = [:]
    // The nearest sample votes with 1: the exponential of 1 over a small temperature would overflow.
    let largest = nearest.similarities[sample * k]
    for place in sample * k..<(sample + 1) * k {
      let own = train.labels[Int(nearest.neighbors[place])]
      votes[own, default: 0] += exp((nearest.similarities[place] - largest) / temperature)
    }
    let order = votes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    return (order[0].key, order.firstIndex { Int($0.key) == label } ?? .max)
  }

  private func neighbors(
    of queries: Representation, among train: ProbeSet, pieceSize: Int, threads: Threads
  ) throws -> NearestSamples {
    let pieces = Tiling(train.count, by: min(train.count, pieceSize))
    var found: NearestSamples?
    for piece in 0..<pieces.tiles {
      let range = pieces[piece]
      let others = try representation(train.rows, range, threads: threads)
      let own = try NearestSamples(of: queries, among: others, k: min(k, range.count), threads: threads)
      found =
        found.map {
          $0.merged(with: own, offset: range.lowerBound, k: min(k, range.upperBound))
        } ?? own
    }
    return found!
  }

  private func representation(_ rows: FeatureRows, _ range: Range<Int>, threads: Threads) throws
    -> Representation
  {
    let blocks = Tiling(range.count, by: TrainingRows.blockSize)
    let matrix = try Matrix(rows: range.count, columns: rows.dimensions) { elements in
      let target = UncheckedPointer(elements.baseAddress!)
      try parallelLoop(blocks.tiles, threads: threads) { block, _ in
        let part = blocks[block]
        try rows.copy(
          range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound,
          into: target.pointer + part.lowerBound * rows.dimensions)
      }
    }
    do {
      return try Representation(matrix, normalization: .l2, threads: threads)
    } catch let error as AlignmentError {
      throw ProbeError(
        error.code == .notFinite ? .notFinite : .invalidSetting,
        row: error.row.map { rows.origin(range.lowerBound + $0) },
        "\(rows.name.isEmpty ? "" : "of \(rows.name) ")\(error.message)")
    }
  }
}
