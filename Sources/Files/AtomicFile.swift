import Glibc

/// Reading and writing of whole files; a written file is there whole or not at all.
package enum AtomicFile {
  /// Writes a file through a temporary one in the same folder, which is flushed to disk and then renamed.
  ///
  /// An existing file keeps its permissions; a symbolic link keeps pointing to the file that is replaced. What is no
  /// regular file (a pipe, `/dev/null`) is written to directly.
  ///
  /// - Throws: ``FileError``; the old file, if there was one, is then untouched.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw failure(.write, path, "this is not a file name")
    }
    var existing = stat()
    let exists = stat(path, &existing) == 0
    if exists, existing.st_mode & S_IFMT == S_IFDIR { throw failure(.write, path, "it is a folder") }
    if exists, existing.st_mode & S_IFMT != S_IFREG {
      try write(bytes, opening: path, flags: O_WRONLY, mode: nil, namedInErrors: path)
      return
    }
    let target = exists ? resolved(path) : path
    let temporary = temporaryName(beside: target)
    do throws(FileError) {
      let mode = exists ? existing.st_mode & 0o7777 : nil
      try write(
        bytes, opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode, namedInErrors: path)
      guard rename(temporary, target) == 0 else { throw failure(.write, path, systemMessage()) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// The bytes of a file.
  ///
  /// - Throws: ``FileError``
  package static func read(_ path: String) throws(FileError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(.read, path, systemMessage()) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk[..<count]
      } else if errno != EINTR {
        throw failure(.read, path, systemMessage())
      }
    }
  }

  private static func write(
    _ bytes: [UInt8], opening name: String, flags: Int32, mode: mode_t?, namedInErrors path: String
  ) throws(FileError) {
    let file = open(name, flags | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure(.write, path, systemMessage()) }
    var problem: String?
    if let mode, fchmod(file, mode) != 0 { problem = systemMessage() }
    var rest = bytes[...]
    while problem == nil, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        problem = systemMessage()
      }
    }
    // Pipes and devices cannot be flushed and say so with EINVAL; they hold nothing back.
    if problem == nil, fsync(file) != 0, errno != EINVAL { problem = systemMessage() }
    if close(file) != 0, problem == nil { problem = systemMessage() }
    if let problem { throw failure(.write, path, problem) }
  }

  private static func temporaryName(beside path: String) -> String {
    let cut = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    return "\(path[..<cut]).repscope-\(unique).tmp"
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func systemMessage() -> String { String(cString: strerror(errno)) }

  private static func failure(_ operation: FileError.Operation, _ path: String, _ reason: String) -> FileError
  {
    FileError(operation: operation, path: path, reason: reason)
  }
}
