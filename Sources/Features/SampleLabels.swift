import Files

/// The class of every sample that takes part, and which part it takes.
public struct SampleLabels: Sendable, Hashable {
  /// What a sample is for.
  public enum Split: String, Sendable, Hashable {
    case train
    case validation
  }

  /// One sample's entry.
  public struct Entry: Sendable, Hashable {
    /// The class's name: the number in digits where classes are numbers.
    public var name: String
    /// Nil where the source does not tell.
    public var split: Split?

    public init(name: String, split: Split? = nil) {
      self.name = name
      self.split = split
    }
  }

  /// One a row of the features; nil for a sample that is left out.
  public let entries: [Entry?]
  /// Whether the source tells training samples from validation samples.
  public let hasSplits: Bool

  public init(_ entries: [Entry?], hasSplits: Bool) {
    self.entries = entries
    self.hasSplits = hasSplits
  }

  /// The classes of several sources together, each once, in natural order: a class's number is its place.
  public static func classNames(of sources: [SampleLabels]) -> [String] {
    Set(sources.flatMap { $0.entries.compactMap { $0?.name } }).sorted { naturalComparison($0, $1) < 0 }
  }
}

extension SampleLabels {
  /// Classes that the source itself numbers, as an archive's `samples.csv` does.
  ///
  /// - Throws: ``FeatureError`` unless every sample of the source has one.
  public init(of source: any FeatureSource) throws {
    guard let labels = source.labels else {
      throw FeatureError(
        .badLabels, path: source.path,
        "it does not say its samples' labels; give them in a file, or take the names of the images' folders")
    }
    self.init(labels.map { Entry(name: String($0)) }, hasSplits: false)
  }

  /// Classes by the folders that the samples lie in: the first folder of a path below what all paths share. Folders
  /// `train` and `val` above tell the split.
  ///
  /// - Throws: ``FeatureError`` where the source has no sample names, or a name without a folder.
  public init(foldersOf source: any FeatureSource) throws {
    guard let names = source.samples?.names else {
      throw FeatureError(
        .badLabels, path: source.path,
        "its samples have no names whose folders could be their classes; put a samples.csv with a column path beside them"
      )
    }
    let folders = names.map { Array($0.split(separator: "/").map(String.init).dropLast()) }
    if let row = folders.firstIndex(where: \.isEmpty) {
      throw FeatureError(
        .badLabels, path: source.path,
        "row \(row) is the sample \(names[row]), which lies in no folder that could be its class")
    }
    let shared = Self.sharedFolders(folders)
    let splits = folders.map { $0.count > shared + 1 ? Split(word: $0[shared]) : nil }
    let hasSplits = splits.allSatisfy { $0 != nil } && !splits.isEmpty
    self.init(
      zip(folders, splits).map { folder, split in
        // Where all samples share a folder that is their last one, it is the only class.
        Entry(
          name: folder[min(hasSplits ? shared + 1 : shared, folder.count - 1)], split: hasSplits ? split : nil
        )
      }, hasSplits: hasSplits)
  }

  /// How many leading folders all paths have in common.
  static func sharedFolders(_ folders: [[String]]) -> Int {
    guard let first = folders.first else { return 0 }
    return folders.dropFirst().reduce(first.count) { shared, folder in
      zip(first.prefix(shared), folder).prefix { $0 == $1 }.count
    }
  }
}

extension SampleLabels.Split {
  /// `train` or `training`; `val`, `valid`, `validation` or `test`.
  init?(word: String) {
    switch word.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "test": self = .validation
    default: return nil
    }
  }
}
