import Features

/// Which of the samples take part.
public enum SampleSelection: Sendable, Hashable {
  case all
  /// The first so many, or all if there are fewer.
  case first(Int)
  /// By their places in the full list, from 0, in this order.
  case indices([Int])
}

extension SampleSelection {
  /// The places of the chosen samples in the full list, without the broken ones.
  ///
  /// - Throws: ``ExtractionError``
  func places(in samples: InputSamples) throws -> [Int] {
    let places = try places(count: samples.count).filter { samples.broken[$0] == nil }
    guard !places.isEmpty else {
      throw ExtractionError(
        .badInput, path: samples.path, "every one of the chosen \(samples.kind) is broken; none is left")
    }
    return places
  }

  private func places(count: Int) throws -> [Int] {
    switch self {
    case .all: return Array(0..<count)
    case .first(let limit):
      guard limit >= 1 else {
        throw ExtractionError(.invalidSettings, "a limit of \(limit) samples; it must be at least 1")
      }
      return Array(0..<min(limit, count))
    case .indices(let indices):
      guard let ranges = IndexRanges(indices), !indices.isEmpty else {
        throw ExtractionError(
          .invalidSettings, "the subset of the samples is empty, names one twice, or has a number below 0")
      }
      if let index = indices.first(where: { $0 >= count }) {
        throw ExtractionError(
          .invalidSettings, "the subset names sample \(index), but there are \(count), counted from 0")
      }
      return ranges.indices
    }
  }
}

extension ArchiveSamples {
  /// The chosen ones of all samples.
  init(_ samples: InputSamples, at places: [Int]) {
    self.init(
      names: samples.names.map { names in SampleList(places.map { names[$0] }) },
      labels: places.map { samples.labels[$0] })
  }
}
