import Files
import Foundation
import Glibc
import Images

/// Tells whether what a result was made from is still the same.
///
/// Files up to 4 MB go in whole. Of larger files 64 blocks and the time of their last change stand for the rest, and of
/// folders the names, sizes and times of what is in them: a study of gigabytes must be looked over in a moment.
enum Fingerprint {
  private static let wholeFile = 4 << 20
  private static let blocks = 64
  private static let blockBytes = 4096

  /// Of a file or folder.
  ///
  /// - Throws: `FileError` where there is none, or it cannot be read.
  static func of(path: String) throws -> String {
    var digest = ContentDigest()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(operation: .read, path: path, reason: "there is no such file or folder")
    }
    if isFolder.boolValue { try add(folder: path, to: &digest) } else { try add(file: path, to: &digest) }
    return digest.text
  }

  /// Of texts, such as settings and other fingerprints.
  static func of(_ texts: [String]) -> String {
    var digest = ContentDigest()
    for text in texts { digest.update(text) }
    return digest.text
  }

  /// Of the pictures of a list, by their names, sizes and times; empty for a folder, which tells by itself.
  static func ofPictures(listedIn collection: ImageCollection, at path: String) -> String {
    guard !FileTree.isFolder(path) else { return "" }
    var digest = ContentDigest()
    for (index, name) in collection.names.enumerated() {
      digest.update(name)
      // Members of an archive are no files: its own bytes are in the key.
      digest.update((try? changed(collection.location(of: index))) ?? "")
    }
    return digest.text
  }

  private static func add(file path: String, to digest: inout ContentDigest) throws {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      let size = try handle.seekToEnd()
      digest.update("\(size)")
      if size <= wholeFile {
        try handle.seek(toOffset: 0)
        try (handle.readToEnd() ?? Data()).withUnsafeBytes { digest.update($0) }
      } else {
        digest.update(try changed(path))
        let step = (size - UInt64(blockBytes)) / UInt64(blocks - 1)
        for block in 0..<UInt64(blocks) {
          try handle.seek(toOffset: block * step)
          try (handle.read(upToCount: blockBytes) ?? Data()).withUnsafeBytes { digest.update($0) }
        }
      }
    } catch let error as FileError {
      throw error
    } catch {
      throw FileError(operation: .read, path: path, reason: error.localizedDescription)
    }
  }

  private static func add(folder path: String, to digest: inout ContentDigest) throws {
    for (name, status) in try FolderListing.files(in: path) {
      digest.update(name)
      digest.update("\(status.size)")
      digest.update("\(status.changed)")
    }
  }

  private static func changed(_ path: String) throws -> String {
    // Of what a link leads to.
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(operation: .read, path: path, reason: "it is not there any more")
    }
    return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}

/// A file or folder that a study reads, as it was when the study was planned.
struct InputFile: Sendable, Hashable {
  let path: String
  let fingerprint: String

  /// - Throws: `FileError` where there is none, or it cannot be read.
  init(_ path: String) throws {
    self.path = path
    fingerprint = try Fingerprint.of(path: path)
  }

  /// - Throws: ``StudyError`` where it is not what it was: a result would be kept under the key of something else.
  func checkUnchanged() throws {
    guard (try? Fingerprint.of(path: path)) == fingerprint else {
      throw StudyError(
        .changed, path: path,
        "it has changed since the study was planned; run again, and what depends on it is made anew")
    }
  }
}
