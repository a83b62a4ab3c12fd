import ArgumentParser
import Foundation
import RepScope

/// The files that a command is going to write, looked at before anything is computed.
struct OutputFiles {
  private let paths: [String]

  /// - Parameter paths: As they were given.
  init(_ paths: [String]) {
    self.paths = paths
  }

  /// - Parameter inputs: The files and folders that the command reads, `PATH` or `PATH#NAME`.
  /// - Throws: `ValidationError` where a file is written twice or is one of the inputs, `FileError` where it cannot be
  ///   written.
  func check(against inputs: [String]) throws {
    let read = Dictionary(inputs.flatMap(Self.filesRead).map { (Self.identity($0), $0) }) { first, _ in first
    }
    var written: [String: String] = [:]
    for path in paths {
      try Self.checkWritable(path)
      let identity = Self.identity(path)
      if let input = read[identity] {
        throw ValidationError("\(path) would be written over \(input), which is read; give it another name")
      }
      if let other = written.updateValue(path, forKey: identity), Self.isFile(path) {
        throw ValidationError(
          path == other
            ? "\(path) would be written twice; give two names"
            : "\(path) and \(other) are the same file; give two names")
      }
    }
  }

  /// A file and its list of samples, or what is read of a folder: everything but tables and figures made from it.
  private static func filesRead(of specification: String) -> [String] {
    let path = FeaturePath.split(specification).path
    let inside = FileManager.default.subpaths(atPath: path) ?? []
    let isMade = { (name: String) in
      [".csv", ".json", ".png", ".svg", ".pdf"].contains(where: name.hasSuffix)
        && !name.hasSuffix("samples.csv") && !name.hasSuffix("archive.json")
    }
    return [path, FeaturePath.sampleList(beside: path)]
      + inside.filter { !isMade($0) }.map { "\(path)/\($0)" }
  }

  /// The same for two names of one file; a file that is not there yet is told by its folder and name.
  private static func identity(_ path: String) -> String {
    var status = stat()
    if stat(path, &status) == 0 || path == "." || path == "/" { return "\(status.st_dev):\(status.st_ino)" }
    return "\(identity(FilePath.folder(of: path)))/\(FilePath.name(of: path))"
  }

  /// Whether a file is there, or will be: not a pipe or device, which may well be written twice.
  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  private static func checkWritable(_ path: String) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    func refuse(_ reason: String) -> FileError { FileError(operation: .write, path: path, reason: reason) }
    if path.isEmpty || path.hasSuffix("/") { throw refuse("this is not a file name") }
    // A file of this name would be taken for a lost standard output.
    if path == "-" {
      throw refuse("only --csv and --json write to standard output; a file of this name is ./-")
    }
    if exists, status.st_mode & S_IFMT == S_IFDIR { throw refuse("it is a folder") }
    // A file is replaced, so that its folder must be writable; a device is not.
    let target = exists && isFile(path) ? realpath(path) : path
    let written = isFile(path) ? FilePath.folder(of: target) : path
    guard stat(written, &status) == 0 else { throw refuse("there is no such folder; create it first") }
    if isFile(path), status.st_mode & S_IFMT != S_IFDIR { throw refuse("\(written) is no folder") }
    guard access(written, W_OK) == 0 else { throw refuse(String(cString: strerror(errno))) }
  }
  private static func realpath(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path
  }
}
