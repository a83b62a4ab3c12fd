import Glibc

/// Makes a folder, and those that it lies in; what is there already is left as it is.
///
/// - Throws: ``FileError`` in the system's words.
package func makeFolder(_ path: String) throws(FileError) {
  // From the outermost on: "a/b/c" is a, a/b, a/b/c.
  let ends =
    path.utf8.indices.filter { path.utf8[$0] == UInt8(ascii: "/") && $0 > path.startIndex } + [path.endIndex]
  for end in ends where mkdir(String(path[..<end]), 0o777) != 0 {
    let reason = errno
    var status = stat()
    // The root of a read-only disk is no obstacle where it is there; a file in the way is.
    if stat(String(path[..<end]), &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
    throw FileError(
      operation: .write, path: path,
      reason: reason == EEXIST
        ? "\(path[..<end]) is a file; give the name of a folder" : String(cString: strerror(reason)))
  }
}

/// A name as a file's name: letters and digits of ASCII, hyphens, underscores and dots as they are, a hyphen for all else.
package func plainFileName(_ name: String) -> String {
  String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
}
