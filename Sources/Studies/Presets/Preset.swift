/// An experiment file that comes with repscope.
///
/// Presets run on the shipped checkpoints, from the repository's folder; their comments say which lines to change for one's own.
public struct Preset: Sendable, Hashable {
  /// The name on the command line.
  public let name: String
  /// One line.
  public let summary: String
  /// The experiment file.
  public let text: String

  public static let all: [Preset] = [.figure2, .figure3, .timesteps, .encoders]

  /// The preset of that name.
  public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }
}
