import Foundation
import RepScope
import TestSupport
import Testing

/// Metrics of one representation on the command line.
@Suite struct PropertyTests {
  static let model = "\(Tool.features)/val_repa_t0.5.safetensors"
  static let tokens = "\(Tool.repository)/fixtures/goldens/metrics/spatial.safetensors"

  @Test("Effective rank and intrinsic dimension by layer need no reference, and can be drawn")
  func geometry() throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run([
      "align", "--features", Self.model, "--metric", "effective-rank", "--metric", "intrinsic-dimension",
      "--layers", "1-3", "--discard", "0.2", "--csv", "-", "--plot", "\(folder.path)/curve.svg",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines[1].contains(",,,,effective-rank,normalize=l2,500,"))
    #expect(lines[6].contains(",,,,intrinsic-dimension,discard=0.2;normalize=l2,500,"))
    for metric in ["effective-rank", "intrinsic-dimension"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/curve-\(metric).svg"))
    }
  }

  @Test("Patch structure with masks from the same file")
  func patchStructure() throws {
    let result = try Tool.run([
      "align", "--features", "\(Self.tokens)#features", "--arrays", "tokens", "--masks",
      "\(Self.tokens)#masks", "--metric", "srss", "--metric", "cds", "--decay-distance", "5", "--grid", "8x8",
      "--near-distance", "2", "--background-distance", "4", "--json", "-",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("leaves out 1 of 8 samples"))
    // The goldens' means of the second variant.
    #expect(result.output.contains("0.30707") && result.output.contains("0.08592"))
    #expect(result.output.contains("background=4;grid=8x8;masks=") && result.output.contains("near=2"))
  }

  @Test("What is asked wrongly is said")
  func usage() throws {
    for (arguments, status, part) in [
      (["--metric", "cknna"], Int32(64), "cknna compares two representations"),
      (["--metric", "lds"], 65, "lds looks at patch tokens"),
      (["--metric", "effective-rank", "--grid", "8"], 64, "--grid"),
      (["--metric", "effective-rank", "--sigma", "0"], 64, "--sigma is 0"),
      (["--metric", "effective-rank", "--masks", "none.npy"], 64, "--masks are for --metric srss"),
      (["--metric", "srss", "--masks", "none.npy"], 66, "none.npy"),
      (
        ["--metric", "effective-rank", "--permutations", "100"], 64,
        "--permutations is about the comparison with a reference"
      ),
      (
        ["--metric", "effective-rank", "--intervals", "jackknife"], 64,
        "--intervals is about the comparison with a reference"
      ),
      (["--metric", "srss", "--masks", "\(Self.tokens)"], 65, "several arrays"),
    ] {
      let result = try Tool.run(["align", "--features", Self.model] + arguments)
      #expect(result.status == status && result.errors.contains(part), "\(arguments): \(result.errors)")
    }
    let unused = try Tool.run([
      "align", "--features", Self.model, "--reference", Self.model, "--layers", "2", "--metric", "anisotropy",
    ])
    #expect(unused.status == 0 && unused.errors.contains("--reference is not used"))
  }
}
