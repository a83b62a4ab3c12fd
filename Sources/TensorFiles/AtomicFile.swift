import Glibc
import Synchronization

/// A file that appears under its name when it is whole, or not at all.
///
/// Bytes go to a temporary file in the same folder, which `commit()` flushes to disk and renames.
/// Without a commit it is removed when the object goes.
final class AtomicFile {
  let path: String
  private let temporaryPath: String
  private var descriptor: CInt
  private var buffer: [UInt8] = []

  private static let bufferSize = 1 << 20
  private static let counter = Atomic(0)

  init(_ path: String) throws {
    self.path = path
    let separator = path.lastIndex(of: "/")
    let folder = separator.map { String(path[...$0]) } ?? ""
    let name = separator.map { path[path.index(after: $0)...] } ?? path[...]
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    temporaryPath = "\(folder).\(name.prefix(100)).\(getpid())-\(number).tmp"
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.error(path, errno) }
  }

  deinit { discard() }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    try checkOpen()
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize {
      try writeThrough(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Makes the file appear under its name; it is on disk when this returns.
  func commit() throws {
    try checkOpen()
    do {
      try flush()
      guard fsync(descriptor) == 0 else { throw Self.error(path, errno) }
      let closed = close(descriptor)
      descriptor = -1
      guard closed == 0 else { throw Self.error(path, errno) }
      guard rename(temporaryPath, path) == 0 else {
        let number = errno
        unlink(temporaryPath)
        throw Self.error(path, number)
      }
      syncFolder()
    } catch {
      discard()
      throw error
    }
  }

  /// Removes what has been written; nothing after a commit.
  func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    unlink(temporaryPath)
  }

  private func checkOpen() throws {
    guard descriptor >= 0 else {
      throw TensorFileError(.cannotWrite, path: path, found: "a file that is closed already")
    }
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try writeThrough($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = Glibc.write(descriptor, part.baseAddress, part.count)
      if written < 0 {
        guard errno == EINTR else {
          let number = errno
          discard()
          throw Self.error(path, number)
        }
        continue
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Makes the new name durable. A file system that cannot is no reason to fail: the file is whole.
  private func syncFolder() {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func error(_ path: String, _ number: CInt) -> TensorFileError {
    let (found, hint): (String, String?) =
      switch number {
      case ENOSPC: ("the disk is full", "Make room, or write to another disk; nothing was left behind")
      case EDQUOT: ("the disk quota is used up", "Make room; nothing was left behind")
      case ENOENT: ("no such folder", "Create it first")
      case EACCES, EPERM, EROFS: ("permission denied", "Write where you may")
      case EISDIR, ENOTEMPTY, EEXIST: ("a folder of this name", "Choose another name")
      default: (String(cString: strerror(number)), nil)
      }
    return TensorFileError(.cannotWrite, path: path, found: found, hint: hint)
  }
}
