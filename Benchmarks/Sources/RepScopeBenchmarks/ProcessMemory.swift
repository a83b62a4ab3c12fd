import Foundation

/// The memory that this process has resident, as Linux counts it; nil where it does not tell.
enum ProcessMemory {
  /// Runs `body` and returns how many bytes above what was resident before it needed at its peak.
  static func peak(of body: () throws -> Void) rethrows -> Int? {
    guard resetPeak(), let before = field("VmRSS") else {
      try body()
      return nil
    }
    try body()
    return field("VmHWM").map { $0 - before }
  }

  /// The most that was ever resident, or since a peak was last measured.
  static var highest: Int? { field("VmHWM") }

  private static func field(_ name: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1024 }
  }

  private static func resetPeak() -> Bool {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
    let isWritten = fputs("5", file) >= 0
    return fclose(file) == 0 && isWritten
  }
}
