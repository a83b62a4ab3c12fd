import Glibc

/// The files of a folder and of all folders in it.
enum FileTree {
  /// More folders in one another than anybody has; links that form a loop end here at the latest.
  private static let maximumDepth = 64

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  /// Whether the path is a folder, or leads to one.
  ///
  /// - Throws: ``ImageError`` where there is nothing.
  static func isFolder(_ path: String) throws(ImageError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { throw ImageFile.failure(path, errno) }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// Paths relative to the folder, in the order of Python's `sorted(os.walk(...))` with sorted files: folder by folder.
  ///
  /// Links to folders are followed, as torchvision does; one that leads back to a folder above it is an error.
  static func files(in folder: String) throws(ImageError) -> [String] {
    var folders: [(path: String, files: [String])] = []
    try walk(folder, "", depth: 0, into: &folders)
    folders.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return folders.flatMap { folder in folder.files.map { folder.path.isEmpty ? $0 : "\(folder.path)/\($0)" }
    }
  }

  private static func walk(
    _ root: String, _ inner: String, depth: Int, into found: inout [(path: String, files: [String])]
  ) throws(ImageError) {
    let path = inner.isEmpty ? root : "\(root)/\(inner)"
    guard depth < maximumDepth else {
      throw ImageError(
        .badCollection, path: path, found: "more than \(maximumDepth) folders in one another",
        expected: "a folder of pictures; a link may lead back to a folder above it")
    }
    let (folders, files) = try entries(of: path)
    found.append((inner, files))
    for folder in folders {
      try walk(root, inner.isEmpty ? folder : "\(inner)/\(folder)", depth: depth + 1, into: &found)
    }
  }

  /// The names in a folder, sorted by code points, as Python sorts them.
  static func entries(of path: String) throws(ImageError) -> (folders: [String], files: [String]) {
    guard let folder = opendir(path) else { throw ImageFile.failure(path, errno) }
    defer { closedir(folder) }
    var folders: [String] = []
    var files: [String] = []
    errno = 0
    while let entry = readdir(folder) {
      let kind = entry.pointee.d_type
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
      }
      guard let name else {
        throw ImageError(
          .badCollection, path: path, found: "a name that is not UTF-8", expected: "names in UTF-8")
      }
      if name == "." || name == ".." { continue }
      if try isFolder(kind, "\(path)/\(name)") { folders.append(name) } else { files.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw ImageFile.failure(path, errno) }
    return (folders.sortedByBytes(), files.sortedByBytes())
  }

  /// By the entry's kind where the file system tells; links and silent file systems are asked.
  private static func isFolder(_ kind: UInt8, _ path: String) throws(ImageError) -> Bool {
    switch Int(kind) {
    case Int(DT_DIR): return true
    case Int(DT_LNK), Int(DT_UNKNOWN):
      // A link to nothing is a file that cannot be read, which its reader will say.
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    default: return false
    }
  }
}

extension [String] {
  /// By UTF-8 bytes, which is the order of code points.
  func sortedByBytes() -> [String] {
    // Of ASCII texts the common order is that of bytes, and many times faster: a validation set has 50,000 names.
    if allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) { return sorted() }
    return sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
