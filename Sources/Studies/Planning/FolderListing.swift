import Files
import Glibc
import LinearAlgebra
import Synchronization

/// What lies in a folder and the folders in it, with sizes and times: one call a file, for folders of a million pictures.
enum FolderListing {
  struct Status: Sendable {
    let size: Int
    /// Nanoseconds since 1970.
    let changed: Int
  }

  typealias File = (name: String, status: Status)

  /// A folder by its path from the one that is listed, and those that it lies in.
  private struct Folder: Sendable {
    let name: String
    let above: [FileTree.Identity]
  }

  /// What lies in one folder.
  private struct Entries: Sendable {
    var files: [File] = []
    var folders: [Folder] = []
  }

  /// Every file's path from the folder, in an order that depends on names only. Links are what they lead to; one that leads back to
  /// a folder above it is passed over.
  ///
  /// - Throws: `FileError` for a folder that cannot be read.
  static func files(in path: String) throws -> [File] {
    var root = stat()
    stat(path, &root)
    var found: [File] = []
    var level = [Folder(name: "", above: [FileTree.Identity(root)])]
    while !level.isEmpty {
      // Side by side: most of the time goes to the system, a call a file.
      let current = level
      let entries = Mutex([Entries](repeating: Entries(), count: level.count))
      try parallelLoop(current.count, threads: .all) { index, _ in
        let own = try Self.entries(of: current[index], in: path)
        entries.withLock { $0[index] = own }
      }
      let all = entries.withLock { $0 }
      found += all.flatMap(\.files)
      level = all.flatMap(\.folders)
    }
    return found
  }

  private static func entries(of folder: Folder, in path: String) throws -> Entries {
    let place = folder.name.isEmpty ? path : "\(path)/\(folder.name)"
    guard let stream = opendir(place) else {
      throw FileError(operation: .read, path: place, reason: String(cString: strerror(errno)))
    }
    defer { closedir(stream) }
    var found = Entries()
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      var status = stat()
      // A link to nothing, or a file that has gone: its name is all that can be told.
      let isKnown = fstatat(dirfd(stream), name, &status, 0) == 0
      let inner = folder.name.isEmpty ? name : "\(folder.name)/\(name)"
      if isKnown, status.st_mode & S_IFMT == S_IFDIR {
        let identity = FileTree.Identity(status)
        if !folder.above.contains(identity) {
          found.folders.append(Folder(name: inner, above: folder.above + [identity]))
        }
        continue
      }
      let nanoseconds = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
      found.files.append(
        (
          inner,
          isKnown ? Status(size: Int(status.st_size), changed: nanoseconds) : Status(size: -1, changed: 0)
        ))
    }
    // Folder by folder: to sort a million paths at once would take longer than to look at them.
    found.files.sort { $0.name < $1.name }
    found.folders.sort { $0.name < $1.name }
    return found
  }
}
