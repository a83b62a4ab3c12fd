import Extraction
import Features
import Foundation
import Images
import Models
import Reports
import Studies
import TestSupport
import Testing

/// What encoders see in a study that crops its pictures for a VAE.
@Suite struct NativeEncoderTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../fixtures/mnist"
  ).standardized.path

  /// Crops are smaller than the pictures, so that an encoder that is fed them sees something else.
  @Test func encodersWithTheirOwnProtocolSeeThePicturesThemselves() throws {
    let folder = try TemporaryFolder()
    let encoder = "\(Self.fixtures)/encoders/dinov2_tiny.pth"
    let study = try Study(
      """
      data:
        images: \(Self.fixtures)/split.csv
        split: val
        limit: 6
        vae: \(Self.fixtures)/vae
        resolution: 16
      models: [{name: native, checkpoint: \(encoder), protocol: native}]
      references: [{name: repa, checkpoint: \(encoder)}]
      settings: {k: 3}
      """, file: "study.yaml", folder: "")
    let results = folder.file("results")
    // The same samples by their names, or the table would be refused.
    #expect(try StudyRunner(study, output: results).run().table.rows.count == 1)

    let archives = try FileManager.default.contentsOfDirectory(atPath: "\(results)/archives")
    for (name, featureProtocol) in [("native", VisionTransformer.FeatureProtocol.native), ("repa", .repa)] {
      var options = VisionTransformer.Options()
      options.featureProtocol = featureProtocol
      let model = try VisionTransformer(encoder, options: options)
      let pictures = Pictures(try .open("\(Self.fixtures)/split.csv", rows: ("split", "val")))
      var settings = EncoderSettings(model: name)
      settings.samples = .first(6)
      try Extractor(model, inputs: EncoderInputs(pictures, for: model), settings: settings).run(
        to: folder.file(name))
      let archive = try #require(archives.first { $0.hasPrefix(name) })
      let key = FeatureKey(layer: LayerLabel("final"))
      let found = try FeatureArchive("\(results)/archives/\(archive)").features(key)
      let isOriginal = try found == FeatureArchive(folder.file(name)).features(key)
      #expect(isOriginal == (featureProtocol == .native), "\(name)")
    }
  }

  /// Archives take room, and whoever has the measurements may delete them.
  @Test func whatAllIsMeasuredOfIsNotMadeAgain() throws {
    let folder = try TemporaryFolder()
    let encoder = "\(Self.fixtures)/encoders/dinov2_tiny.pth"
    func study(_ metrics: String) throws -> Study {
      try Study(
        """
        data: {images: "\(Self.fixtures)/split.csv", split: val, limit: 6, vae: "\(Self.fixtures)/vae", resolution: 16}
        models: [{name: native, checkpoint: "\(encoder)", protocol: native}]
        references: [{name: repa, checkpoint: "\(encoder)"}]
        metrics: \(metrics)
        settings: {k: 3}
        """, file: "study.yaml", folder: "")
    }
    let results = folder.file("results")
    let table = try StudyRunner(study("[cknna]"), output: results).run().table
    for name in ["archives", "data"] { try FileManager.default.removeItem(atPath: "\(results)/\(name)") }
    let again = try StudyRunner(study("[cknna]"), output: results)
    #expect(again.plan.remaining.isEmpty)
    #expect(try again.run().table == table)
    // How they were made is still told.
    let statements = try Report(ofStudyAt: results).protocolTopics.flatMap(\.statements)
    #expect(statements.contains { $0.contains("fed by REPA’s protocol") })

    let more = try StudyRunner(study("[cknna, cka]"), output: results)
    #expect(more.plan.remaining.map(\.kind) == [.preprocess, .extract, .extract, .measure])
    #expect(try more.run().table.filter(metric: "cknna") == table)
  }
}
