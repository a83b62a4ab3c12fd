/// The samples that a network is fed: their place, names and labels, whatever they are made of.
public struct InputSamples: Sendable, Hashable {
  /// The file or folder.
  public let path: String
  /// What messages call them: "latents", "pictures".
  public let kind: String
  /// Where they have any.
  public let names: [String]?
  /// A label a sample; nil for those that have none.
  public internal(set) var labels: [Int?]
  /// Samples that were found but cannot be used, by their places, and why.
  public let broken: [Int: String]

  public var count: Int { labels.count }

  init(path: String, kind: String, names: [String]?, labels: [Int?], broken: [Int: String] = [:]) {
    self.path = path
    self.kind = kind
    self.names = names
    self.labels = labels
    self.broken = broken
  }

  /// What messages call a sample: "sample 3 (00000/img00000003.png)".
  func name(_ sample: Int) -> String { "sample \(sample)" + (names.map { " (\($0[sample]))" } ?? "") }
}
