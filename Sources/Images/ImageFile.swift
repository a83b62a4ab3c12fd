import Glibc

/// Reading picture files whole.
enum ImageFile {
  /// The bytes of a regular file.
  static func read(_ path: String) throws(ImageError) -> [UInt8] {
    // O_NONBLOCK: opening a pipe without a writer would wait forever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw ImageError(
        .unreadable, path: path, found: isFolder ? "a folder" : "a pipe, socket or device",
        expected: "a picture file")
    }
    let size = Int(status.st_size)
    var number: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        if got > 0 {
          count += got
        } else if got == 0 {
          break  // It has been shortened meanwhile; the decoder will miss the rest.
        } else if errno != EINTR {
          number = errno
          break
        }
      }
    }
    guard number == 0 else { throw failure(path, number) }
    return bytes
  }

  static func failure(_ path: String, _ number: CInt) -> ImageError {
    let isMissing = number == ENOENT || number == ENOTDIR
    return ImageError(
      isMissing ? .missing : .unreadable, path: path,
      found: isMissing ? "no such file or folder" : String(cString: strerror(number)),
      expected: "one that can be read")
  }
}
