import Files
import Foundation
import Glibc

/// A hidden folder inside an archive's in which a run makes its files before they are moved to their places.
///
/// Its owner holds a lock until it ends, in whatever way: what can be locked, on the same host, is what a dead run has
/// left, and the next run removes it. Readers pass such folders over.
final class PartialFolder {
  let path: String
  private let lock: CInt

  private static let prefix = ".partial-"
  private static let lockName = "lock"

  /// Makes a folder of its own in an archive's.
  ///
  /// - Throws: ``ExtractionError``
  init(in archive: String) throws {
    for attempt in 0..<1000 {
      let path = "\(archive)/\(Self.prefix)\(Self.host)-\(getpid())-\(attempt)"
      guard mkdir(path, 0o777) == 0 else {
        if errno == EEXIST { continue }
        throw Self.error(archive, errno)
      }
      let lock = open("\(path)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard lock >= 0 else {
        // A run that cleans up takes an empty folder for one that was left.
        if errno == ENOENT { continue }
        throw Self.error(archive, errno)
      }
      // A file system that knows no locks says so: then nothing of it is ever taken for stale.
      let isLocked = flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
      if isLocked, Self.isInPlace(lock, path) {
        self.path = path
        self.lock = lock
        return
      }
      close(lock)
    }
    throw ExtractionError(.cannotWrite, path: archive, "no temporary folder can be made and locked in it")
  }

  deinit {
    Self.remove(path)
    close(lock)
  }

  /// Moves a finished file from here to its place.
  func publish(_ name: String, as target: String) throws {
    guard rename("\(path)/\(name)", target) == 0 else { throw Self.error(target, errno) }
    AtomicFile.makeDurable(target)
  }

  /// Moves a finished file to its place unless there is one already, which then stays.
  func publishIfAbsent(_ name: String, as target: String) throws {
    let source = "\(path)/\(name)"
    if link(source, target) != 0 {
      switch errno {
      case EEXIST: break
      // A file system without links: between the look and the move another run may write the same.
      case EPERM, ENOTSUP, ENOSYS:
        if access(target, F_OK) != 0 { return try publish(name, as: target) }
      default: throw Self.error(target, errno)
      }
    }
    unlink(source)
    AtomicFile.makeDurable(target)
  }

  /// Removes what killed runs of this host have left in an archive's folder.
  static func removeStale(in archive: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: archive)) ?? []
    where name.hasPrefix("\(prefix)\(host)-") {
      let path = "\(archive)/\(name)"
      let lock = open("\(path)/\(lockName)", O_RDWR | O_CLOEXEC)
      guard lock >= 0 else {
        // Killed before there was a lock: nothing is in it. What is not empty stays.
        rmdir(path)
        continue
      }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { remove(path) }
      close(lock)
    }
  }

  private static func remove(_ path: String) {
    // The lock's file goes last: without it the folder would look like one that nobody has begun to use.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name != lockName {
      unlink("\(path)/\(name)")
    }
    unlink("\(path)/\(lockName)")
    rmdir(path)
  }

  /// Whether the locked file still has its name: a run that cleans up may have come in between.
  private static func isInPlace(_ lock: CInt, _ path: String) -> Bool {
    var held = stat()
    var named = stat()
    return fstat(lock, &held) == 0 && stat("\(path)/\(lockName)", &named) == 0 && held.st_ino == named.st_ino
  }

  /// This machine's name, with nothing in it that a file's name could not have.
  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "unknown" }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }()

  static func error(_ path: String, _ number: CInt) -> ExtractionError {
    let reason =
      switch number {
      case ENOSPC: "the disk is full; make room, and the same command continues"
      case EDQUOT: "the disk quota is used up; make room, and the same command continues"
      case EACCES, EPERM, EROFS: "it may not be written to: \(String(cString: strerror(number)))"
      default: "it cannot be written to: \(String(cString: strerror(number)))"
      }
    return ExtractionError(.cannotWrite, path: path, reason)
  }
}
