import Foundation
import RepScope
import TestSupport
import Testing

/// From pictures to archives, latents and curves, as a user goes.
@Suite struct PictureCommandTests {
  static let mnist = "\(Tool.repository)/fixtures/mnist"
  static let pictures = ["--images", "\(mnist)/split.csv", "--split", "val"]
  static let encoders = [
    ("dinov2_tiny", "dinov2_tiny.pth"), ("mae_tiny", "mae_tiny.pth"), ("mocov3_tiny", "mocov3_tiny.pth.tar"),
  ]

  private func extract(_ arguments: [String], to archive: String) throws {
    let result = try Tool.run(["extract"] + arguments + ["--output", archive])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "")
  }

  @Test("Every layer of every encoder has the official code's alignment")
  func encoderCurves() throws {
    let folder = try TemporaryFolder()
    for (name, file) in Self.encoders {
      try extract(
        ["--checkpoint", "\(Self.mnist)/encoders/\(file)", "--layers", "all"] + Self.pictures,
        to: "\(folder.path)/\(name)")
    }
    let data = try Data(contentsOf: URL(filePath: "\(Self.mnist)/goldens/curves.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    let features = Self.encoders.flatMap { ["--features", "\(folder.path)/\($0.0)"] }
    let metrics = ToolTests.tolerances.flatMap { ["--metric", $0.0] }
    let result = try Tool.run(
      ["align", "--reference", "\(folder.path)/dinov2_tiny#final", "--csv", "-"] + features + metrics)
    let table = try MeasurementTable(csv: result.output)
    for (name, _) in Self.encoders {
      let goldens = try #require(json["encoders"]?[name] as? [String: Any])
      let layers = try #require(goldens["per_layer_patch_mean_vs_dinov2_tiny"] as? [String: [Double]])
      let final = try #require(goldens["vs_dinov2_tiny"] as? [String: Double])
      for (metric, golden, tolerance) in ToolTests.tolerances {
        let values = table.filter(model: name, metric: metric).rows.map(\.value)
        let expected = try #require(layers[golden]) + [try #require(final[golden])]
        try #require(values.count == 7)
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance }, "\(name), \(metric)")
      }
    }
  }

  @Test("A projector's tokens and an encoder's patches, both from pictures, have the official cosine")
  func projectorCosine() throws {
    let folder = try TemporaryFolder()
    let common = Self.pictures + ["--limit", "2", "--pooling", "none"]
    try extract(
      [
        "--checkpoint", "\(Self.mnist)/sit/repa-last.pt", "--vae", "\(Self.mnist)/vae", "--timesteps", "0.5",
        "--layers", "layer03.projector0",
      ] + common, to: "\(folder.path)/sit")
    try extract(
      ["--checkpoint", "\(Self.mnist)/encoders/dinov2_tiny.pth"] + common, to: "\(folder.path)/dinov2")
    let result = try Tool.run([
      "align", "--features", "\(folder.path)/sit", "--reference", "\(folder.path)/dinov2", "--metric",
      "repa-cosine", "--csv", "-",
    ])
    let value = try #require(try MeasurementTable(csv: result.output).rows.first?.value, "\(result.errors)")
    #expect(abs(value - 0.7338387313391179) <= 1e-5)
  }

  @Test("encode, then extract, is extract from the pictures")
  func encodeAndExtract() throws {
    let folder = try TemporaryFolder()
    let encoded = try Tool.run(
      ["encode", "--vae", "\(Self.mnist)/vae", "--limit", "12", "--output", "\(folder.path)/data"]
        + Self.pictures)
    #expect(encoded.status == 0, "\(encoded.errors)")
    #expect(encoded.errors.contains("12 pictures of 32 x 32 encoded, 0 were there"))
    let sit = ["--checkpoint", "\(Self.mnist)/sit/repa-last.pt", "--timesteps", "0.3", "--layers", "1,8"]
    try extract(
      sit + ["--latents", "\(folder.path)/data", "--vae", "\(Self.mnist)/vae"], to: "\(folder.path)/a")
    try extract(
      sit + ["--vae", "\(Self.mnist)/vae", "--limit", "12"] + Self.pictures, to: "\(folder.path)/b")
    let (a, b) = (try FeatureArchive("\(folder.path)/a"), try FeatureArchive("\(folder.path)/b"))
    for key in a.keys { #expect(try a.features(key) == b.features(key)) }
    // The encoder reads the cropped pictures under the names that the latents have.
    try extract(
      ["--checkpoint", "\(Self.mnist)/encoders/mae_tiny.pth", "--images", "\(folder.path)/data"],
      to: "\(folder.path)/mae")
    #expect(try FeatureArchive("\(folder.path)/mae").samples?.names == a.samples?.names)
    let decoded = try Tool.run([
      "decode", "--vae", "\(Self.mnist)/vae", "--latents", "\(folder.path)/data", "--output",
      "\(folder.path)/look",
    ])
    #expect(decoded.status == 0, "\(decoded.errors)")
    let original = try Image(contentsOf: "\(folder.path)/data/images/00000/img00000003.png").bytes
    let name = try #require(a.samples?.names[3])
    #expect(name == b.samples?.names[3])
    let seen = try Image(contentsOf: "\(folder.path)/look/\(name)").bytes
    let difference = zip(original, seen).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(difference / original.count < 10)
  }

  @Test("Broken pictures stop the run, or are left out and listed")
  func brokenPictures() throws {
    let folder = try TemporaryFolder()
    for name in ["00098", "00098b"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/pictures/\(name)", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: "\(Self.mnist)/latents/images/00000/img00000000.png",
        toPath: "\(folder.path)/pictures/\(name)/x.png")
    }
    try Data([1, 2, 3]).write(to: URL(filePath: "\(folder.path)/pictures/00098/broken.jpg"))
    let arguments = [
      "extract", "--checkpoint", "\(Self.mnist)/encoders/dinov2_tiny.pth", "--images",
      "\(folder.path)/pictures",
      "--output", "\(folder.path)/a",
    ]
    let stopped = try Tool.run(arguments)
    #expect(stopped.status == 65)
    #expect(stopped.errors.contains("pictures/00098/broken.jpg"))
    let skipped = try Tool.run(arguments + ["--skip-broken"])
    #expect(skipped.status == 0, "\(skipped.errors)")
    #expect(skipped.errors.contains("1 of 3 pictures are left out"))
    #expect(skipped.errors.contains("pictures/00098/broken.jpg"))
    let archive = try FeatureArchive("\(folder.path)/a")
    #expect(archive.samples?.names == ["00098/x.png", "00098b/x.png"])
    #expect(archive.labels == [0, 1])
  }

  private static let encoder = ["--checkpoint", "\(mnist)/encoders/dinov2_tiny.pth"]
  private static let sit = ["--checkpoint", "\(mnist)/sit/repa-last.pt"]
  private static let images = ["--images", "\(mnist)/images"]
  private static let vae = ["--vae", "\(mnist)/vae"]

  @Test(
    "Options that contradict each other say what to do",
    arguments: [
      (encoder, 64, "a vision encoder needs pictures: give --images PATH"),
      (encoder + images + ["--timesteps", "0.5"], 64, "--timesteps is for diffusion transformers"),
      (encoder + ["--latents", "x.npy"], 64, "--latents is for diffusion transformers"),
      (encoder + images + vae, 64, "--vae is for diffusion transformers"),
      (encoder + images + ["--weights", "model"], 64, "--weights is for diffusion transformers"),
      (encoder + images + ["--inputs", "x.npy"], 64, "--images and --inputs exclude each other"),
      (encoder + ["--resolution", "64"], 64, "--resolution is about pictures"),
      (encoder + ["--skip-broken"], 64, "--skip-broken is about pictures"),
      (encoder + images + ["--layers", "7"], 64, "the encoder has no 7; it has 0 to 6, final, image"),
      (encoder + images + ["--family", "clip"], 65, "DINOv2"),
      (encoder + images + ["--family", "sit"], 64, "--family sit is a diffusion transformer"),
      (encoder + ["--images", "nowhere"], 66, "nowhere"),
      (encoder + images + ["--split", "val"], 65, "a list"),
      (sit + images + vae, 64, "give --timesteps 0.5"),
      (sit + images + ["--timesteps", "0.5"], 64, "--vae FOLDER"),
      (sit + ["--timesteps", "0.5"], 64, "give --images PATH and --vae FOLDER, or --latents PATH"),
      (
        sit + images + vae + ["--timesteps", "0.5", "--protocol", "native"], 64,
        "--protocol is for vision encoders"
      ),
      (sit + images + vae + ["--timesteps", "0.5", "--resolution", "256"], 64, "pictures of 32 x 32"),
      (sit + images + vae + ["--timesteps", "0.5", "--pooling", "both"], 65, "no class token"),
      (["--checkpoint", "\(mnist)/vae"] + images, 64, "is a VAE; give it as --vae"),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run(["extract"] + arguments + ["--output", "\(folder.path)/a"])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try folder.contents.isEmpty)
  }

  @Test("Nothing is written over what is read")
  func outputs() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/p/c", withIntermediateDirectories: true)
    let file = "\(folder.path)/p/c/x.png"
    try FileManager.default.copyItem(
      atPath: "\(Self.mnist)/latents/images/00000/img00000000.png", toPath: file)
    for output in ["p", "p/archive", "p/../p/c/../new"] {
      for command in [["extract"] + Self.encoder, ["encode"] + Self.vae] {
        let result = try Tool.run(
          command + ["--images", "\(folder.path)/p", "--output", "\(folder.path)/\(output)"])
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains("--output"))
      }
    }
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/p").sorted() == ["c", "c/x.png"])
  }
}
