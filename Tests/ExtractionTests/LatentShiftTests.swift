import Extraction
import Foundation
import TestSupport
import Testing

/// diffusers has (z - shift) * scale: whoever gives another scale moves the bias with it.
@Suite struct LatentShiftTests {
  private func folder(_ config: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Data(config.utf8).write(to: URL(filePath: folder.file("config.json")))
    return folder
  }

  @Test func theBiasOfAShiftFollowsTheScale() throws {
    let vae = try folder(#"{"scaling_factor": 1.5, "shift_factor": 0.5}"#)
    func found(_ scale: Double? = nil, _ bias: Double? = nil) throws -> [Double] {
      let found = try LatentScale.found(vae: vae.path, checkpoint: "x.pt", scale: scale, bias: bias)
      return [found.scale, found.bias]
    }
    #expect(try found() == [1.5, -0.75])
    #expect(try found(2) == [2, -1])
    #expect(try found(nil, 0.25) == [1.5, 0.25])
    #expect(try found(2, 0.25) == [2, 0.25])
  }

  @Test func aBiasBesideTheCheckpointIsOneByItself() throws {
    let folder = try folder(#"{"latent_scale": 1.5, "latent_bias": 0.5}"#)
    func found(_ scale: Double? = nil) throws -> [Double] {
      let found = try LatentScale.found(vae: nil, checkpoint: folder.file("x.pt"), scale: scale)
      return [found.scale, found.bias]
    }
    #expect(try found() == [1.5, 0.5])
    #expect(try found(2) == [2, 0.5])
  }

  @Test func aScaleMakesUpForAVAEWithoutOne() throws {
    let vae = try folder(#"{"shift_factor": 0.5}"#)
    #expect(try LatentScale.found(vae: vae.path, checkpoint: "x.pt") == (0.18215, -0.5 * 0.18215))
    let found = try LatentScale.found(vae: vae.path, checkpoint: "x.pt", scale: 4)
    #expect([found.scale, found.bias] == [4, -2])
  }
}
