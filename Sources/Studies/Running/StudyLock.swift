import Files
import Foundation
import Glibc

/// Keeps a second run out of a study's folder. The lock ends with the process, in whatever way that ends.
final class StudyLock {
  private let descriptor: CInt

  /// - Throws: `FileError` where the folder cannot be written to, ``StudyError`` where another run is at work in it.
  init(_ folder: StudyFolder) throws {
    descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw FileError(
        operation: .write, path: folder.path,
        reason: "it may not be written to: \(String(cString: strerror(errno)))")
    }
    // A file system that knows no locks says so; then there is none.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      // What was opened is closed by `deinit`.
      throw StudyError(
        .folder, path: folder.path,
        "another run is at work in this folder; wait for it to end, or choose another folder")
    }
  }

  deinit { close(descriptor) }
}

extension StudyFolder {
  /// What a run holds while it is at work; it also marks the folder as a study's.
  var lock: String { "\(path)/.lock" }
  /// From what the table was made, and what it was then.
  var tableKey: String { "\(path)/.table.key" }

  /// A folder that is not there, that is empty, or that a study has begun.
  ///
  /// - Throws: ``StudyError`` for anything else: its files might be taken for results, or lost.
  func check() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw StudyError(.folder, path: path, "it is a file; the results of a study go to a folder")
    }
    guard !Self.exists(lock) else { return }
    let others = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    guard let other = others.first else { return }
    throw StudyError(
      .folder, path: path,
      "it is not a study's: \(other)\(others.count > 1 ? " and \(others.count - 1) more" : "") lies in it, and no study has "
        + "been begun here; choose a new folder or an empty one")
  }

  /// Removes what killed runs have left half written. Only for a run that holds the lock.
  func removeLeftovers() {
    for folder in [path, "\(path)/measurements", "\(path)/figures"] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where name.hasPrefix(".") && name.hasSuffix(".tmp") { unlink("\(folder)/\(name)") }
    }
  }
}
