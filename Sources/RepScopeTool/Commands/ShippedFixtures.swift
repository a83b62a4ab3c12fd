import Foundation
import RepScope

/// The small pictures and checkpoints that come with repscope, which presets and the demo run on.
enum ShippedFixtures {
  /// The folder that holds `fixtures/mnist`: the current one (an empty text) where that is the repository's, else what
  /// `make install` has put beside the tool, PREFIX/share/repscope.
  ///
  /// - Throws: `FeatureError` where they are in neither.
  static func root() throws -> String {
    let tool = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let prefix = tool.deletingLastPathComponent().deletingLastPathComponent()
    let found = ["", prefix.appending(path: "share/repscope").path].first {
      FileManager.default.fileExists(atPath: mnist(in: $0) + "/split.csv")
    }
    guard let found else {
      throw FeatureError(
        .missing, path: mnist(in: ""),
        "the pictures and checkpoints that come with repscope are neither in this folder nor installed; run this in "
          + "the repository's folder, install repscope with make install, or save a preset with --print and change the lines with "
          + "arrows")
    }
    return found
  }

  /// The folder `fixtures/mnist` itself.
  static func mnist() throws -> String { mnist(in: try root()) }

  private static func mnist(in root: String) -> String {
    root.isEmpty ? "fixtures/mnist" : root + "/fixtures/mnist"
  }
}
