import Glibc

/// Files that are read whole.
package enum WholeFile {
  /// More than any table or list; a file beyond it would only fill the memory.
  package static let usualLimit = 1 << 32

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - limit: The most bytes to take, checked before memory is.
  ///   - allowsPipes: Whether a pipe or device is read to its end, as tables and lists may be given; opening a pipe waits
  ///     for its writer. Where not, it is an error at once.
  /// - Throws: ``FileError``
  package static func read(_ path: String, limit: Int = usualLimit, allowsPipes: Bool = true)
    throws(FileError) -> [UInt8]
  {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (allowsPipes ? 0 : O_NONBLOCK))
    guard descriptor >= 0 else { throw FileError(reading: path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(reading: path, errno) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || allowsPipes && kind != S_IFDIR else {
      throw FileError(
        operation: .read, path: path,
        reason: kind == S_IFDIR ? "it is a folder" : "it is a pipe, socket or device",
        kind: .notAFile)
    }
    let announced = kind == S_IFREG ? Int(status.st_size) : 0
    guard announced <= limit else { throw tooLarge(path, limit) }
    var bytes = try next(announced, of: descriptor, path)
    // Pipes and the system's own files announce nothing, and a file may have grown.
    while true {
      let more = try next(1 << 16, of: descriptor, path)
      if more.isEmpty { return bytes }
      guard more.count <= limit - bytes.count else { throw tooLarge(path, limit) }
      bytes += more
    }
  }

  /// The next bytes, `count` unless the file ends before.
  private static func next(_ count: Int, of descriptor: CInt, _ path: String) throws(FileError) -> [UInt8] {
    var failure: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = Glibc.read(descriptor, buffer.baseAddress! + filled, count - filled)
        if got > 0 {
          filled += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    guard failure == 0 else { throw FileError(reading: path, failure) }
    return bytes
  }

  private static func tooLarge(_ path: String, _ limit: Int) -> FileError {
    FileError(operation: .read, path: path, reason: "it has more than \(limit) bytes", kind: .tooLarge)
  }
}
