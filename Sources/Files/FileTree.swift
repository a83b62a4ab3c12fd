import Glibc

/// The files of a folder and of all folders in it.
///
/// Links to files and folders are followed; one that leads back to a folder above it is an error, as its files would count
/// many times.
package enum FileTree {
  /// More folders in one another than anybody has.
  private static let maximumDepth = 64

  /// A folder as the file system knows it, whatever its names.
  package struct Identity: Hashable, Sendable {
    private let device: UInt
    private let number: UInt

    package init(_ status: stat) {
      (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
    }
  }

  /// What a path leads to.
  package enum Kind: Sendable {
    case file
    case folder
    /// A pipe, socket or device.
    case other
  }

  /// What the path leads to.
  ///
  /// - Throws: ``FileError`` where there is nothing, or it cannot be told.
  package static func kind(of path: String) throws(FileError) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(reading: path, errno) }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  package static func exists(_ path: String) -> Bool { (try? kind(of: path)) != nil }

  /// Whether the path leads to a folder; false where there is nothing.
  package static func isFolder(_ path: String) -> Bool { (try? kind(of: path)) == .folder }

  /// Whether the path leads to a regular file; false where there is nothing.
  package static func isFile(_ path: String) -> Bool { (try? kind(of: path)) == .file }

  /// Paths relative to the folder, in the order of Python's `sorted(os.walk(...))` with sorted files: folder by folder.
  ///
  /// - Parameters:
  ///   - levels: How many folders down to look: 0 for the folder's own files, nil for all that there are.
  ///   - hidden: Whether files and folders whose names begin with a dot count.
  /// - Throws: ``FileError``
  package static func files(in folder: String, levels: Int? = nil, hidden: Bool = true) throws(FileError)
    -> [String]
  {
    var walk = Walk(root: folder, levels: levels, hidden: hidden)
    try walk.visit("")
    return walk.found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }.flatMap { folder in
      folder.files.map { folder.path.isEmpty ? $0 : "\(folder.path)/\($0)" }
    }
  }

  /// The names in a folder, sorted by code points, as Python sorts them.
  ///
  /// - Throws: ``FileError``
  package static func entries(of path: String) throws(FileError) -> (folders: [String], files: [String]) {
    guard let folder = opendir(path) else { throw FileError(reading: path, errno) }
    defer { closedir(folder) }
    return try entries(of: folder, at: path)
  }

  fileprivate static func entries(of folder: OpaquePointer, at path: String) throws(FileError) -> (
    folders: [String], files: [String]
  ) {
    var folders: [String] = []
    var files: [String] = []
    errno = 0
    while let entry = readdir(folder) {
      let kind = entry.pointee.d_type
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
      }
      guard let name else {
        throw FileError(
          operation: .read, path: path, reason: "there is a name in it that is not UTF-8", kind: .badFolder)
      }
      if name == "." || name == ".." { continue }
      if try isFolder(kind, "\(path)/\(name)") { folders.append(name) } else { files.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw FileError(reading: path, errno) }
    return (folders.sortedByBytes(), files.sortedByBytes())
  }

  /// By the entry's kind where the file system tells; links and silent file systems are asked.
  private static func isFolder(_ kind: UInt8, _ path: String) throws(FileError) -> Bool {
    switch Int(kind) {
    case Int(DT_DIR): return true
    case Int(DT_LNK), Int(DT_UNKNOWN):
      var status = stat()
      if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR }
      guard errno != ELOOP else {
        throw FileError(
          operation: .read, path: path, reason: "it is a link that leads nowhere but back to itself",
          kind: .badFolder)
      }
      // A link to nothing is a file that cannot be read, which its reader will say.
      return false
    default: return false
    }
  }

  /// A way through a folder and what is in it.
  private struct Walk {
    let root: String
    let levels: Int?
    let hidden: Bool
    var found: [(path: String, files: [String])] = []
    /// The folder under way and those it lies in, as the file system knows them whatever their names.
    private var above: [Identity] = []

    init(root: String, levels: Int?, hidden: Bool) {
      self.root = root
      self.levels = levels
      self.hidden = hidden
    }

    mutating func visit(_ inner: String) throws(FileError) {
      let path = inner.isEmpty ? root : "\(root)/\(inner)"
      guard let folder = opendir(path) else { throw FileError(reading: path, errno) }
      var status = stat()
      guard fstat(dirfd(folder), &status) == 0 else {
        let number = errno
        closedir(folder)
        throw FileError(reading: path, number)
      }
      let identity = Identity(status)
      // Closed before the folders in it are opened: descriptors are few.
      let entries = Result { () throws(FileError) in try FileTree.entries(of: folder, at: path) }
      closedir(folder)
      guard !above.contains(identity) else {
        throw FileError(
          operation: .read, path: path, reason: "it is a link that leads back to a folder above it",
          kind: .badFolder)
      }
      guard above.count <= maximumDepth else {
        throw FileError(
          operation: .read, path: path, reason: "it lies more than \(maximumDepth) folders deep",
          kind: .badFolder)
      }
      let (folders, files) = try entries.get()
      found.append((inner, files.filter(counts)))
      guard levels.map({ above.count < $0 }) ?? true else { return }
      above.append(identity)
      for name in folders.filter(counts) { try visit(inner.isEmpty ? name : "\(inner)/\(name)") }
      above.removeLast()
    }

    private func counts(_ name: String) -> Bool { hidden || !name.hasPrefix(".") }
  }
}

extension [String] {
  /// By UTF-8 bytes, which is the order of code points.
  package func sortedByBytes() -> [String] {
    // Of ASCII texts the common order is that of bytes, and many times faster: a validation set has 50,000 names.
    if allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) { return sorted() }
    return sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
