import Features
import Models
import TensorFiles

/// Settings, encoder and inputs brought together and found to fit.
struct EncoderPlan: Sendable {
  /// Places in the full list of inputs, one a row of the archive.
  let samples: [Int]
  let taps: [EncoderTap]
  /// What is kept of each tap.
  let rows: [TapRows]
  let description: ArchiveDescription
  let archiveSamples: ArchiveSamples

  /// - Throws: ``ExtractionError`` for what does not fit, `TensorFileError` or `ImageError` for files that cannot be read.
  init(_ settings: EncoderSettings, encoder: EncoderDescription, inputs: EncoderInputs) throws {
    guard inputs.shape == encoder.input else {
      throw ExtractionError(
        .badInput, path: inputs.samples.path,
        "the inputs are \(inputs.shape), but the network takes \(encoder.input) (channels, height, width)")
    }
    try ArchiveLayout.check(settings.elementType)
    let taps = try Self.taps(settings, encoder: encoder)
    let rows = try taps.map { try Self.rows(of: $0, settings, encoder: encoder) }
    let samples = try settings.samples.places(in: inputs.samples)
    let representations = rows.map {
      ArchiveDescription.Representation(FeatureKey(layer: $0.label), shape: $0.rowShape)
    }
    var kept = try inputs.record(samples)
    kept["samples"] = .text(IndexRanges(samples)?.description ?? "")
    kept["pooling"] = .text("\(settings.pooling)")
    kept["input"] = .text("\(encoder.input)")
    kept["protocol"] = .text(encoder.featureProtocol)
    description = ArchiveDescription(
      model: settings.model, family: encoder.family, checkpointDigest: encoder.digest,
      representations: representations, samples: samples.count,
      shardSize: try ArchiveLayout.shardSize(settings.shardSize, representations, samples: samples.count),
      elementType: settings.elementType, settings: kept)
    archiveSamples = ArchiveSamples(inputs.samples, at: samples)
    self.samples = samples
    self.taps = taps
    self.rows = rows
  }

  /// The taps in the layers' order.
  private static func taps(_ settings: EncoderSettings, encoder: EncoderDescription) throws -> [EncoderTap] {
    guard !settings.taps.isEmpty else {
      throw ExtractionError(.invalidSettings, "there is no layer to extract")
    }
    guard Set(settings.taps).count == settings.taps.count else {
      throw ExtractionError(.invalidSettings, "a layer is asked for twice")
    }
    guard encoder.tokens.hasClassToken || !settings.pooling.needsClassToken else {
      throw ExtractionError(
        .invalidSettings,
        "the encoder \(encoder.family) has no class token; pool the mean over its patch tokens")
    }
    try ArchiveLayout.check(settings.pooling, patches: encoder.tokens.count - encoder.tokens.firstPatch)
    return settings.taps.sorted { $0.label < $1.label }
  }

  private static func rows(
    of tap: EncoderTap, _ settings: EncoderSettings, encoder: EncoderDescription
  ) throws -> TapRows {
    guard let shape = encoder.shape(of: tap) else {
      throw ExtractionError(
        .invalidSettings,
        "the encoder has no \(tap.label.number == nil ? "" : "layer ")\(tap.label); it has the layers 0 to \(encoder.depth)"
          + encoder.taps.dropFirst(encoder.depth + 1).map { ", \($0.label)" }.joined())
    }
    // The vector of a whole image is what it is, whatever becomes of the tokens.
    return TapRows(
      tap.label, shape: shape, pooling: tap == .imageFeatures ? .classToken : settings.pooling,
      elementType: settings.elementType)
  }
}
