import Alignment
import Features
import LinearAlgebra

/// What to do about the order of the samples on the two sides.
public enum SampleMatching: Sendable {
  /// Row i is the same sample on every side; where names are known they must agree.
  case sameOrder
  /// Rows are matched by their samples' names, in the order of the first source that has all of them.
  case byName
}

/// Which rows of each source take part, so that row i is the same sample everywhere.
struct SampleRows {
  private let selections: [[Int]?]
  /// How many samples take part.
  let count: Int
  let warnings: [String]

  /// - Throws: `FeatureError` where the sources do not have the same samples.
  init(_ sources: [any FeatureSource], matching: SampleMatching) throws {
    switch matching {
    case .sameOrder:
      selections = Array(repeating: nil, count: sources.count)
      count = sources.first?.sampleCount ?? 0
      warnings = []
      try Self.checkOrder(sources)
    case .byName:
      let lists = try sources.map { source in
        guard let list = source.samples else {
          throw FeatureError(
            .samplesDiffer, path: source.path,
            "its samples have no names to join by; put a samples.csv with a column path into the folder, or "
              + "NAME.samples.csv beside the file")
        }
        return list
      }
      var common = Set(lists.first?.names ?? [])
      for list in lists.dropFirst() { common.formIntersection(list.names) }
      let shared = SampleList(lists.first?.names.filter(common.contains) ?? [])
      selections = try zip(sources, lists).map { try shared.positions(in: $1, path: $0.path) }
      count = shared.names.count
      if count == 0, let first = sources.first {
        let examples = zip(sources, lists).map {
          "\($1.names.first.map { "\"\($0)\"" } ?? "nothing") in \($0.path)"
        }
        throw FeatureError(
          .samplesDiffer, path: first.path,
          "no sample has the same name on every side: the first is \(examples.joined(separator: ", "))")
      }
      let left = zip(sources, lists).filter { $1.names.count != shared.names.count }
      warnings = left.map { source, list in
        "\(source.path): \(shared.names.count) of \(list.names.count) samples are on every side; the others are left out"
      }
    }
  }

  private init(selections: [[Int]?], count: Int, warnings: [String]) {
    self.selections = selections
    self.count = count
    self.warnings = warnings
  }

  /// The rows of one source in the common order, nil for all as they are.
  func rows(of source: Int) -> [Int]? { selections[source] }

  /// Some of the samples, by their places in the common order.
  func choosing(_ places: [Int]) -> SampleRows {
    SampleRows(
      selections: selections.map { selection in selection.map { rows in places.map { rows[$0] } } ?? places },
      count: places.count, warnings: warnings)
  }

  /// Leaves out every sample that has NaN or infinity in any representation that takes part.
  ///
  /// - Throws: `AlignmentError` where no sample is left.
  /// - Complexity: reads all features once.
  func keepingFinite(
    _ jobs: [Sweep.Job], _ sources: [any FeatureSource], _ modelCount: Int, threads: Threads
  ) throws -> SampleRows {
    var isBad = [Bool](repeating: false, count: count)
    func look(at source: Int, _ key: FeatureKey) throws {
      let features = try sources[source].features(key)
      for row in try features.nonFiniteRows(threads: threads) {
        if let selection = selections[source] {
          if let place = selection.firstIndex(of: row) { isBad[place] = true }
        } else {
          isBad[row] = true
        }
      }
    }
    for job in jobs { try look(at: job.model, job.key) }
    for source in modelCount..<sources.count {
      for key in sources[source].keys { try look(at: source, key) }
    }
    let kept = isBad.indices.filter { !isBad[$0] }
    guard kept.count < count else { return self }
    guard !kept.isEmpty else {
      throw AlignmentError(
        .tooFewSamples,
        "each of the \(count) samples has NaN or infinity in some layer, time step or side, so that none is left"
      )
    }
    let dropped = count - kept.count
    let chosen = choosing(kept)
    return SampleRows(
      selections: chosen.selections, count: kept.count,
      warnings: warnings + ["\(dropped) of \(count) samples have NaN or infinity and are left out"])
  }

  private static func checkOrder(_ sources: [any FeatureSource]) throws {
    guard let first = sources.first else { return }
    for source in sources.dropFirst() {
      guard source.sampleCount == first.sampleCount else {
        let areNamed = source.samples != nil && first.samples != nil
        throw FeatureError(
          areNamed ? .orderDiffers : .sampleCountsDiffer, path: source.path,
          "it has \(source.sampleCount) samples, but \(first.path) has \(first.sampleCount); row i must be the same sample "
            + "on every side")
      }
    }
    let named = sources.compactMap { source in source.samples.map { (source.path, $0) } }
    guard let (path, list) = named.first else { return }
    for (otherPath, other) in named.dropFirst() {
      guard let row = list.firstDifference(from: other) else { continue }
      throw FeatureError(
        .orderDiffers, path: otherPath,
        "row \(row) is the sample \(other.names[row]), but \(list.names[row]) in \(path); row i must be the same sample on every "
          + "side")
    }
  }
}
