import Features
import Probing

/// The samples of one model that probes are trained on and tested with, and their classes.
public struct ProbeInput: Sendable {
  /// Where training features come from, and validation features too unless those have a source of their own.
  public let source: any FeatureSource
  /// Where validation features come from.
  public let validationSource: any FeatureSource
  let trainingRows: [Int]
  let validationRows: [Int]
  let trainingNames: [String]
  let validationNames: [String]
  /// How validation samples were drawn, for the table's parameters; empty where they were given.
  let drawing: [String]

  /// One source with samples for both.
  ///
  /// - Parameters:
  ///   - source: Where the features are.
  ///   - labels: The samples' classes, and where they tell it the split.
  ///   - validationFraction: The share of every class that is drawn for validation; nil where the labels tell the split.
  ///   - seed: Draws them.
  /// - Throws: `FeatureError` unless labels tell the split or a fraction is given, and not both.
  public init(
    _ source: any FeatureSource, labels: SampleLabels, validationFraction: Double? = nil, seed: UInt64 = 0
  ) throws {
    self.source = source
    validationSource = source
    drawing = validationFraction.map { ["val-fraction=\($0)", "val-seed=\(seed)"] } ?? []
    let used = labels.entries.indices.filter { labels.entries[$0] != nil }
    let entries = used.map { labels.entries[$0]! }
    if let validationFraction {
      guard !labels.hasSplits else {
        throw FeatureError(
          .badLabels, path: source.path,
          "its labels say which samples are for validation, so that none can be drawn; leave out the fraction or the column split"
        )
      }
      let classes = SampleLabels.classNames(of: [labels])
      let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
      let parts = try StratifiedSplit.split(
        entries.map { numbers[$0.name]! }, drawing: validationFraction, seed: seed)
      (trainingRows, validationRows) = (parts.rest.map { used[$0] }, parts.drawn.map { used[$0] })
    } else {
      guard labels.hasSplits else {
        throw FeatureError(
          .badLabels, path: source.path,
          "its labels do not say which samples are for validation: add a column split, draw a fraction of them, or give "
            + "validation features of their own")
      }
      trainingRows = used.filter { labels.entries[$0]?.split == .train }
      validationRows = used.filter { labels.entries[$0]?.split == .validation }
    }
    trainingNames = trainingRows.map { labels.entries[$0]!.name }
    validationNames = validationRows.map { labels.entries[$0]!.name }
  }

  /// Two sources.
  ///
  /// - Throws: `FeatureError` where a label's split contradicts the source that the sample is in.
  public init(
    training source: any FeatureSource, labels: SampleLabels, validation: any FeatureSource,
    validationLabels: SampleLabels
  ) throws {
    self.source = source
    validationSource = validation
    drawing = []
    for (features, labels, split) in [
      (source, labels, SampleLabels.Split.train), (validation, validationLabels, .validation),
    ] {
      let row = labels.entries.firstIndex { entry in entry?.split.map { $0 != split } ?? false }
      if let row {
        throw FeatureError(
          .badLabels, path: features.path,
          "row \(row) is for \(split == .train ? "validation" : "training") by its label, but these are the "
            + "\(split == .train ? "training" : "validation") features")
      }
    }
    trainingRows = labels.entries.indices.filter { labels.entries[$0] != nil }
    validationRows = validationLabels.entries.indices.filter { validationLabels.entries[$0] != nil }
    trainingNames = labels.entries.compactMap { $0?.name }
    validationNames = validationLabels.entries.compactMap { $0?.name }
  }
}

extension ProbeInput {
  /// Training and validation set of one representation; patch tokens are averaged, as REPA does.
  func sets(_ key: FeatureKey, classes: [String: Int]) throws -> (train: ProbeSet, validation: ProbeSet) {
    func set(_ source: any FeatureSource, _ chosen: [Int], _ names: [String]) throws -> ProbeSet {
      let name = source.path == self.source.path ? "" : "the validation features \(source.path)"
      let all = try Self.rows(of: source, key, name: name)
      // All of them in their order are read in larger pieces.
      let isAll = chosen.count == all.count && chosen.elementsEqual(0..<all.count)
      return try ProbeSet(
        isAll ? all : all.selecting(chosen), labels: names.map { classes[$0]! }, classes: classes.count)
    }
    return (
      try set(source, trainingRows, trainingNames),
      try set(validationSource, validationRows, validationNames)
    )
  }

  private static func rows(of source: any FeatureSource, _ key: FeatureKey, name: String) throws
    -> FeatureRows
  {
    let reader = try source.reader(key)
    guard let tokens = try source.tokenCount(key) else {
      return FeatureRows(count: reader.rows, dimensions: reader.columns, name: name, reader: reader.copy)
    }
    let dimensions = reader.columns / tokens
    return FeatureRows(count: reader.rows, dimensions: dimensions, name: name) { rows, target in
      try withUnsafeTemporaryAllocation(of: Float.self, capacity: reader.columns) { sample in
        var sums = [Double](repeating: 0, count: dimensions)
        for row in rows {
          try reader.copy(row..<row + 1, sample)
          for column in 0..<dimensions { sums[column] = 0 }
          for place in 0..<reader.columns { sums[place % dimensions] += Double(sample[place]) }
          let start = (row - rows.lowerBound) * dimensions
          for column in 0..<dimensions { target[start + column] = Float(sums[column] / Double(tokens)) }
        }
      }
    }
  }
}
