import Glibc
import Synchronization

/// A file that appears under its name when it is whole, or not at all.
///
/// Bytes go to a temporary file in the same folder, which `commit()` flushes to disk and renames; without a commit it is
/// removed when the object goes. An existing file keeps its permissions, and a symbolic link keeps pointing to the file
/// that is replaced. What is no regular file (a pipe, `/dev/null`) is written to directly.
package final class AtomicFile {
  /// The file, as the caller named it.
  package let path: String
  /// The file that is replaced, where `path` is a link to it.
  private let target: String
  /// Nil where bytes go to the target itself.
  private let temporary: String?
  private var descriptor: CInt
  private var buffer: [UInt8] = []

  private static let bufferSize = 1 << 20
  private static let counter = Atomic(0)

  package init(_ path: String) throws(FileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(operation: .write, path: path, reason: "this is not a file name")
    }
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw FileError(operation: .write, path: path, reason: "it is a folder") }
    if exists, kind != S_IFREG {
      (target, temporary) = (path, nil)
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      target = exists ? Self.resolved(path) : Self.followed(path)
      (temporary, descriptor) = Self.makeTemporary(beside: target)
    }
    guard descriptor >= 0 else { throw failure() }
    if temporary != nil, exists, fchmod(descriptor, status.st_mode & 0o7777) != 0 { throw failure() }
  }

  deinit { discard() }

  /// - Throws: ``FileError``, as all of this does.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try checkOpen()
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize {
      try writeThrough(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Makes the file appear under its name; it is on disk when this returns.
  package func commit() throws {
    try checkOpen()
    try flush()
    // Pipes and devices cannot be flushed and say so with EINVAL; they hold nothing back.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure() }
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isClosed else { throw failure() }
    guard let temporary else { return }
    guard rename(temporary, target) == 0 else { throw failure() }
    Self.makeDurable(target)
  }

  /// Removes what has been written; nothing after a commit.
  package func discard() {
    guard descriptor >= 0 else { return }
    close(descriptor)
    descriptor = -1
    if let temporary { unlink(temporary) }
  }

  private func checkOpen() throws {
    guard descriptor >= 0 else {
      throw FileError(operation: .write, path: path, reason: "it was given up, or is finished already")
    }
  }

  private func flush() throws {
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    try bytes.withUnsafeBytes { try writeThrough($0) }
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = Glibc.write(descriptor, part.baseAddress, part.count)
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw failure()
      }
    }
  }

  /// What the system has just refused, in words; nothing of the file remains.
  private func failure() -> FileError {
    let number = errno
    discard()
    if let temporary { unlink(temporary) }
    let reason =
      switch number {
      case ENOSPC: "the disk is full; make room, or write to another disk (nothing was left behind)"
      case EDQUOT: "the disk quota is used up; make room (nothing was left behind)"
      case ENOENT: "there is no such folder; create it first"
      default: String(cString: strerror(number))
      }
    return FileError(operation: .write, path: path, reason: reason)
  }

  /// A new file beside another, and its descriptor; no file and -1 where the system refuses, which `errno` then tells.
  ///
  /// Another run may have the same process number: in another container, on another host of a shared disk, or long ago.
  /// What it has under way, or has left when it was killed, stays: only names that are free are taken.
  private static func makeTemporary(beside path: String) -> (name: String?, descriptor: CInt) {
    // File systems have room for 255 bytes, of which the name given may fill all.
    let name = FilePath.name(of: path).prefix(bytes: 100)
    for _ in 0..<10_000 {
      let number = counter.add(1, ordering: .relaxed).newValue
      let temporary = "\(FilePath.start(of: path)).\(name).\(getpid())-\(number).tmp"
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (temporary, descriptor) }
      guard errno == EEXIST else { break }
    }
    return (nil, -1)
  }

  /// Where a link leads whose own file is not there yet.
  private static func followed(_ path: String) -> String {
    var place = path
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    // As many links as the system follows.
    for _ in 0..<40 {
      let count = readlink(place, &buffer, buffer.count)
      guard count > 0, count < buffer.count else { return place }
      let link = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      place = link.hasPrefix("/") ? link : FilePath.start(of: place) + link
    }
    return path
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}

extension AtomicFile {
  /// Writes a file that is there whole or not at all.
  ///
  /// - Throws: ``FileError``; the old file, if there was one, is then untouched.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try AtomicFile(path)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// Writes a file unless it holds these bytes already.
  ///
  /// - Throws: ``FileError``
  package static func writeIfChanged(_ bytes: [UInt8], to path: String) throws {
    if (try? WholeFile.read(path)) != bytes { try write(bytes, to: path) }
  }

  /// Makes a file's new name durable. A file system that cannot is no reason to fail: the file is whole.
  package static func makeDurable(_ path: String) {
    let descriptor = open(FilePath.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

extension String {
  /// As much of the text, in whole characters of UTF-8, as so many bytes hold.
  fileprivate func prefix(bytes count: Int) -> Substring {
    guard utf8.count > count else { return self[...] }
    var end = utf8.index(startIndex, offsetBy: count)
    while utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
    return self[..<end]
  }
}
