import Foundation
import RepScope
import TestSupport
import Testing

@Suite struct ExtractTests {
  static let sit = "\(Tool.repository)/fixtures/mnist/sit"
  static let latents = "\(Tool.repository)/fixtures/mnist/latents"
  static let small = [
    "extract", "--checkpoint", "\(sit)/repa-last.pt", "--latents", "\(latents)/val_mean.safetensors",
    "--timesteps", "0.1,0.5",
    "--limit", "24", "--shard-size", "5",
  ]

  /// Every file of an archive, by name.
  static func bytes(_ archive: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: archive)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: "\(archive)/\($0)"))) })
  }

  @Test("One process or several, any number of threads: the archive has the same bytes")
  func sameBytes() throws {
    let folder = try TemporaryFolder()
    #expect(try Tool.run(Self.small + ["--output", "\(folder.path)/one", "--threads", "1"]).status == 0)
    for part in ["2/3", "0/3", "1/3"] {
      let result = try Tool.run(
        Self.small + ["--output", "\(folder.path)/parts", "--shard", part, "--threads", "3"])
      #expect(result.status == 0)
    }
    let one = try Self.bytes("\(folder.path)/one")
    #expect(one.count == 7)
    #expect(try Self.bytes("\(folder.path)/parts") == one)
  }

  @Test("Killed at any moment and started again, it ends with the same bytes")
  func killed() throws {
    let folder = try TemporaryFolder()
    let arguments = Self.small.map { $0 == "24" ? "300" : $0 == "5" ? "4" : $0 }
    #expect(try Tool.run(arguments + ["--output", "\(folder.path)/whole"]).status == 0)
    let whole = try Self.bytes("\(folder.path)/whole")
    var kills = 0
    let random = CounterRandom(seed: 8)
    for attempt in 0..<200 as Range<UInt64> {
      // The first is killed at once, so that at least one is on every machine.
      let wait = attempt == 0 ? 0 : 0.02 + 0.2 * random.uniform(at: attempt)
      let status = try Tool.runKilling(after: wait, arguments + ["--output", "\(folder.path)/killed"])
      if status == 0 { break }
      kills += 1
    }
    #expect(kills > 0)
    #expect(try Tool.run(arguments + ["--output", "\(folder.path)/killed"]).status == 0)
    // What a killed run was writing is left in a folder of its own, which the next run has cleared away.
    #expect(try Self.bytes("\(folder.path)/killed") == whole)
  }

  @Test("A changed setting against an archive that is there is refused, with the difference")
  func changedSetting() throws {
    let folder = try TemporaryFolder()
    #expect(try Tool.run(Self.small + ["--output", folder.path + "/a"]).status == 0)
    let result = try Tool.run(Self.small + ["--output", folder.path + "/a", "--seed", "7"])
    #expect(result.status == 65)
    #expect(result.errors.contains("noise.seed: 20241009, not 7"))
  }

  @Test("The wrong time direction gives visibly worse curves")
  func timeDirection() throws {
    let folder = try TemporaryFolder()
    var peaks: [String: Double] = [:]
    for convention in ["repa", "sit"] {
      let archive = "\(folder.path)/\(convention)"
      let extracted = try Tool.run([
        "extract", "--checkpoint", "\(Self.sit)/repa-last.pt", "--latents",
        "\(Self.latents)/val_mean.safetensors",
        "--timesteps", "0.1", "--layers", "3", "--time-convention", convention, "--output", archive,
      ])
      #expect(extracted.status == 0)
      let aligned = try Tool.run([
        "align", "--features", archive, "--reference",
        "\(Tool.features)/val_dinov2_tiny.safetensors#patch_mean", "--csv", "-",
      ])
      peaks[convention] = try MeasurementTable(csv: aligned.output).rows.first?.value
    }
    let (right, wrong) = (try #require(peaks["repa"]), try #require(peaks["sit"]))
    #expect(abs(right - 0.24656) < 1e-3)
    // The curve's standard deviation over draws of the noise is 0.005 to 0.007.
    #expect(wrong < right - 0.015)
  }

  @Test("REPA's preprocessed folder gives the same hidden states as the tensor of its means")
  func preprocessedFolder() throws {
    let folder = try TemporaryFolder()
    let arguments = ["--timesteps", "0.3", "--layers", "1,8,layer03.projector0,output", "--limit", "20"]
    for (name, source) in [("folder", "vae-sd"), ("tensor", "val_mean.safetensors#mean")] {
      let result = try Tool.run(
        ["extract", "--checkpoint", "\(Self.sit)/repa-last.pt", "--latents", "\(Self.latents)/\(source)"]
          + arguments
          + ["--output", "\(folder.path)/\(name)"])
      #expect(result.status == 0, "\(result.errors)")
    }
    let archives = try ["folder", "tensor"].map { try FeatureArchive("\(folder.path)/\($0)") }
    #expect(archives[0].keys.map { "\($0)" } == archives[1].keys.map { "\($0)" })
    for key in archives[0].keys { #expect(try archives[0].features(key) == archives[1].features(key)) }
    #expect(archives[0].samples?.names.first == "00000/img00000000.png")
  }

  @Test(
    "Mistakes end with the right code and a message that helps",
    arguments: [
      (["--checkpoint", "none.pt"], 66, "none.pt"), (["--latents", "none.npy"], 66, "none.npy"),
      (["--latents", "\(Tool.features)/val_dinov2_tiny.safetensors#cls"], 65, "[500, 64]"),
      (["--timesteps", "1.5"], 64, "outside 0...1"), (["--layers", "9"], 64, "the network has no 9"),
      (["--checkpoint", "\(Tool.features)/val_dinov2_tiny.safetensors"], 65, "val_dinov2_tiny"),
      (["--shard", "3/3"], 64, "3/3"), (["--heads", "7"], 65, "7"), (["--pooling", "max"], 64, "max"),
      (["--output", "/proc/nowhere"], 73, "/proc/nowhere"),
      (["--output", "\(Tool.repository)/README.md"], 73, "it is a file; give the name of a folder"),
      (["--output", ""], 64, "--output has no name"),
      (["--shard-size", "0"], 64, "--shard-size is 0"),
      (["--latent-scale", "nan"], 64, "--latent-scale is nan"),
      (["--latent-scale", "0"], 64, "--latent-scale is 0.0"),
      (["--latent-bias", "inf"], 64, "--latent-bias is inf"),
      (["--timesteps", "0.5,0.5"], 64, "--timesteps has 0.5 twice"),
    ] as [([String], Int32, String)])
  func mistakes(change: [String], status: Int32, message: String) throws {
    let folder = try TemporaryFolder()
    var arguments = Self.small + ["--output", "\(folder.path)/a"]
    if let place = arguments.firstIndex(of: change[0]) {
      arguments[place + 1] = change[1]
    } else {
      arguments += change
    }
    let result = try Tool.run(arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }
}
