import Foundation

/// The parts of a path, as its text has them: nothing is looked up, but by `resolved`.
///
/// Slashes are found as bytes. As characters some would be overlooked: one before a combining mark is one character with it.
package enum FilePath {
  /// The last component: `b.csv` of `a/b.csv`; empty where the path ends in a slash.
  package static func name(of path: String) -> String { String(path[cut(path)...]) }

  /// What stands before the last component, with the slash between; empty for a name alone. With another name behind it,
  /// it is the path of a file beside this one.
  package static func start(of path: String) -> String { String(path[..<cut(path)]) }

  /// The folder of the last component: `.` for a name alone, `/` for one in the root.
  // Not NSString's: it traps on Linux where the path is a single character.
  package static func folder(of path: String) -> String {
    let start = start(of: path)
    if start.isEmpty { return "." }
    return start == "/" ? "/" : String(start.dropLast())
  }

  private static func cut(_ path: String) -> String.Index {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex
  }

  /// The path without links, whether the last of its folders are there yet or not.
  package static func resolved(_ path: String) -> String {
    var existing = URL(filePath: path).standardizedFileURL
    var missing: [String] = []
    while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
      missing.append(existing.lastPathComponent)
      existing = existing.deletingLastPathComponent()
    }
    let base = existing.resolvingSymlinksInPath().path
    return ([base == "/" ? "" : base] + missing.reversed()).joined(separator: "/")
  }
}
