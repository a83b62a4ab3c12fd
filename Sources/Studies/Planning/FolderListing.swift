import Files
import Glibc

/// What lies in a folder and the folders in it, with sizes and times: one call a file, for folders of a million pictures.
enum FolderListing {
  struct Status {
    let size: Int
    /// Nanoseconds since 1970.
    let changed: Int
  }

  /// Every file's path from the folder, in an order that depends on names only. Links are what they lead to; one that leads back to
  /// a folder above it is passed over.
  ///
  /// - Throws: `FileError` for a folder that cannot be read.
  static func files(in path: String) throws -> [(name: String, status: Status)] {
    struct Identity: Hashable {
      let device: UInt
      let number: UInt
    }
    var found: [(name: String, status: Status)] = []
    /// With the folders above each.
    var root = stat()
    stat(path, &root)
    var folders = [(name: "", above: [Identity(device: UInt(root.st_dev), number: UInt(root.st_ino))])]
    while let (folder, above) = folders.popLast() {
      let (start, firstFolder) = (found.count, folders.count)
      let place = folder.isEmpty ? path : "\(path)/\(folder)"
      guard let stream = opendir(place) else {
        throw FileError(operation: .read, path: place, reason: String(cString: strerror(errno)))
      }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        var status = stat()
        // A link to nothing, or a file that has gone: its name is all that can be told.
        let isKnown = fstatat(dirfd(stream), name, &status, 0) == 0
        let inner = folder.isEmpty ? name : "\(folder)/\(name)"
        if isKnown, status.st_mode & S_IFMT == S_IFDIR {
          let identity = Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))
          if !above.contains(identity) { folders.append((inner, above + [identity])) }
          continue
        }
        let nanoseconds = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
        found.append(
          (
            inner,
            isKnown ? Status(size: Int(status.st_size), changed: nanoseconds) : Status(size: -1, changed: 0)
          ))
      }
      // Folder by folder: to sort a million paths at once would take longer than to look at them.
      found[start...].sort { $0.name < $1.name }
      folders[firstFolder...].sort { $0.name < $1.name }
    }
    return found
  }
}
