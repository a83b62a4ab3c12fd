import LinearAlgebra

/// Features and labels of the samples that a probe is trained on, or tested with.
public struct ProbeSet: Sendable {
  public let rows: FeatureRows
  /// The class of every row, from 0.
  public let labels: [Int32]
  /// The number of classes, of which this set need not have all.
  public let classes: Int

  public var count: Int { rows.count }

  /// - Throws: ``ProbeError`` unless there is one label a row, each below `classes`.
  public init(_ rows: FeatureRows, labels: [Int], classes: Int) throws {
    guard rows.count == labels.count else {
      throw ProbeError(
        .badLabels, "there are \(labels.count) labels for \(rows.count) samples; each sample needs one")
    }
    guard classes >= 0, classes <= Int(Int32.max) else {
      throw ProbeError(.badLabels, "\(classes) classes are more than labels can count")
    }
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw ProbeError(
        .badLabels, row: rows.origin(row),
        "has the label \(labels[row]); \(classes) classes have the numbers from 0 to \(classes - 1)")
    }
    self.rows = rows
    self.labels = labels.map(Int32.init)
    self.classes = classes
  }

  /// The given samples, in the given order.
  ///
  /// - Precondition: every position is that of a sample.
  public func selecting(_ positions: [Int]) -> ProbeSet {
    ProbeSet(rows.selecting(positions), positions.map { labels[$0] }, classes)
  }

  private init(_ rows: FeatureRows, _ labels: [Int32], _ classes: Int) {
    self.rows = rows
    self.labels = labels
    self.classes = classes
  }

  /// How many samples each class has.
  public var classSizes: [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classes)) { $0[Int($1)] += 1 }
  }

  /// More than ImageNet-21k has; a confusion matrix of so many takes 7 GB.
  private static let mostClasses = 30_000

  /// Whether a probe can be trained on this set and tested on the other.
  ///
  /// - Throws: ``ProbeError``
  func check(against validation: ProbeSet) throws {
    for (set, name) in [(self, "training"), (validation, "validation")] where set.count == 0 {
      throw ProbeError(.emptySplit, "the \(name) set is empty: no sample of it has a label")
    }
    guard classSizes.count(where: { $0 > 0 }) > 1 else {
      throw ProbeError(
        .oneClass, "all \(count) training samples are of one class; a probe needs two to tell apart")
    }
    guard classes <= Self.mostClasses else {
      throw ProbeError(
        .badLabels,
        "the labels are of \(classes) classes, as if every sample had one of its own; a probe tells at most \(Self.mostClasses) apart"
      )
    }
    guard rows.dimensions > 0 else { throw ProbeError(.dimensionsDiffer, "the features have no dimensions") }
    guard rows.dimensions == validation.rows.dimensions else {
      throw ProbeError(
        .dimensionsDiffer,
        "training features have \(rows.dimensions) dimensions, validation features \(validation.rows.dimensions)"
      )
    }
    guard classes == validation.classes else {
      throw ProbeError(
        .badLabels, "training labels are of \(classes) classes, validation labels of \(validation.classes)")
    }
  }
}

/// Splits samples so that each part has its share of every class.
public enum StratifiedSplit {
  /// Draws a share of every class, at random by the seed: at least one sample and not all, of classes that have two.
  ///
  /// - Returns: The positions not drawn and those drawn, both in rising order.
  /// - Throws: ``ProbeError`` unless the fraction lies strictly between 0 and 1.
  public static func split(_ labels: [Int32], drawing fraction: Double, seed: UInt64) throws -> (
    rest: [Int], drawn: [Int]
  ) {
    guard fraction > 0, fraction < 1 else {
      throw ProbeError(.invalidSetting, "a share of \(fraction) cannot be held out; it lies between 0 and 1")
    }
    var members: [Int32: [Int]] = [:]
    for (place, label) in labels.enumerated() { members[label, default: []].append(place) }
    var isDrawn = [Bool](repeating: false, count: labels.count)
    let random = CounterRandom(seed: seed)
    for (label, places) in members where places.count > 1 {
      let count = min(places.count - 1, max(1, Int((fraction * Double(places.count)).rounded())))
      // A stream of its own for each class: one more class leaves the others' draw as it was.
      for place in random.permutation(of: places.count, stream: UInt64(label)).prefix(count) {
        isDrawn[places[place]] = true
      }
    }
    return (isDrawn.indices.filter { !isDrawn[$0] }, isDrawn.indices.filter { isDrawn[$0] })
  }
}
