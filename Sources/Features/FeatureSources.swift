import Foundation

/// Opens saved features, whoever saved them.
public enum FeatureSources {
  /// A ``FeatureArchive`` for a folder with an `archive.json`, else ``ImportedFeatures``.
  ///
  /// - Parameters:
  ///   - specification: `PATH`, or `PATH#NAME`, which picks one tensor.
  ///   - options: What the names of files and tensors do not tell.
  /// - Throws: ``FeatureError``, or the error of a file that cannot be read.
  public static func open(
    _ specification: String, options: ImportedFeatures.Options = ImportedFeatures.Options()
  ) throws -> any FeatureSource {
    let folder = ArchiveFolder(FeaturePath.split(specification).path)
    if folder.hasDescription { return try FeatureArchive(specification, options: options) }
    // Read file by file, shards would look like the same layers many times over.
    if FileManager.default.fileExists(atPath: folder.shard(0)) {
      throw FeatureError(
        .damaged, path: folder.path,
        "it has shards of a feature archive but no \(ArchiveFolder.descriptionName) to say what they are")
    }
    return try ImportedFeatures(specification, options: options)
  }
}
