import Extraction
import Files
import TensorFiles
import TestSupport
import Testing

@Suite struct LatentScaleTests {
  @Test("The VAE tells, else the checkpoint's folder, else it is Stable Diffusion's")
  func found() throws {
    let folder = try TemporaryFolder()
    let (vae, checkpoint) = (folder.file("vae"), folder.file("sit/model.pt"))
    #expect(try LatentScale.found(vae: nil, checkpoint: checkpoint) == (0.18215, 0))
    try folder.write("sit/config.json", #"{"latent_scale": 1.5, "latent_bias": -2}"#)
    #expect(try LatentScale.found(vae: nil, checkpoint: checkpoint) == (1.5, -2))
    try folder.write("vae/config.json", #"{"scaling_factor": 2, "shift_factor": 0.25}"#)
    #expect(try LatentScale.found(vae: vae, checkpoint: checkpoint) == (2, -0.5))
    try folder.write("vae/config.json", #"{"scaling_factor": 2, "shift_factor": null}"#)
    #expect(try LatentScale.found(vae: vae, checkpoint: checkpoint) == (2, 0))
    // As AutoencoderKL reads the same places.
    try folder.write("vae/weights.safetensors", "")
    #expect(
      try LatentScale.found(vae: folder.file("vae/weights.safetensors"), checkpoint: checkpoint) == (2, 0))
    #expect(try LatentScale.found(vae: folder.path, checkpoint: checkpoint) == (2, 0))
    try folder.write("vae/config.json", #"{"sample_size": 256}"#)
    #expect(try LatentScale.found(vae: vae, checkpoint: checkpoint) == (0.18215, 0))
  }

  @Test("A VAE that does not tell is an error that names the file")
  func refused() throws {
    let folder = try TemporaryFolder()
    let vae = folder.file("vae")
    func error() throws -> any Error {
      try #require(throws: (any Error).self) { try LatentScale.found(vae: vae, checkpoint: "model.pt") }
    }
    #expect(try error() is FileError)
    try folder.write("vae/config.json", "{\"scaling_factor\": \"small\"}")
    #expect(try "\(error())" == "\(vae)/config.json: its scaling_factor is no number")
    try folder.write("vae/config.json", "{")
    let broken = try error()
    #expect(broken is TensorFileError && "\(broken)".hasPrefix("\(vae)/config.json"))
  }
}
