import Glibc

extension TensorStorage {
  /// The file at `path`, mapped into memory: nothing is read but the pages that are touched.
  ///
  /// Only regular files are opened; a pipe or device is refused without waiting for it.
  static func mapping(_ path: String) throws -> TensorStorage {
    // O_NONBLOCK: opening a pipe without a writer would wait forever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw openingError(path, errno) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw openingError(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw TensorFileError(
        .notAFile, path: path, found: isFolder ? "a folder" : "a pipe, socket or device",
        expected: "a file", hint: isFolder ? "Name the file in it, or its *.index.json" : nil)
    }
    let byteCount = Int(status.st_size)
    guard byteCount > 0 else {
      throw TensorFileError(.emptyFile, path: path, found: "an empty file", expected: "tensors")
    }
    guard let base = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw openingError(path, errno) }
    let region = Region(mapping: UnsafeRawBufferPointer(start: base, count: byteCount))
    return TensorStorage(region, range: 0..<byteCount, path: path)
  }

  private static func openingError(_ path: String, _ number: CInt) -> TensorFileError {
    switch number {
    case ENOENT, ENOTDIR:
      TensorFileError(.missingFile, path: path, found: "no such file")
    case EACCES, EPERM:
      TensorFileError(
        .permissionDenied, path: path, found: "permission denied", hint: "Check the file's mode and owner")
    case ENXIO, ENODEV:
      TensorFileError(.notAFile, path: path, found: "a pipe, socket or device", expected: "a file")
    default:
      TensorFileError(.inputOutput, path: path, found: String(cString: strerror(number)))
    }
  }
}
