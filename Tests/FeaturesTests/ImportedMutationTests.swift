import Features
import Foundation
import TensorFiles
import TestSupport
import Testing

/// Files broken at random, opened as features: each is read or is an error, and nothing else happens.
@Suite struct ImportedMutationTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures")

  @Test(arguments: [
    "goldens/containers/mixed_zip.pt", "goldens/containers/mixed_legacy.pt", "containers/repacked.pt",
    "goldens/containers/expected.safetensors", "containers/zip64.npz", "containers/fortran.npy",
  ])
  func brokenFilesAreReadOrAreErrors(name: String) throws {
    let seed = [UInt8](try Data(contentsOf: Self.fixtures.appending(path: name)))
    let folder = try TemporaryFolder()
    let file = folder.file(URL(filePath: name).lastPathComponent)
    var random = SplitMix64(state: 2410_06940)
    var errors = 0
    for round in 0..<600 {
      try Data(Mutation.mutated(seed, using: &random)).write(to: URL(filePath: file))
      do {
        let options = ImportedFeatures.Options(arrays: round.isMultiple(of: 2) ? .layers : .tokens)
        let features = try ImportedFeatures(file, options: options)
        for key in features.keys {
          let matrix = try features.features(key)
          #expect(matrix.rows == features.sampleCount)
          _ = try features.tokenCount(key)
        }
      } catch is FeatureError {
        errors += 1
      } catch is TensorFileError {
        errors += 1
      }
    }
    #expect(errors > 60)
  }
}
