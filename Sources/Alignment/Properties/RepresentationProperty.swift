import LinearAlgebra

/// A number of one representation, which needs no other to compare with: how many dimensions it fills, how its patch
/// tokens are arranged.
///
/// A curve of it beside an alignment curve can show why the alignment moves.
public struct RepresentationProperty: MetricDescription {
  public let name: String
  public let title: String
  public let summary: String
  public let definition: String
  public let source: String
  public let range: (lower: Double?, upper: Double?)
  public let invariances: Metric.Invariances
  public let cost: String
  public let minimumSamples: Int
  /// Which of the settings it depends on, besides normalisation and clamp (which do not touch patch tokens).
  public let dependencies: Metric.Dependencies

  let needs: PreparedRepresentation.Needs
  let evaluate: @Sendable (SingleRepresentation) throws -> Double

  public var isPatchWise: Bool { needs.contains(.tokens) }

  public func parameters(_ settings: AlignmentSettings) -> String {
    dependencies.parameters(settings, isPatchWise: isPatchWise)
  }

  /// The values of several properties of one representation, in the order of `properties`.
  ///
  /// - Parameters:
  ///   - properties: What is measured.
  ///   - representation: What it is measured of.
  ///   - settings: The choices that the definitions leave open.
  ///   - threads: How many threads may be used; values do not depend on it.
  ///   - warnings: Receives what may mislead about the values, in words.
  /// - Throws: ``AlignmentError`` where a definition has no value.
  public static func measure(
    _ properties: [RepresentationProperty], _ representation: PreparedRepresentation,
    settings: AlignmentSettings = AlignmentSettings(), threads: Threads = .all, warnings: inout [String]
  ) throws -> [Double] {
    let single = SingleRepresentation(representation, settings, threads)
    let values = try properties.map { property in
      single.property = property.name
      return try property.evaluate(single)
    }
    warnings += single.warnings
    return values
  }

  /// The values of several properties, without the warnings.
  public static func measure(
    _ properties: [RepresentationProperty], _ representation: PreparedRepresentation,
    settings: AlignmentSettings = AlignmentSettings(), threads: Threads = .all
  ) throws -> [Double] {
    var warnings: [String] = []
    return try measure(properties, representation, settings: settings, threads: threads, warnings: &warnings)
  }
}

/// One prepared representation, and what several of its properties have in common.
///
/// Not for use by two threads at once.
final class SingleRepresentation {
  let prepared: PreparedRepresentation
  let settings: AlignmentSettings
  let threads: Threads

  init(_ prepared: PreparedRepresentation, _ settings: AlignmentSettings, _ threads: Threads) {
    self.prepared = prepared
    self.settings = settings
    self.threads = threads
  }

  /// The property that is being evaluated.
  var property = ""
  /// What may mislead about the values.
  private(set) var warnings: [String] = []

  private var spatial: SpatialStructure?

  func spatialStructure() throws -> SpatialStructure {
    if let spatial { return spatial }
    let value = try SpatialStructure(
      prepared.prepared(\.tokens), distances: settings.patchDistances, masks: settings.masks, threads: threads
    )
    spatial = value
    return value
  }

  /// The mean over samples of a number of each, where the grid has the pairs of places it takes.
  func mean(_ part: KeyPath<SpatialStructure, [Double]?>, looking: String) throws -> Double {
    let structure = try spatialStructure()
    guard let values = structure[keyPath: part] else {
      throw AlignmentError(
        .undefined, "\(property) has no value here: a grid of \(structure.grid.text) has no places \(looking)"
      )
    }
    return values.reduce(0, +) / Double(values.count)
  }

  /// The mean over the samples that have a region contrast.
  func meanRegionContrast() throws -> Double {
    guard let values = try spatialStructure().srss else {
      throw AlignmentError(
        .invalidSetting, "srss needs masks that tell foreground from background, one number a patch token")
    }
    let valid = values.filter { !$0.isNaN }
    guard !valid.isEmpty else {
      throw AlignmentError(
        .undefined,
        "srss has no value here: no sample's mask has a foreground token with foreground near and background far from it"
      )
    }
    if valid.count < values.count {
      warnings.append(
        "srss leaves out \(values.count - valid.count) of \(values.count) samples, whose masks have no foreground token "
          + "with foreground near and background far from it")
    }
    return valid.reduce(0, +) / Double(valid.count)
  }

  func intrinsicDimension() throws -> Double {
    let found = try IntrinsicDimension(of: prepared.representation, threads: threads)
    if found.duplicates > 0 {
      warnings.append("intrinsic-dimension leaves out \(found.duplicates) samples with an exact duplicate")
    }
    return try found.value(discard: settings.discard)
  }
}
