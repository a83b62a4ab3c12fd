import Foundation
import Reports
import Studies
import TestSupport
import Testing

/// What a report says of networks that a study has run: it comes from the archives, not from what is usual.
@Suite struct ProtocolTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../fixtures/mnist"
  ).standardized.path

  private func results(_ folder: TemporaryFolder) throws -> String {
    let study = try Study(
      """
      name: small
      data:
        images: split.csv
        split: val
        limit: 12
        vae: vae
        resolution: 32
        training: {images: split.csv, split: train, limit: 20}
      timesteps: [0.25, 0.75]
      layers: 2,5
      seed: 7
      models:
        - {name: SiT, checkpoint: sit/vanilla-000500.safetensors}
        - {name: SiT, checkpoint: sit/vanilla-last.pt, interpolant: cosine, time-convention: sit}
      references:
        - {name: MAE, checkpoint: encoders/mae_tiny.pth}
        - {name: MAE native, checkpoint: encoders/mae_tiny.pth, protocol: native, pooling: class}
      metrics: [cknna]
      settings: {k: 3, normalize: none}
      probes: [{protocol: logistic, c: [0.1, 1], holdout: 0.25, seed: 5}, {protocol: knn, k: 2}]
      """, file: "study.yaml", folder: Self.fixtures)
    let results = folder.file("results")
    _ = try StudyRunner(study, output: results).run()
    return results
  }

  @Test func statementsAreThoseOfTheArchives() throws {
    let folder = try TemporaryFolder()
    let results = try results(folder)
    let report = try Report(ofStudyAt: results)
    let statements = report.protocolTopics.flatMap(\.statements)
    for text in [
      "the first 12 of the pictures of \(Self.fixtures)/split.csv whose split is val.",
      "Probes learned from the first 20 of the pictures", "cropped to 32 x 32",
      "depends on its seed (7)", "Training samples have a seed of their own (8)",
      "SiT at step 500: x_t = (1 - t) x + t e (linear), with x the mean of the VAE’s posterior times 1.16112; the network is told t, "
        + "and the null label (10).",
      "SiT at step 5500: x_t = cos(πt/2) x + sin(πt/2) e (cosine), with x the mean of the VAE’s posterior times 1.16112; the network "
        + "is told 1 - t, and the null label (10).",
      "MAE: fed by REPA’s protocol", "MAE native: fed by the encoder’s own protocol",
      "MAE: features are the last block’s output without the final norm, averaged over the patch tokens.",
      "MAE native: features are the last block’s output after the final norm, the class token’s.",
      "Features are compared as they are, not divided by their length.",
      "C is the one of 0.1, 1 that does best on 25 % of the training samples, held out (seed 5)",
      "each of the 2 nearest training samples", "Alignment was not compared with chance",
    ] {
      #expect(statements.contains { $0.contains(text) }, "\(text)")
    }
    #expect(report.html().contains("id=\"best-by-timestep\""))
    #expect(report.html().contains("id=\"best-by-step\""))

    // Where networks are gone nobody can tell which archives values come from.
    let path = "\(results)/study.yaml"
    let study = try String(contentsOfFile: path, encoding: .utf8)
    try study.replacing("\(Self.fixtures)/sit", with: "\(Self.fixtures)/nowhere").write(
      toFile: path, atomically: true, encoding: .utf8)
    let others = try Report(ofStudyAt: results).protocolTopics.flatMap(\.statements)
    #expect(others.contains { $0.hasPrefix("Checkpoints, pictures or archives are no longer where") })
    #expect(!others.contains { $0.contains("x_t") })
  }
}
